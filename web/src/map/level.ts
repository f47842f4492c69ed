/** At which level a figure is published: by county, or only by prefecture. */

import type { ValueColumn } from "../api/types";
import { countyNames, text, type Geography } from "./geography";
import { pick } from "../strings";

export interface Level {
  counties: boolean;
  /** Names of the places that have the figure, by code. */
  names: Map<string, string>;
  values: Map<string, number | null>;
  /** The place whose figure a county shows. */
  placeOf: Map<string, string>;
}

/** By county where any county has a figure, else by prefecture. */
export function levelOf(geography: Geography, places: string[], column: ValueColumn): Level {
  const values = new Map(places.map((place, k) => [place, column.values[k] ?? null]));
  const names = countyNames(geography);
  const counties = [...names.keys()].some((place) => typeof values.get(place) === "number");
  if (counties) {
    const own = [...names.keys()].map((place) => [place, place] as const);
    return { counties, names, values, placeOf: new Map(own) };
  }
  const { features } = geography.counties;
  const prefectures = features.map(
    (f) => [text(f, "prefecture"), pick(text(f, "prefecture_zh"), text(f, "prefecture_en"))] as const,
  );
  return {
    counties,
    names: new Map(prefectures.filter(([code]) => code)),
    values,
    placeOf: new Map(features.map((f) => [text(f, "place"), text(f, "prefecture")])),
  };
}
