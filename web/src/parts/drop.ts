/** A file field that also takes a dropped file. */

import { t } from "../strings";
import { fresh, h } from "./dom";

/** `taken` is called with the file; the field is closed while its promise is open. */
export function fileField(label: string, taken: (file: File) => Promise<void>): HTMLElement {
  const name = fresh("file");
  const input = h("input", {
    id: name,
    type: "file",
    accept: ".xlsx,.zip,.gpkg",
    onchange: () => {
      const file = input.files?.[0];
      if (file) void take(file);
    },
  });
  const frame = h(
    "div.drop",
    {},
    input,
    h("label", { for: name }, label),
    h("span.hint", {}, t("drop.hint")),
  );
  async function take(file: File): Promise<void> {
    input.disabled = true;
    frame.classList.add("busy");
    try {
      await taken(file);
    } finally {
      input.disabled = false;
      input.value = "";
      frame.classList.remove("busy");
    }
  }
  frame.addEventListener("dragover", (event) => event.preventDefault());
  frame.addEventListener("drop", (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file && !input.disabled) void take(file);
  });
  return frame;
}
