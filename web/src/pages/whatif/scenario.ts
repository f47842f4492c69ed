/** What the planner changed, in the words of the study file. */

import type { Scenario } from "../../api/types";
import { isOpen, minutesOf, type Line } from "./lines";

export interface Zone {
  id: string;
  name_zh: string;
  name_en: string;
}

export interface Edit {
  kind: "year" | "minutes" | "productivity";
  line: Line | undefined;
  zone: Zone | undefined;
  /** A year, minutes end to end, or per cent. */
  amount: number;
  /** Whether a line that is not there yet is opened with its new minutes. */
  opens?: boolean;
}

/** The edit asks for what already is: `key` has the words. */
export class NothingChanges extends Error {
  constructor(readonly key: string) {
    super(key);
  }
}

/**
 * The scenario of an edit, with titles in both languages, beside the network of day `date`.
 *
 * A line that opens after `date` is out of that network, one that opens by then is in it. New
 * minutes are shared out among the links of a line in proportion to their present minutes.
 */
export function scenarioOf(edit: Edit, date: string): Scenario {
  const { kind, line, zone, amount } = edit;
  if (kind === "productivity") {
    if (!zone || amount === 0) throw new NothingChanges("whatif.same");
    const change = `${amount < 0 ? "-" : "+"}${Math.abs(amount)}%`;
    return {
      title_zh: `${zone.name_zh}：生产率 ${change}`,
      title_en: `${zone.name_en}: productivity ${change}`,
      zones: { [zone.id]: { productivity: change } },
    };
  }
  if (!line) throw new NothingChanges("whatif.same");
  return kind === "year" ? opening(line, amount, date) : faster(line, amount, date, edit.opens ?? false);
}

/** The last year whose lines are all in the network of day `date`. */
export function lastYear(date: string): number {
  const year = Number(date.slice(0, 4));
  return date.slice(4) === "-12-31" ? year : year - 1;
}

function opening(line: Line, year: number, date: string): Scenario {
  const titles = {
    title_zh: `${line.name_zh}：${year} 年开通`,
    title_en: `${line.name_en}: opens in ${year}`,
  };
  const before = isOpen(line, date);
  const after = year <= lastYear(date);
  if (before === after) throw new NothingChanges(before ? "whatif.open_anyway" : "whatif.closed_anyway");
  const opened = String(year);
  return { ...titles, links: Object.fromEntries(line.links.map((link) => [link, { opened }])) };
}

function faster(line: Line, minutes: number, date: string, opens: boolean): Scenario {
  const factor = minutes / minutesOf(line);
  const open = isOpen(line, date);
  if (open && factor === 1) throw new NothingChanges("whatif.same");
  if (!open && !opens) throw new NothingChanges("whatif.not_there");
  const links = line.links.map((link, k) => {
    const own = Number(((line.each[k] ?? 0) * factor).toFixed(2));
    return [link, open ? { minutes: own } : { minutes: own, opened: date }] as const;
  });
  return {
    title_zh: `${line.name_zh}：${open ? "" : "建成，"}全程 ${minutes} 分钟`,
    title_en: `${line.name_en}: ${open ? "" : "built, "}${minutes} minutes end to end`,
    links: Object.fromEntries(links),
  };
}
