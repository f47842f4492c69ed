/** Making elements without a framework. Text is always set as text, so data cannot become markup. */

type Child = Node | string | null | undefined | false;
type Given = Record<string, string | number | boolean | EventListener | undefined>;

/** `h("button.main", {onclick: f, disabled: true}, "text")`. */
export function h<K extends keyof HTMLElementTagNameMap>(
  what: K | `${K}.${string}`,
  given: Given = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const [tag, ...classes] = what.split(".");
  const made = document.createElement(tag as K);
  if (classes.length) made.className = classes.join(" ");
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...kept(children));
  return made;
}

export function kept(children: Child[]): (Node | string)[] {
  return children.filter((child): child is Node | string => Boolean(child));
}

let count = 0;

/** An identifier for a label and its control. */
export function fresh(stem: string): string {
  return `${stem}-${++count}`;
}

/** A labelled drop-down list. */
export function choice(
  label: string,
  options: readonly (readonly [string, string])[],
  chosen: string,
  changed: (value: string) => void,
): { field: HTMLElement; select: HTMLSelectElement } {
  const name = fresh("choice");
  const select = h("select", { id: name, onchange: () => changed(select.value) });
  for (const [value, text] of options)
    select.append(h("option", { value, selected: value === chosen }, text));
  return { field: h("div.field", {}, h("label", { for: name }, label), select), select };
}

/** A labelled text or number box. */
export function box(
  label: string,
  given: Given,
): { field: HTMLElement; input: HTMLInputElement } {
  const name = fresh("box");
  const input = h("input", { id: name, ...given });
  return { field: h("div.field", {}, h("label", { for: name }, label), input), input };
}
