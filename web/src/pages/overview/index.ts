/** Overview: the layout on the map, its elements by kind, key figures and what the study found. */

import { api, type Row } from "../../api/client";
import type { Values } from "../../api/types";
import { canvasMaker, type Canvas } from "../../map/canvas";
import { NEUTRAL } from "../../map/classes";
import { countyNames, geographyOf, nameOf, prefectureOf, text, type Geography, type Overlays } from "../../map/geography";
import { mapSources } from "../../map/sources";
import { choice, h } from "../../parts/dom";
import { heading, regionOf } from "../../parts/heading";
import { memory } from "../../parts/memory";
import { noResults, resultsOf } from "../../parts/results";
import { table } from "../../parts/table";
import { has, pick, t } from "../../strings";
import { MISSING, number } from "../../strings/numbers";
import type { Stage } from "../page";

export async function open(stage: Stage): Promise<void> {
  const { main, signal } = stage;
  main.append(heading("overview"));
  const region = await regionOf(stage);
  if (!region) return;
  const [geography, makeCanvas, places, bundle] = await Promise.all([
    geographyOf(region.region), canvasMaker(), api.values(region.region, "places"), resultsOf(stage, region.region),
  ]);
  const [overlays, elements, findings] = await Promise.all([
    geography.overlays(),
    bundle ? api.bundleRows(bundle, "elements") : [],
    bundle ? api.bundleRows(bundle, "findings") : [],
  ]);
  if (signal.aborted) return;
  const host = h("div");
  const side = h("div.side");
  main.append(figures(geography, places), h("div.map-page", {}, side, h("div.drawing", {}, host, mapSources(geography))));
  const canvas = makeCanvas(host, geography, t("overview.map"), () => undefined);
  canvas.overlay(overlays);
  signal.addEventListener("abort", () => canvas.remove());
  side.append(...layers(region.region, geography, overlays, canvas));
  if (findings.length) main.append(found(findings));
  main.append(elements.length ? elementTable(elements) : noResults(stage));
  await canvas.ready;
}

/** Sums over the counties that have the figure; where some lack it, how many have it. */
function figures(geography: Geography, places: Values): HTMLElement {
  const counties = new Set(countyNames(geography).keys());
  const rows = places.place.map((place, k) => (counties.has(place) ? k : -1)).filter((k) => k >= 0);
  const card = (title: string, value: string, note = ""): HTMLElement =>
    h("div.card.figure", {}, h("p.hint", {}, title), h("p.large", {}, value), note ? h("p.hint", {}, note) : null);
  const cards = [card(t("overview.counties"), number(counties.size))];
  for (const column of ["residents", "gdp", "area_km2"] as const) {
    const values = places.columns[column]?.values;
    const held = rows.map((k) => values?.[k]).filter((x): x is number => typeof x === "number");
    if (!held.length) continue;
    const sum = held.reduce((a, b) => a + b, 0);
    const part = held.length < counties.size ? t("overview.part", { held: held.length, all: counties.size }) : "";
    cards.push(card(t(`overview.${column}`), number(sum), part));
  }
  return h("div.cards.figures-row", {}, ...cards);
}

function kindName(kind: string): string {
  return has(`kind.${kind}`) ? t(`kind.${kind}`) : kind;
}

/** Which elements are outlined: all of a kind, or one. */
function layers(region: string, geography: Geography, { elements }: Overlays, canvas: Canvas): HTMLElement[] {
  const groups = elements.features.map((f) => ({ id: text(f, "group"), kind: text(f, "kind"), name: nameOf(f) }));
  const kinds = [...new Set(groups.map(({ kind }) => kind))];
  const first = kinds.find((kind) => kind === "cluster") ?? kinds[0] ?? "";
  const kept = memory(`overview ${region}`, () => ({ kind: first, group: "" }));
  const names = countyNames(geography);
  const prefectures = prefectureOf(geography);
  const one = h("div");
  const list = h("ul.notes");
  const paint = (): void => {
    const shown = groups.filter(({ id, kind }) => kind === kept.kind && (!kept.group || id === kept.group));
    list.replaceChildren(...shown.map(({ name }) => h("li", {}, name)));
    canvas.look({
      colours: new Map([...names.keys()].map((place) => [place, NEUTRAL])),
      words: (place) => {
        const above = prefectures.get(place);
        const name = names.get(place) ?? place;
        return above ? t("place.within", { name, above }) : name;
      },
      outlined: shown.map(({ id }) => id),
      marked: [],
      links: false,
    });
  };
  const single = (): void => {
    const own = groups.filter(({ kind }) => kind === kept.kind).map(({ id, name }) => [id, name] as const);
    one.replaceChildren(
      choice(t("overview.one"), [["", t("overview.all")], ...own], kept.group, (group) => {
        kept.group = group;
        paint();
      }).field,
    );
  };
  const pickKind = choice(t("overview.kind"), kinds.map((kind) => [kind, kindName(kind)] as const), kept.kind, (kind) => {
    Object.assign(kept, { kind, group: "" });
    single();
    paint();
  });
  single();
  paint();
  return groups.length ? [pickKind.field, one, list] : [h("p.hint", {}, t("overview.no_elements"))];
}

function found(rows: Row[]): HTMLElement {
  const items = rows.map((row) => h("li", {}, pick(words(row["zh"]), words(row["en"]))));
  return h("section.card.findings", {}, h("h2", {}, t("overview.findings")), h("ol.notes", {}, ...items));
}

function elementTable(rows: Row[]): HTMLElement {
  const heads = [
    { title: t("whatif.element") },
    { title: t("overview.kind") },
    ...["counties", "residents", "residents_announced", "gdp", "area_km2"].map((name) => ({ title: t(`overview.${name}`), figures: true })),
  ];
  return table(
    t("overview.elements"),
    heads,
    rows.map((row) => [
      pick(words(row["name_zh"]), words(row["name_en"])),
      kindName(words(row["kind"])),
      ...["counties", "residents", "residents_announced", "gdp", "area_km2"].map((name) => figure(row[name])),
    ]),
  );
}

function words(cell: Row[string] | undefined): string {
  return cell === null || cell === undefined ? "" : String(cell);
}

function figure(cell: Row[string] | undefined): string {
  return typeof cell === "number" ? number(cell) : MISSING;
}
