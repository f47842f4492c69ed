/** Any figure of any table by county: controls, map, colour key and ranking. */

import type { Choice, Filter, TableInfo, ValueColumn, Values } from "../api/types";
import { choice, fresh, h } from "../parts/dom";
import { memory } from "../parts/memory";
import { empty, oneSide } from "../parts/states";
import { table } from "../parts/table";
import type { Stage } from "../pages/page";
import { has, pick, t, unitOf } from "../strings";
import { MISSING, digitsFor, number } from "../strings/numbers";
import type { Canvas } from "./canvas";
import { colourOf, quantileClasses } from "./classes";
import { nameOf, prefectureOf, text, type Geography, type Overlays } from "./geography";
import { colourKey } from "./key";
import { levelOf, type Level } from "./level";
import { mapSources } from "./sources";

/** What was chosen on the page; kept while the tab stays open. */
interface Chosen {
  table: string;
  filters: Record<string, string>;
  column: string;
  place: string;
  group: string;
  links: boolean;
}

/** What is shown now, and the controls that change it. */
export class View {
  readonly element: HTMLElement;
  canvas: Canvas | null = null;
  private readonly figures = h("div");
  private readonly above = h("div");
  private readonly key = h("div");
  private readonly list = h("div");
  private values: Values = { place: [], columns: {} };
  private readonly kept: Chosen;
  private readonly prefectures: ReadonlyMap<string, string>;

  constructor(
    private readonly stage: Stage,
    key: string,
    private readonly ask: (table: string, filters: Record<string, string>) => Promise<Values>,
    private readonly geography: Geography,
    host: HTMLElement,
    tables: readonly Pick<TableInfo, "name" | "title_zh" | "title_en">[],
  ) {
    const begin = { table: tables[0]!.name, filters: {}, column: "residents", place: "", group: "", links: false };
    this.kept = memory(`view ${key}`, () => begin);
    if (!tables.some(({ name }) => name === this.kept.table)) Object.assign(this.kept, begin);
    this.prefectures = prefectureOf(geography);
    const options = tables.map((x) => [x.name, pick(x.title_zh, x.title_en)] as const);
    const pickTable = choice(t("map.table"), options, this.kept.table, (name) => void this.table(name));
    const side = h("div.side", {}, pickTable.field, this.figures, this.above, this.key);
    const drawing = h("div.drawing", {}, host, mapSources(geography));
    this.element = h("div", {}, h("div.map-page", {}, side, drawing), this.list);
  }

  /** Show what was shown last. */
  first(): Promise<void> {
    return this.table(this.kept.table, this.kept.filters);
  }

  /** Show a table; `filters` say which of several rows a place has. */
  async table(name: string, filters: Record<string, string> = {}): Promise<void> {
    const values = await this.ask(name, filters);
    if (this.stage.signal.aborted) return;
    this.values = values;
    Object.assign(this.kept, { table: name, filters });
    const options = Object.entries(values.columns).map(
      ([key, column]) => [key, titleOf(key, column)] as const,
    );
    if (!(this.kept.column in values.columns)) this.kept.column = options[0]?.[0] ?? "";
    const rows = Object.entries(values.filters ?? {})
      .filter(([, { choices }]) => choices.length > 1)
      .map(([column, filter]) => this.filter(name, column, filter, filters));
    const figure = choice(t("map.figure"), options, this.kept.column, (key) => {
      this.kept.column = key;
      this.paint();
    });
    this.figures.replaceChildren(
      ...rows,
      options.length ? figure.field : empty(t("map.no_figures")),
    );
    this.paint();
  }

  private filter(
    table: string,
    column: string,
    { value, choices }: Filter,
    filters: Record<string, string>,
  ): HTMLElement {
    const options = choices.map((x) => [codeOf(x), wordsOf(x)] as const);
    const label = has(`filter.${column}`) ? t(`filter.${column}`) : column;
    const made = choice(label, options, String(value), (chosen) => {
      void this.table(table, { ...filters, [column]: chosen }).then(() => {
        this.figures.querySelector<HTMLSelectElement>(`[data-filter="${CSS.escape(column)}"]`)?.focus();
      });
    });
    made.select.dataset["filter"] = column;
    return made.field;
  }

  choose(place: string): void {
    this.kept.place = place;
    const row = this.list.querySelector(`[data-place="${CSS.escape(place)}"]`);
    for (const old of this.list.querySelectorAll(".picked")) old.classList.remove("picked");
    row?.closest("tr")?.classList.add("picked");
    row?.scrollIntoView({ block: "center" });
  }

