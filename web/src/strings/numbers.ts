/** Numbers as each language writes them; a missing value is a dash, never zero. */

import { language } from "./index";

export const MISSING = "–";

/** 34,915,616 in English, 3,491.6万 in Chinese; small numbers keep `digits` decimals. */
export function number(value: number | null | undefined, digits = 0, where = language()): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  const size = Math.abs(value);
  if (where === "zh-CN" && size >= 10_000) {
    const [unit, name] = size >= 1e8 ? [1e8, "亿"] : [1e4, "万"];
    return format(value / unit, size / unit >= 100 ? 1 : 2, where) + name;
  }
  return format(value, digits, where);
}

/** A round number, such as a class limit, without idle decimals: 41万, 0.035. */
export function shortest(value: number, where = language()): string {
  const [unit, name] =
    where === "zh-CN" && value >= 1e8 ? [1e8, "亿"] : where === "zh-CN" && value >= 1e4 ? [1e4, "万"] : [1, ""];
  return new Intl.NumberFormat(where, { maximumSignificantDigits: 6 }).format(value / unit) + name;
}

/** A change in per cent with its sign: 0.0123 is +1.23 %. */
export function percent(value: number | null | undefined, digits = 2, where = language()): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  return `${signed(value * 100, digits, where)}\u00a0%`;
}

/** With its sign; what rounds to nothing is 0 without one. */
export function signed(value: number | null | undefined, digits = 0, where = language()): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  if (Number(value.toFixed(digits)) === 0) return format(0, digits, where);
  return (value > 0 ? "+" : "−") + number(Math.abs(value), digits, where);
}

/** Decimals that tell ascending limits apart, at most four. */
export function digitsFor(limits: readonly number[]): number {
  for (let digits = 0; digits < 4; digits++) {
    if (limits.every((x) => Math.abs(x - Number(x.toFixed(digits))) <= Math.abs(x) * 1e-9)) return digits;
  }
  return 4;
}

function format(value: number, digits: number, where: string): string {
  return new Intl.NumberFormat(where, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

/** A moment as the page's language writes it, in the time of this machine. */
export function moment(iso: string, where = language()): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  return new Intl.DateTimeFormat(where, { dateStyle: "medium", timeStyle: "short" }).format(time);
}
