/** The form for a token, where the service asks for one. */

import { api } from "../api/client";
import { t } from "../strings";
import { box, h } from "./dom";
import { failure } from "./states";

export function loginForm(entered: () => void): HTMLElement {
  const token = box(t("login.token"), { type: "password", required: true, autocomplete: "current-password" });
  const told = h("div", { "aria-live": "polite" });
  const form = h(
    "form.card",
    {},
    h("h1", {}, t("login.title")),
    h("p", {}, t("login.says")),
    token.field,
    h("button.main", { type: "submit" }, t("login.enter")),
    told,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    api
      .login(token.input.value.trim())
      .then(entered)
      .catch((error: unknown) => told.replaceChildren(failure(error)));
  });
  return form;
}
