/** What must stand beside every map: where boundaries come from, and the approval number. */

import { h } from "../parts/dom";
import { pick, t } from "../strings";
import type { Geography } from "./geography";

export function mapSources({ counties }: Geography): HTMLElement {
  const { note_zh, note_en, approval } = counties;
  const approved = approval ? t("map.approval", { number: approval }) : t("map.no_approval");
  const words = [pick(note_zh, note_en), approved].filter(Boolean);
  return h("p.hint.sources", {}, words.join(" · "));
}
