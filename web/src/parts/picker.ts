/** A long list to pick from: a search box over groups. */

import { t } from "../strings";
import { fresh, h } from "./dom";

export interface Option {
  value: string;
  text: string;
  group: string;
}

const ROWS = 9;

/** Options whose text or group holds every word of the search, whatever its case. */
export function matching(options: readonly Option[], search: string): Option[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return options.filter(({ text, group, value }) => {
    const whole = `${text} ${group} ${value}`.toLowerCase();
    return words.every((word) => whole.includes(word));
  });
}

/**
 * The list and its search box; groups stand in the order in which they first come.
 *
 * What is chosen stays chosen while the search hides it. Enter in the box takes the first match.
 */
export function picker(
  label: string,
  options: readonly Option[],
  chosen: string,
  changed: (value: string) => void,
): { field: HTMLElement; select: HTMLSelectElement } {
  const [list, box] = [fresh("list"), fresh("search")];
  let now = chosen;
  const take = (value: string): void => {
    if (value === now) return;
    now = value;
    changed(value);
  };
  const select = h("select.list", { id: list, size: ROWS, onchange: () => take(select.value) });
  const count = h("p.hint", { role: "status" });
  const search = h("input", {
    id: box,
    type: "search",
    autocomplete: "off",
    oninput: () => fill(),
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // else the form would be sent
    const first = matching(options, search.value)[0];
    if (!first) return;
    select.value = first.value;
    take(first.value);
    select.focus();
  });
  function fill(): void {
    const found = matching(options, search.value);
    const groups = new Map<string, HTMLOptGroupElement>();
    for (const { value, text, group } of found) {
      const made = groups.get(group) ?? h("optgroup", { label: group });
      groups.set(group, made);
      made.append(h("option", { value, selected: value === now, title: text }, text));
    }
    select.replaceChildren(...groups.values());
    if (!found.some(({ value }) => value === now)) select.selectedIndex = -1;
    count.textContent = found.length
      ? t("picker.count", { shown: found.length, all: options.length })
      : t("picker.none");
  }
  fill();
  const field = h(
    "div.field.picker",
    {},
    h("label", { for: box }, t("picker.search", { what: label })),
    search,
    h("label", { for: list }, label),
    select,
    count,
  );
  return { field, select };
}
