/** The study of a region: the one in the address, the newest, or a new one with stated defaults. */

import { api } from "../api/client";
import type { Study } from "../api/types";
import type { Stage } from "../pages/page";

export async function studyOf({ where }: Stage, region: string): Promise<Study> {
  const studies = (await api.studies()).filter((study) => study.region === region);
  const chosen = studies.find(({ id }) => id === where.study) ?? studies.at(-1);
  const study = chosen ? await api.study(chosen.id) : await api.newStudy(region);
  where.study = study.id;
  return study;
}

/** Last day of the base network. */
export function baseDate({ resolved, year }: Study): string {
  return resolved.date || `${year}-12-31`;
}
