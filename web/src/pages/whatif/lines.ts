/** Lines of a region: links that belong to one line or project and are edited together. */

import { api } from "../../api/client";
import type { Rows } from "../../api/types";
import type { Option } from "../../parts/picker";
import { has, language, pick, t } from "../../strings";

export interface Line {
  id: string;
  name_zh: string;
  name_en: string;
  links: string[];
  /** Minutes of each link, in the order of `links`. */
  each: number[];
  /** Day, month or year of opening; empty when always there. */
  opened: string;
  operating: boolean;
  /** Projects that build its links. */
  projects: string[];
  /** Whether it is a line of the table of lines. */
  named: boolean;
  mode: string;
  facility: string;
}

interface Link {
  id: string;
  line: string;
  project: string;
  name: string;
  minutes: number;
  opened: string;
  operating: boolean;
  mode?: string;
  facility?: string;
}

type Names = ReadonlyMap<string, { zh: string; en: string }>;

export async function linesOf(region: string): Promise<Line[]> {
  const [links, lines, projects] = await Promise.all(
    ["links", "lines", "projects"].map((table) => api.rows(region, table).then(records)),
  );
  const found = links!.map((row) => ({
    id: row["link_id"] ?? "",
    line: row["line"] ?? "",
    project: row["project"] ?? "",
    name: row["name"] ?? "",
    minutes: Number(row["minutes"]),
    opened: row["opened"] ?? "",
    operating: row["status"] === "operating",
    mode: row["mode"] ?? "",
    facility: row["facility_type"] ?? "",
  }));
  return grouped(found, new Map([...namesBy(projects!, "project"), ...namesBy(lines!, "line")]));
}

/** Links by project, else by line; a link that has neither stands alone, after the others. */
export function grouped(links: readonly Link[], names: Names): Line[] {
  const groups = new Map<string, Link[]>();
  for (const link of links) {
    const key = link.project || link.line || link.id;
    groups.set(key, [...(groups.get(key) ?? []), link]);
  }
  const made = [...groups].map(([id, own]): Line => {
    const name = names.get(id);
    const first = own[0]!;
    return {
      id,
      name_zh: name?.zh || first.name || id,
      name_en: name?.en || first.name || id,
      links: own.map((link) => link.id),
      each: own.map((link) => link.minutes),
      opened: own.map((link) => link.opened).sort().at(-1) ?? "",
      operating: own.every((link) => link.operating || link.opened !== ""),
      projects: [...new Set(own.map((link) => link.project).filter(Boolean))],
      named: names.has(id),
      mode: first.mode ?? "",
      facility: first.facility ?? "",
    };
  });
  const rank = (line: Line): number => (line.projects.length ? 0 : line.named ? 1 : 2);
  return made.sort((a, b) => rank(a) - rank(b));
}

export function lineName(line: Line): string {
  return pick(line.name_zh, line.name_en);
}

/** Lines to pick from: projects, then lines by mode, then single links by class; by name in each. */
export function optionsOf(lines: readonly Line[]): Option[] {
  const names = new Map<string, number>();
  for (const line of lines) names.set(lineName(line), (names.get(lineName(line)) ?? 0) + 1);
  const order = new Intl.Collator(language());
  const made = lines.map((line) => {
    const [rank, group] = groupOf(line);
    const name = lineName(line);
    const text = names.get(name)! > 1 ? `${name} (${line.id})` : name;
    return { rank, value: line.id, text, group };
  });
  made.sort((a, b) => a.rank - b.rank || order.compare(a.group, b.group) || order.compare(a.text, b.text));
  return made.map(({ value, text, group }) => ({ value, text, group }));
}

function groupOf(line: Line): [number, string] {
  if (line.projects.length) return [0, t("whatif.group_projects")];
  const mode = has(`mode.${line.mode}`) ? t(`mode.${line.mode}`) : line.mode;
  if (line.named) return [1, t("whatif.group_lines", { mode })];
  const facility = has(`facility.${line.facility}`) ? t(`facility.${line.facility}`) : line.facility;
  return [2, t("whatif.group_links", { mode, facility: facility || t("facility.other") })];
}

export function minutesOf(line: Line): number {
  return line.each.reduce((sum, minutes) => sum + minutes, 0);
}

/** Whether the line is in the network of a day; "2024" counts from its last day. */
export function isOpen(line: Line, date: string): boolean {
  return line.operating && lastDay(line.opened) <= date;
}

type Row = Record<string, string>;

/** Rows as records of text; what is missing is absent. */
function records({ columns, rows }: Rows): Row[] {
  return rows.map((row) => {
    const cells = columns.map(({ name }, k) => [name, row[k]] as const);
    return Object.fromEntries(
      cells.filter(([, x]) => x !== null && x !== undefined && x !== "").map(([name, x]) => [name, String(x)]),
    );
  });
}

function namesBy(rows: Row[], key: string): Map<string, { zh: string; en: string }> {
  return new Map(
    rows.map((row) => [row[key] ?? "", { zh: row["name_zh"] ?? "", en: row["name_en"] ?? "" }]),
  );
}

function lastDay(date: string): string {
  if (date.length === 4) return `${date}-12-31`;
  return date.length === 7 ? `${date}-31` : date;
}
