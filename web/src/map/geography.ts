/** The shapes of one region, fetched once and shared by every page that draws them. */

import type { Feature, Position } from "geojson";
import { api } from "../api/client";
import type { Layer } from "../api/types";
import { pick } from "../strings";

/** What lies over the counties; not needed for the first picture. */
export interface Overlays {
  links: Layer;
  outside: Layer;
  elements: Layer;
}

export interface Geography {
  region: string;
  counties: Layer;
  prefectures: Layer;
  /** Fetched when first asked for. */
  overlays(): Promise<Overlays>;
}

const kept = new Map<string, Promise<Geography>>();

export function geographyOf(region: string): Promise<Geography> {
  const known = kept.get(region);
  if (known) return known;
  const asked = fetchShapes(region);
  asked.catch(() => kept.delete(region));
  kept.set(region, asked);
  return asked;
}

/** After a corrected upload the shapes may differ. */
export function forget(region: string): void {
  kept.delete(region);
}

async function fetchShapes(region: string): Promise<Geography> {
  const [counties, prefectures] = await Promise.all([
    api.layer(region, "counties"), api.layer(region, "prefectures"),
  ]);
  let asked: Promise<Overlays> | null = null;
  const overlays = (): Promise<Overlays> => {
    asked ??= fetchOverlays(region);
    asked.catch(() => (asked = null));
    return asked;
  };
  return { region, counties, prefectures, overlays };
}

async function fetchOverlays(region: string): Promise<Overlays> {
  const [links, outside, elements] = await Promise.all([
    api.layer(region, "links"), api.layer(region, "outside"), api.layer(region, "elements"),
  ]);
  return { links, outside, elements };
}

export function text(feature: Feature, name: string): string {
  const value: unknown = feature.properties?.[name];
  return value === null || value === undefined ? "" : String(value);
}

export function nameOf(feature: Feature): string {
  return pick(text(feature, "name_zh"), text(feature, "name_en"));
}

/** Names of the counties by code. */
export function countyNames({ counties }: Geography): Map<string, string> {
  return new Map(counties.features.map((f) => [text(f, "place"), nameOf(f)]));
}

/** Names of the counties' prefectures by county; empty where there is none. */
export function prefectureOf({ counties }: Geography): Map<string, string> {
  return new Map(
    counties.features.map((f) => [
      text(f, "place"), pick(text(f, "prefecture_zh"), text(f, "prefecture_en")),
    ]),
  );
}

export type Box = [west: number, south: number, east: number, north: number];

/** The box round all shapes of a layer; null where there is none. */
export function boxOf(layer: Layer): Box | null {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { geometry } of layer.features) {
    if (!geometry || geometry.type === "GeometryCollection") continue;
    eachPosition(geometry.coordinates, ([x, y]) => {
      box[0] = Math.min(box[0], x!);
      box[1] = Math.min(box[1], y!);
      box[2] = Math.max(box[2], x!);
      box[3] = Math.max(box[3], y!);
    });
  }
  return box[0] <= box[2] ? box : null;
}

type Nested = Position | Nested[];

function eachPosition(coordinates: Nested, found: (position: Position) => void): void {
  if (typeof coordinates[0] === "number") found(coordinates as Position);
  else for (const inner of coordinates as Nested[]) eachPosition(inner, found);
}

/** Prefecture names with a point to write them at: the middle of their county seats' box. */
export function prefectureNames({ counties }: Geography): { name: string; at: Position }[] {
  const groups = new Map<string, { name: string; layer: Layer }>();
  for (const county of counties.features) {
    const code = text(county, "prefecture");
    const name = pick(text(county, "prefecture_zh"), text(county, "prefecture_en"));
    if (!code || !name) continue;
    const group = groups.get(code) ?? { name, layer: { type: "FeatureCollection", features: [] } };
    group.layer.features.push(county);
    groups.set(code, group);
  }
  return [...groups.values()].flatMap(({ name, layer }) => {
    const box = boxOf(layer);
    return box ? [{ name, at: [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] }] : [];
  });
}
