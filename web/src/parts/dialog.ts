/** A question that stands over the page until it is answered. */

import { t } from "../strings";
import { h } from "./dom";
import { failure } from "./states";

/**
 * Ask with `content`; `agreed` is done when the button `yes` is pressed, and its refusal is shown in
 * the dialog. Escape and Cancel leave everything as it is.
 */
export function ask(
  title: string,
  content: readonly (Node | string)[],
  yes: string,
  agreed: () => Promise<void>,
): void {
  const told = h("div", { "aria-live": "polite" });
  const go = h("button.main", { type: "submit" }, yes);
  const heading = h("h2", {}, title);
  heading.id = "dialog-title";
  const form = h(
    "form",
    { method: "dialog" },
    heading,
    ...content,
    told,
    h(
      "p.downloads",
      {},
      go,
      h("button", { type: "button", onclick: () => dialog.close() }, t("dialog.cancel")),
    ),
  );
  const dialog = h("dialog", { "aria-labelledby": heading.id }, form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go.disabled = true;
    agreed()
      .then(() => dialog.close())
      .catch((error: unknown) => told.replaceChildren(failure(error)))
      .finally(() => (go.disabled = false));
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
