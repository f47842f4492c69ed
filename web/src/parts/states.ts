/** Waiting, emptiness and errors: each says what to do next. */

import { Refused } from "../api/client";
import type { Note, Progress } from "../api/types";
import { pick, t } from "../strings";
import { h } from "./dom";

export function waiting(what = t("waiting")): HTMLElement {
  return h("p.waiting", { role: "status" }, what);
}

export function good(what: string): HTMLElement {
  return h("p.good", { role: "status" }, what);
}

export function empty(what: string, ...next: Node[]): HTMLElement {
  return h("div.empty", {}, h("p", {}, what), ...next);
}

/** An error in words; programming mistakes are shown, not swallowed. */
export function failure(error: unknown): HTMLElement {
  if (error instanceof Refused) {
    const { title_zh, title_en, detail_zh, detail_en } = error.problem;
    return h(
      "div.failure",
      { role: "alert" },
      h("strong", {}, pick(title_zh, title_en)),
      h("p", {}, pick(detail_zh, detail_en)),
    );
  }
  console.error(error);
  return h(
    "div.failure",
    { role: "alert" },
    h("strong", {}, t("mistake")),
    h("p", {}, error instanceof Error ? error.message : String(error)),
  );
}

export function note(text: Note): string {
  return pick(text.zh, text.en);
}

/** Data written as "中文 / English" gives the page's side; anything else stays whole. */
export function oneSide(text: string): string {
  const cut = text.split(" / ");
  return cut.length === 2 && /[\u4e00-\u9fff]/.test(cut[0] ?? "") ? pick(cut[0], cut[1]) : text;
}

export interface Bar {
  element: HTMLElement;
  tell(progress: Progress | null): void;
}

/** A progress bar with what is being done now. */
export function progressBar(label: string): Bar {
  const bar = h("progress", { max: 1, "aria-label": label });
  const words = h("span.progress-words", { role: "status" }, label);
  return {
    element: h("div.progress", {}, bar, words),
    tell(progress) {
      if (!progress) return;
      if (progress.share === null) bar.removeAttribute("value");
      else bar.value = progress.share;
      words.textContent = pick(progress.what_zh, progress.what_en) || label;
    },
  };
}
