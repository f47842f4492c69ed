/**
 * Class limits and colours of a choropleth: the same rules and colours as the printed report, which
 * colour-blind readers and photocopiers can tell apart.
 */

export interface Classes {
  /** Inner limits, ascending, (K - 1,). */
  breaks: number[];
  /** One colour a class, (K,). */
  colours: string[];
}

const SEQUENTIAL: Record<number, string[]> = {
  1: ["#b0deb5"],
  2: ["#c7e4f2", "#2c5f9e"],
  3: ["#e3f1c6", "#5bb6c1", "#2b4c94"],
  4: ["#f3f7c3", "#8fd0b4", "#3b92bd", "#2b3d8c"],
  5: ["#fbfbc8", "#b0deb5", "#57b9c3", "#3079b8", "#28307f"],
};
const ORANGE = ["#fbe3c2", "#f3b867", "#d97b16", "#8f4200"];
const BLUE = ["#d6e7f3", "#94c2e0", "#4a8fc7", "#17497f"];
export const NEUTRAL = "#f4f4f4";
export const MISSING_COLOUR = "#d9d9d9";

type Values = readonly (number | null | undefined)[];

/** Classes that hold about the same number of places, limits rounded to two figures. */
export function quantileClasses(values: Values, count = 5): Classes {
  const sorted = finite(values).sort((a, b) => a - b);
  const least = sorted[0];
  const most = sorted.at(-1);
  if (least === undefined || most === undefined) return { breaks: [], colours: SEQUENTIAL[1]! };
  const limits = new Set<number>();
  for (let k = 1; k < count; k++) {
    const limit = rounded(quantile(sorted, k / count));
    if (limit > least && limit <= most) limits.add(limit);
  }
  const breaks = [...limits].sort((a, b) => a - b);
  return { breaks, colours: SEQUENTIAL[breaks.length + 1]! };
}

/**
 * Blue above zero, orange below, the same limits on both sides.
 *
 * Changes below a thousandth of the largest count as none. Of the others the limits are the 50 % and
 * 85 % quantiles of their sizes, and a tenth of the first, below which hardly anything changes. Where
 * the largest is more than thirty times the median, limits are powers of ten.
 */
export function divergingClasses(values: Values): Classes {
  const limits = limitsOf(finite(values).map(Math.abs));
  const shades = limits.length;
  if (!shades) return { breaks: [], colours: [NEUTRAL] };
  return {
    breaks: [...limits.map((x) => -x).reverse(), ...limits],
    colours: [...ORANGE.slice(-shades).reverse(), NEUTRAL, ...BLUE.slice(-shades)],
  };
}

function limitsOf(sizes: number[]): number[] {
  const most = Math.max(0, ...sizes);
  const seen = sizes.filter((x) => x > most / 1000).sort((a, b) => a - b);
  if (!seen.length) return [];
  const half = quantile(seen, 0.5);
  if (most > 30 * half) {
    const top = Math.floor(Math.log10(most));
    return [-3, -2, -1, 0].map((power) => rounded(10 ** (top + power), 1));
  }
  const limits = [rounded(half / 10, 1), rounded(half), rounded(quantile(seen, 0.85))];
  return [...new Set(limits)].sort((a, b) => a - b);
}

/** The class of a value: half-open from below; null for a missing one. */
export function classOf(value: number | null | undefined, { breaks }: Classes): number | null {
  if (value === null || value === undefined || !Number.isFinite(value)) return null;
  let k = 0;
  while (k < breaks.length && value >= breaks[k]!) k++;
  return k;
}

export function colourOf(value: number | null | undefined, classes: Classes): string {
  const k = classOf(value, classes);
  return k === null ? MISSING_COLOUR : classes.colours[k]!;
}

/** A limit that a colour key can print: 0.034567 is 0.035. Ties go to the even digit, as in the report. */
export function rounded(value: number, figures = 2): number {
  if (value === 0) return 0;
  const unit = 10 ** (figures - 1 - Math.floor(Math.log10(Math.abs(value))));
  const whole = Math.floor(value * unit);
  if (value * unit - whole !== 0.5) return Number(value.toPrecision(figures));
  return (whole % 2 ? whole + 1 : whole) / unit;
}

function finite(values: Values): number[] {
  return values.filter((x): x is number => typeof x === "number" && Number.isFinite(x));
}

/** Linear between order statistics; `sorted` ascending and not empty. */
function quantile(sorted: number[], share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const a = sorted[low]!;
  return a + (at - low) * ((sorted[low + 1] ?? a) - a);
}
