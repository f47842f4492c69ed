/** The address names what is not there: said with the way back, never answered by something else. */

import { pick, t } from "../strings";
import { write, type Where } from "../where";
import { h } from "./dom";

export type Kind = "page" | "region" | "faults" | "study" | "bundle" | "place";

/** Thrown by a page; the shell shows `missing`. */
export class Missing extends Error {
  constructor(
    readonly kind: Kind,
    readonly id: string,
    /** What there is instead, to go to. */
    readonly instead: readonly { title_zh: string; title_en: string; where: Partial<Where> }[] = [],
  ) {
    super(`${kind} ${id}`);
  }
}

export function missing({ kind, id, instead }: Missing, where: Where): HTMLElement {
  const bare = { region: "", study: "", bundle: "" };
  const link = (to: Partial<Where>, words: string, main = false): HTMLElement =>
    h(main ? "a.button.main" : "a.button", { href: write({ ...where, ...bare, ...to }) }, words);
  const back =
    kind === "faults"
      ? link({ page: "faults", region: id }, t("missing.to_faults"))
      : link({ page: "start" }, t("to_start"));
  return h(
    "div.failure",
    { role: "alert" },
    h("strong", {}, t(`missing.${kind}`, { id })),
    h("p", {}, t(`missing.${kind}_says`)),
    h(
      "p.downloads",
      {},
      back,
      ...instead.map((other) => link(other.where, pick(other.title_zh, other.title_en))),
    ),
  );
}
