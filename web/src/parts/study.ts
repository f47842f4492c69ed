/** The study of a region: the one in the address, the newest, or a new one with stated defaults. */

import { api } from "../api/client";
import type { Study } from "../api/types";
import type { Stage } from "../pages/page";

export async function studyOf({ where }: Stage, region: string): Promise<Study> {
  const studies = (await api.studies()).filter((study) => study.region === region);
  const chosen =
    studies.find(({ study }) => study === where.study) ?? studies.at(-1) ?? (await api.newStudy(region));
  where.study = chosen.study;
  return chosen;
}
