/** Lines of a region: links that belong to one line or project and are edited together. */

import { api } from "../../api/client";
import type { Rows } from "../../api/types";
import { pick } from "../../strings";

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
}

interface Link {
  id: string;
  line: string;
  project: string;
  name: string;
  minutes: number;
  opened: string;
  operating: boolean;
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
    };
  });
  const rank = (line: Line): number => (line.projects.length ? 0 : names.has(line.id) ? 1 : 2);
  return made.sort((a, b) => rank(a) - rank(b));
}

export function lineName(line: Line): string {
  return pick(line.name_zh, line.name_en);
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
