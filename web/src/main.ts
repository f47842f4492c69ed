/** The shell: menu, language, and the page that the address names. */

import "./style/base.css";
import "./style/parts.css";
import "./style/paper.css";
import { Refused } from "./api/client";
import { h } from "./parts/dom";
import { loginForm } from "./parts/login";
import { Missing, missing } from "./parts/missing";
import { failure, waiting } from "./parts/states";
import { PAGES } from "./pages/register";
import { language, setLanguage, t } from "./strings";
import { read, write, type Where } from "./where";

let leaving = new AbortController();

function go(change: Partial<Where>): void {
  const next = write({ ...read(location.hash), ...change });
  if (next === location.hash) void show();
  else location.hash = next;
}

function header(where: Where): HTMLElement {
  const menu = h("ul");
  for (const { id } of PAGES) {
    const link = h("a", { href: write({ ...where, page: id }) }, t(`${id}.title`));
    if (id === where.page) link.setAttribute("aria-current", "page");
    menu.append(h("li", {}, link));
  }
  const other = language() === "en" ? "zh-CN" : "en";
  const nav = h("nav", { "aria-label": t("menu"), id: "menu" }, menu);
  const fold = h("button.fold", { type: "button", "aria-expanded": "false", "aria-controls": "menu" }, t("menu.fold"));
  fold.addEventListener("click", () => {
    const open = nav.classList.toggle("open");
    fold.setAttribute("aria-expanded", String(open));
  });
  return h(
    "header.top",
    {},
    h("a.skip", { href: "#main", onclick: skip }, t("skip")),
    h("p.brand", {}, h("strong", {}, t("brand")), h("span", {}, t("brand.says"))),
    fold,
    nav,
    h(
      "button.language",
      {
        type: "button",
        lang: other,
        onclick: () => {
          setLanguage(other);
          void show().then(() => document.querySelector<HTMLElement>(".language")?.focus());
        },
      },
      t("language.other"),
    ),
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

async function show(): Promise<void> {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const where = read(location.hash);
  const known = PAGES.find(({ id }) => id === where.page);
  const page = known ?? PAGES[0]!;
  document.documentElement.lang = language();
  document.title = `${t(`${page.id}.title`)} · ${t("brand")}`;
  document.body.dataset["ready"] = "false";
  document.body.dataset["page"] = page.id;
  const main = h("main", { id: "main", tabindex: -1 }, waiting());
  document.body.replaceChildren(header(where), main, h("footer.foot", {}, t("foot")));
  const stage = h("div.page");
  try {
    if (!known) throw new Missing("page", where.page);
    const { open } = await page.load();
    if (signal.aborted) return;
    main.replaceChildren(stage);
    await open({ main: stage, where, signal, go });
  } catch (error) {
    if (signal.aborted) return;
    const login = error instanceof Refused && error.problem.status === 401;
    if (login) main.replaceChildren(loginForm(() => void show()));
    else if (error instanceof Missing)
      main.replaceChildren(h("h1", {}, t(`${page.id}.title`)), missing(error, where));
    else main.replaceChildren(h("h1", {}, t(`${page.id}.title`)), failure(error));
  }
  if (!signal.aborted) document.body.dataset["ready"] = "true";
}

addEventListener("hashchange", () => void show());
void show();
