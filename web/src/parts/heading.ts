/** The head of a page: its title, one line on what it is for, and the region chosen. */

import { api } from "../api/client";
import type { RegionItem } from "../api/types";
import type { Stage } from "../pages/page";
import { pick, t } from "../strings";
import { choice, h } from "./dom";
import { Missing } from "./missing";
import { empty } from "./states";

const OFFERED = 4;

export function heading(page: string): HTMLElement {
  return h("div.heading", {}, h("h1", {}, t(`${page}.title`)), h("p", {}, t(`${page}.says`)));
}

/**
 * The region that the page is about, with a list to change it; null after having said what to do
 * where there is none. A region that the address names and that is not there is said to be missing.
 */
export async function regionOf(
  stage: Stage,
  fits: (region: RegionItem) => boolean = (region) => region.state === "ready",
): Promise<RegionItem | null> {
  const { main, where, go } = stage;
  const all = await api.regions();
  const regions = all.filter(fits);
  const named = regions.find(({ region }) => region === where.region);
  if (where.region && !named) {
    if (all.some(({ region }) => region === where.region)) throw new Missing("faults", where.region);
    const instead = regions.slice(0, OFFERED).map(({ region, title_zh, title_en }) => ({
      title_zh, title_en, where: { page: where.page, region },
    }));
    throw new Missing("region", where.region, instead);
  }
  const chosen = named ?? regions[0]; // the newest
  if (!chosen) {
    const start = h("a.button", { href: "#/start" }, t("to_start"));
    main.append(empty(t("no_region"), start));
    return null;
  }
  where.region = chosen.region;
  if (regions.length > 1) {
    const options = regions.map((r) => [r.region, pick(r.title_zh, r.title_en)] as const);
    main.append(
      choice(t("region"), options, chosen.region, (region) => go({ region, study: "", bundle: "" }))
        .field,
    );
  } else main.append(h("p.chosen", {}, t("chosen", { name: pick(chosen.title_zh, chosen.title_en) })));
  return chosen;
}
