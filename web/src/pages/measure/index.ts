/** Measure: one-hour circles through time, and any table of the results by county. */

import { api } from "../../api/client";
import { canvasMaker } from "../../map/canvas";
import { geographyOf } from "../../map/geography";
import { View } from "../../map/view";
import { h } from "../../parts/dom";
import { heading, regionOf } from "../../parts/heading";
import { noResults, resultsOf } from "../../parts/results";
import { t } from "../../strings";
import type { Stage } from "../page";
import { circles } from "./circles";

/** Tables that stand first in the list; the others follow. */
const FIRST = ["specialisation", "access", "definition_evidence", "county_shift", "effects"];

export async function open(stage: Stage): Promise<void> {
  const { main, signal } = stage;
  main.append(heading("measure"));
  const region = await regionOf(stage);
  if (!region) return;
  const [geography, makeCanvas, bundle] = await Promise.all([
    geographyOf(region.region), canvasMaker(), resultsOf(stage, region.region),
  ]);
  if (!bundle) {
    main.append(noResults(stage));
    return;
  }
  const all = await api.bundleTables(bundle);
  if (all.some(({ name, rows }) => name === "circles" && rows > 0))
    await circles(stage, bundle, geography, makeCanvas);
  const rank = (name: string): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  const tables = all
    .filter(({ name, values, rows }) => values && rows > 0 && name !== "circles")
    .sort((a, b) => rank(a.name) - rank(b.name));
  if (signal.aborted || !tables.length) return;
  const host = h("div");
  const view = new View(stage, `measure ${bundle}`, (name, filters) => api.bundleValues(bundle, name, filters), geography, host, tables);
  main.append(h("h2", {}, t("measure.tables")), view.element);
  view.canvas = makeCanvas(host, geography, t("measure.map"), (place) => view.choose(place));
  signal.addEventListener("abort", () => view.canvas?.remove());
  await view.first();
  await view.canvas.ready;
  const overlays = await geography.overlays();
  if (signal.aborted) return;
  view.canvas.overlay(overlays);
  view.choices(overlays);
}