  /** Offer the elements and the network, once they are here. */
  choices({ elements }: Overlays): void {
    const groups = elements.features;
    const box = fresh("links");
    const tick = h("input", { type: "checkbox", id: box, checked: this.kept.links });
    tick.addEventListener("change", () => {
      this.kept.links = tick.checked;
      this.paint();
    });
    const options = [
      ["", t("map.no_element")] as const,
      ...groups.map((f) => [text(f, "group"), nameOf(f)] as const),
    ];
    const pickGroup = choice(t("map.element"), options, this.kept.group, (group) => {
      this.kept.group = group;
      this.paint();
    });
    if (groups.length) this.above.append(pickGroup.field);
    this.above.append(h("p.tick", {}, tick, h("label", { for: box }, t("map.links"))));
  }

  private paint(): void {
    const column = this.values.columns[this.kept.column];
    if (!column) {
      this.key.replaceChildren();
      this.list.replaceChildren();
      return;
    }
    const level = levelOf(this.geography, this.values.place, column);
    const byCounty = new Map([...level.placeOf].map(([county, p]) => [county, level.values.get(p) ?? null]));
    const shown = [...level.names.keys()].map((place) => level.values.get(place) ?? null);
    const classes = quantileClasses(shown);
    const digits = decimals(shown);
    const write = (x: number | null | undefined): string => number(x, digits);
    const unit = unitOf(column.unit);
    this.canvas?.look({
      colours: new Map([...byCounty].map(([county, x]) => [county, colourOf(x, classes)])),
      words: (county) => {
        const place = level.placeOf.get(county) ?? county;
        const above = level.counties ? this.prefectures.get(place) : "";
        const name = level.names.get(place) ?? place;
        return `${above ? t("place.within", { name, above }) : name}: ${write(byCounty.get(county))} ${unit}`;
      },
      outlined: this.kept.group ? [this.kept.group] : [],
      marked: [],
      links: this.kept.links,
    });
    this.key.replaceChildren(
      colourKey(this.title(column), unit, classes, shown, 1, t(level.counties ? "key.count" : "key.count_prefectures")),
    );
    if (!level.counties) this.key.append(h("p.hint", {}, t("map.by_prefecture")));
    this.list.replaceChildren(this.ranked(column, unit, level, write));
    if (this.kept.place) this.choose(this.kept.place);
  }

  private ranked(
    column: ValueColumn,
    unit: string,
    { names, values, counties }: Level,
    write: (x: number | null) => string,
  ): HTMLElement {
    const order = [...names.keys()].sort(
      (a, b) => (values.get(b) ?? -Infinity) - (values.get(a) ?? -Infinity),
    );
    const title = this.title(column) + (unit ? ` (${unit})` : "");
    return table(
      title,
      [
        { title: t("map.rank"), figures: true },
        { title: t(counties ? "county" : "prefecture") },
        ...(counties ? [{ title: t("prefecture") }] : []),
        { title, figures: true },
      ],
      order.map((place, k) => {
        const value = values.get(place) ?? null;
        const rank = value === null ? MISSING : String(k + 1);
        const name = h("span", { "data-place": place }, names.get(place) ?? place);
        const above = counties ? [this.prefectures.get(place) || MISSING] : [];
        return [rank, name, ...above, write(value)];
      }),
    );
  }

  /** The column with what was chosen of its table: "Value · urban_share, 2020". */
  private title(column: ValueColumn): string {
    const chosen = Object.values(this.values.filters ?? {}).map(({ value, choices }) => {
      const found = choices.find((x) => codeOf(x) === String(value));
      return found === undefined ? String(value) : wordsOf(found);
    });
    const plain = titleOf(this.kept.column, column);
    const title = column.year ? t("map.of_year", { title: plain, year: column.year }) : plain;
    return chosen.length ? `${title} · ${chosen.join(t("list.comma"))}` : title;
  }
}

/** A column's title; the codes of result tables have words of the page where it knows them. */
function titleOf(key: string, { title_zh, title_en }: ValueColumn): string {
  const own = pick(title_zh, title_en);
  return own === key && has(`column.${key}`) ? t(`column.${key}`) : own;
}

function codeOf(choice: Choice): string {
  return String(typeof choice === "object" ? choice.value : choice);
}

function wordsOf(choice: Choice): string {
  return typeof choice === "object" ? pick(choice.title_zh, choice.title_en) || codeOf(choice) : oneSide(String(choice));
}

/** Decimals of a column: none for large figures, up to three for small ones. */
function decimals(values: (number | null)[]): number {
  const finite = values.filter((x): x is number => x !== null && Number.isFinite(x));
  const most = Math.max(0, ...finite.map(Math.abs));
  if (most >= 1000) return 0;
  return Math.min(digitsFor(finite), most >= 100 ? 1 : most >= 1 ? 2 : 3);
}
