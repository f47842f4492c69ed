/** The colour key: every class with its limits and how many places it holds, unit above. */

import { h } from "../parts/dom";
import { shortest } from "../strings/numbers";
import { t } from "../strings";
import { MISSING_COLOUR, classOf, type Classes } from "./classes";

/** `scale` multiplies limits for print: 100 for shares shown in per cent. */
export function colourKey(
  title: string,
  unit: string,
  classes: Classes,
  values: readonly (number | null | undefined)[],
  scale = 1,
  counted = t("key.count"),
): HTMLElement {
  const held = values.map((value) => classOf(value, classes));
  const list = h("ul");
  const printed = classes.breaks.map((limit) => Number((limit * scale).toPrecision(12)));
  const write = (x: number): string => (x < 0 ? "−" : "") + shortest(Math.abs(x));
  for (let k = classes.colours.length - 1; k >= 0; k--) {
    const places = held.filter((x) => x === k).length;
    list.append(row(classes.colours[k]!, limits(printed[k - 1], printed[k], write), places));
  }
  const without = held.filter((x) => x === null).length;
  if (without) list.append(row(MISSING_COLOUR, t("key.missing"), without));
  return h(
    "div.key",
    {},
    h("p.key-title", {}, title, unit ? h("span.unit", {}, ` (${unit})`) : null),
    list,
    h("p.hint", {}, counted),
  );
}

function row(colour: string, words: string, places: number): HTMLElement {
  const swatch = h("span.swatch", { "aria-hidden": "true" });
  swatch.style.background = colour;
  return h("li", {}, swatch, h("span.limits", {}, words), h("span.held", {}, String(places)));
}

function limits(
  low: number | undefined,
  high: number | undefined,
  write: (x: number) => string,
): string {
  if (low === undefined && high === undefined) return t("key.all");
  if (low === undefined) return t("key.below", { high: write(high!) });
  if (high === undefined) return t("key.from", { low: write(low) });
  return t("key.between", { low: write(low), high: write(high) });
}
