/** One-hour circles of the core cities, with a slider through the dates of the study. */

import { api, type Row } from "../../api/client";
import type { MakeCanvas } from "../../map/canvas";
import { MISSING_COLOUR } from "../../map/classes";
import { countyNames, prefectureOf, text, type Geography } from "../../map/geography";
import { mapSources } from "../../map/sources";
import { choice, fresh, h } from "../../parts/dom";
import { memory } from "../../parts/memory";
import { table } from "../../parts/table";
import { pick, t } from "../../strings";
import { MISSING, number, percent } from "../../strings/numbers";
import type { Stage } from "../page";

const COLOURS = { first: "#17497f", joined: "#e08214", left: "#8f4200", out: "#eef1f4" };
type State = keyof typeof COLOURS;

/** Minutes of every county by core and date, and whether it lies in the circle. */
type Seen = Map<string, { minutes: number | null; inside: boolean }>;

export async function circles(stage: Stage, bundle: string, geography: Geography, makeCanvas: MakeCanvas): Promise<void> {
  const [rows, people] = await Promise.all([api.bundleRows(bundle, "circles"), api.bundleRows(bundle, "circle_people")]);
  if (stage.signal.aborted) return;
  const cores = [...new Set(rows.map((row) => String(row["core"])))];
  const dates = [...new Set(rows.map((row) => String(row["date"])))].sort();
  const kept = memory(`circles ${bundle}`, () => ({ core: cores[0]!, at: 0 }));
  const [host, key, list, said] = [h("div"), h("div"), h("div"), h("output.large")];
  const names = countyNames(geography);
  const prefectures = prefectureOf(geography);
  const id = fresh("date");
  const slider = h("input", { id, type: "range", min: 0, max: dates.length - 1, step: 1, value: kept.at });
  const side = h("div.side");
  stage.main.append(
    h("h2", {}, t("measure.circles")),
    h("div.map-page", {}, side, h("div.drawing", {}, host, mapSources(geography))),
    list,
  );
  const canvas = makeCanvas(host, geography, t("measure.circles"), () => undefined);
  stage.signal.addEventListener("abort", () => canvas.remove());
  const draw = (): void => {
    const date = dates[kept.at]!;
    const [before, now] = [dates[0]!, date].map((day) => seen(rows, kept.core, day));
    const state = (place: string): State => {
      const [was, is] = [before!.get(place)?.inside, now!.get(place)?.inside];
      return is ? (was ? "first" : "joined") : was ? "left" : "out";
    };
    slider.setAttribute("aria-valuetext", date);
    said.textContent = date;
    canvas.look({
      colours: new Map([...names.keys()].map((p) => [p, now!.has(p) ? COLOURS[state(p)] : MISSING_COLOUR])),
      words: (place) => {
        const above = prefectures.get(place) ?? "";
        const name = t("place.within", { name: names.get(place) ?? place, above });
        return `${name}: ${number(now!.get(place)?.minutes, 1)} ${t("unit.min")}`;
      },
      outlined: [],
      marked: [],
      links: false,
    });
    const counted = (which: State): number => [...names.keys()].filter((p) => now!.has(p) && state(p) === which).length;
    key.replaceChildren(legend(before === now ? ["first", "out"] : ["first", "joined", "left", "out"], counted, dates[0]!));
    list.replaceChildren(peopleTable(people.filter((row) => String(row["core"]) === kept.core)));
  };
  const pickCore = choice(t("measure.core"), cores.map((core) => [core, coreName(geography, core)] as const), kept.core, (core) => {
    kept.core = core;
    draw();
  });
  slider.addEventListener("input", () => {
    kept.at = slider.valueAsNumber;
    draw();
  });
  side.append(
    pickCore.field,
    h("div.field", {}, h("label", { for: id }, t("measure.date")), slider, said),
    h("p.hint", {}, t("measure.circle_says", { dates: dates.join(t("list.comma")) })),
    key,
  );
  draw();
  await canvas.ready;
}

function seen(rows: Row[], core: string, date: string): Seen {
  const own = rows.filter((row) => String(row["core"]) === core && String(row["date"]) === date);
  return new Map(
    own.map((row) => {
      const minutes = typeof row["minutes"] === "number" ? row["minutes"] : null;
      return [String(row["place"]), { minutes, inside: row["inside"] === true }];
    }),
  );
}

function coreName({ prefectures }: Geography, core: string): string {
  const found = prefectures.features.find((f) => text(f, "place") === core);
  return found ? pick(text(found, "name_zh"), text(found, "name_en")) : core;
}

function legend(states: State[], counted: (state: State) => number, date: string): HTMLElement {
  const rows = states.map((state) => {
    const swatch = h("span.swatch", { "aria-hidden": "true" });
    swatch.style.background = COLOURS[state];
    return h("li", {}, swatch, h("span.limits", {}, t(`circle.${state}`, { date })), h("span.held", {}, String(counted(state))));
  });
  return h("div.key", {}, h("ul", {}, ...rows), h("p.hint", {}, t("circle.count")));
}

function peopleTable(rows: Row[]): HTMLElement {
  const figure = (cell: Row[string] | undefined): string => (typeof cell === "number" ? number(cell) : MISSING);
  return table(
    t("measure.people"),
    [
      { title: t("measure.date") },
      { title: t("overview.counties"), figures: true },
      { title: t("overview.residents"), figures: true },
      { title: t("measure.share"), figures: true },
      { title: t("measure.built") },
    ],
    rows.map((row) => [
      String(row["date"]),
      figure(row["counties"]),
      figure(row["residents"]),
      typeof row["share"] === "number" ? percent(row["share"], 1).replace("+", "") : MISSING,
      String(row["projects"] ?? "") || MISSING,
    ]),
  );
}
