/** Words of the page in two languages. Each page brings `zh-CN.json` and `en.json` in its folder. */

export type Language = "zh-CN" | "en";
export type Catalogue = Record<string, string>;

const files = import.meta.glob<Catalogue>("../**/{zh-CN,en}.json", { eager: true, import: "default" });

export const catalogues: Record<Language, Catalogue> = { "zh-CN": {}, en: {} };
for (const [path, words] of Object.entries(files)) {
  const language = path.endsWith("/en.json") ? "en" : "zh-CN";
  for (const [key, text] of Object.entries(words)) {
    if (key in catalogues[language]) throw new Error(`${path}: '${key}' is already in use`);
    catalogues[language][key] = text;
  }
}

const STORED = "buju-language";

let current: Language = first();

function first(): Language {
  try {
    const kept = localStorage.getItem(STORED);
    if (kept === "zh-CN" || kept === "en") return kept;
  } catch {
    // storage is closed: the browser's language decides every time
  }
  return typeof navigator !== "undefined" && !navigator.language.startsWith("zh") ? "en" : "zh-CN";
}

export function language(): Language {
  return current;
}

export function setLanguage(next: Language): void {
  current = next;
  try {
    localStorage.setItem(STORED, next);
  } catch {
    // as above
  }
}

/** The text of `key`, `{name}` replaced. An unknown key is a mistake in the code and says so. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  const text = catalogues[current][key];
  if (text === undefined) throw new Error(`no words for '${key}'`);
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? `{${name}}`));
}

/** True where `key` has words: for codes that come from data. */
export function has(key: string): boolean {
  return key in catalogues[current];
}

/** The side of a pair in the page's language; the other one where a side is empty. */
export function pick(zh: string | null | undefined, en: string | null | undefined): string {
  const [own, other] = current === "en" ? [en, zh] : [zh, en];
  return (own || other || "").replaceAll("`", "");
}

/** A unit of the schema in words: "person" is 人; one that has no words stays as it is. */
export function unitOf(unit: string | null | undefined): string {
  if (!unit) return "";
  return has(`unit.${unit}`) ? t(`unit.${unit}`) : unit.replace(/2$/, "²");
}
