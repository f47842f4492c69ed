/** Tables that can be scrolled by keyboard; figures stand on the right. */

import { h } from "./dom";

export interface Head {
  title: string;
  /** A column of figures. */
  figures?: boolean;
}

export type Content = string | Node;

/**
 * A table with a caption that is also the name of its scrolling frame.
 *
 * `limit` rows are drawn at most; a line under the table says how many more there are, in the words
 * of `more`.
 */
export function table(
  caption: string,
  heads: readonly Head[],
  rows: readonly (readonly Content[])[],
  limit = Infinity,
  more?: (left: number) => string,
): HTMLElement {
  const body = h("tbody");
  for (const row of rows.slice(0, limit)) {
    const line = h("tr");
    row.forEach((cell, k) => line.append(h(heads[k]?.figures ? "td.figures" : "td", {}, cell)));
    body.append(line);
  }
  const head = h("tr");
  for (const { title, figures } of heads)
    head.append(h(figures ? "th.figures" : "th", { scope: "col" }, title));
  const left = rows.length - limit;
  return h(
    "div.table-frame",
    { tabindex: 0, role: "region", "aria-label": caption },
    h("table", {}, h("caption", {}, caption), h("thead", {}, head), body),
    left > 0 && more ? h("p.more", {}, more(left)) : null,
  );
}
