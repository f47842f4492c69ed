/** The newest results of a region, or what to do where there are none. */

import { api } from "../api/client";
import type { Stage } from "../pages/page";
import { t } from "../strings";
import { write } from "../where";
import { h } from "./dom";
import { Missing } from "./missing";
import { empty } from "./states";

/** The bundle that the address names, else the newest of the region's; empty where there is none. */
export async function resultsOf({ where }: Stage, region: string): Promise<string> {
  const runs = (await api.runs()).filter((run) => run.region === region && run.bundle);
  if (where.bundle && !runs.some(({ bundle }) => bundle === where.bundle))
    throw new Missing("bundle", where.bundle);
  const newest = [...runs].sort((a, b) => b.created.localeCompare(a.created))[0];
  return where.bundle || newest?.bundle || "";
}

export function noResults({ where }: Stage): HTMLElement {
  return empty(
    t("results.none"),
    h("a.button", { href: write({ ...where, page: "report", bundle: "" }) }, t("results.run")),
  );
}
