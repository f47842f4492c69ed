/** Map: any figure of any table by county, the elements of the layout and the network over it. */

import { api } from "../../api/client";
import { canvasMaker } from "../../map/canvas";
import { geographyOf } from "../../map/geography";
import { View } from "../../map/view";
import { h } from "../../parts/dom";
import { heading, regionOf } from "../../parts/heading";
import { empty } from "../../parts/states";
import { t } from "../../strings";
import type { Stage } from "../page";

export async function open(stage: Stage): Promise<void> {
  const { main } = stage;
  const drawer = canvasMaker();
  main.append(heading("map"));
  const region = await regionOf(stage);
  if (!region) return;
  const [page, geography, makeCanvas] = await Promise.all([
    api.region(region.region), geographyOf(region.region), drawer,
  ]);
  const tables = page.tables.filter(({ values }) => values);
  if (!tables.length || !geography.counties.features.length) {
    main.append(empty(t("map.no_values"), h("a.button", { href: "#/faults" }, t("map.to_faults"))));
    return;
  }
  const host = h("div");
  const view = new View(stage, region.region, (name, filters) => api.values(region.region, name, filters), geography, host, tables);
  main.append(view.element);
  view.canvas = makeCanvas(host, geography, t("map.label"), (place) => view.choose(place));
  stage.signal.addEventListener("abort", () => view.canvas?.remove());
  await view.first();
  await view.canvas.ready;
  const overlays = await geography.overlays();
  if (stage.signal.aborted) return;
  view.canvas.overlay(overlays);
  view.choices(overlays);
}
