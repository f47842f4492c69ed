/** The study of a region: the one in the address, the one changed last, or a new one with defaults. */

import { api } from "../api/client";
import type { Study } from "../api/types";
import type { Stage } from "../pages/page";
import { Missing } from "./missing";

export async function studyOf({ where }: Stage, region: string): Promise<Study> {
  const studies = (await api.studies())
    .filter((study) => study.region === region)
    .sort((a, b) => b.changed.localeCompare(a.changed));
  const named = studies.find(({ study }) => study === where.study);
  if (where.study && !named) {
    const instead = studies.slice(0, 4).map(({ study, title_zh, title_en }) => ({
      title_zh, title_en, where: { page: where.page, region, study },
    }));
    throw new Missing("study", where.study, instead);
  }
  const chosen = named ?? studies[0] ?? (await api.newStudy(region));
  where.study = chosen.study;
  return chosen;
}
