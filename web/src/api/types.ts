/** What the API answers. The server's OpenAPI page (`/api/v1/docs`) is the full text. */

import type { FeatureCollection } from "geojson";

export interface Titled {
  title_zh: string;
  title_en: string;
}

export interface Fault {
  table: string;
  sheet?: string | null;
  cell?: string | null;
  file?: string | null;
  row?: number | null;
  column?: string | null;
  value?: string | number | null;
  rule_zh: string;
  rule_en: string;
  remedy_zh: string;
  remedy_en: string;
}

export interface Problem extends Titled {
  status: number;
  detail_zh: string;
  detail_en: string;
  faults?: Fault[];
}

export interface Note {
  zh: string;
  en: string;
}

export interface RegionItem extends Titled {
  region: string;
  state: "ready" | "faults";
  faults: number;
  updated: string;
}

export interface TableInfo extends Titled {
  name: string;
  rows: number;
  /** Whether it has figures by place. */
  values: boolean;
}

export interface Region extends Titled {
  region: string;
  state: "ready" | "faults";
  faults: Fault[];
  notes: Note[];
  tables: TableInfo[];
}

export interface Column {
  name: string;
  title_zh?: string;
  title_en?: string;
  unit?: string;
  type?: string;
}

export interface Rows {
  columns: Column[];
  rows: Cell[][];
  total: number;
}

export type Cell = string | number | boolean | null;

export interface ValueColumn extends Titled {
  unit: string;
  values: (number | null)[];
  year?: number | null;
}

export interface Filter {
  value: string;
  choices: Choice[];
}

export type Choice = string | number | { value: string | number; title_zh: string; title_en: string };

export interface Values {
  place: string[];
  columns: Record<string, ValueColumn>;
  filters?: Record<string, Filter>;
}

export interface Study extends Titled {
  study: string;
  region: string;
  year: number;
  /** When the study file was last written. */
  changed: string;
  /** Day of the base network. */
  date: string;
  scenarios: (Titled & { scenario: string })[];
  /** Whether the study has ranges to draw intervals from. */
  draws: boolean;
}

export interface Progress {
  what_zh: string;
  what_en: string;
  share: number | null;
}

export interface Run {
  run: string;
  kind: "run" | "whatif";
  study: string;
  region: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  progress: Progress | null;
  error: Problem | null;
  bundle: string | null;
  created: string;
}

/** A what-if under way: the point answer comes first, its intervals after. */
export interface Asked extends Run {
  stage: "none" | "point" | "full";
  result: WhatIf | null;
}

export type Direction = "up" | "down" | "none" | "uncertain" | "not drawn" | null;
/** Where the published figure stands to its own interval. */
export type Point = "inside" | "below" | "above" | "not drawn" | null;
export type Measure = "residents" | "jobs" | "wage" | "rent" | "price";
export type PerPlace<T> = Partial<Record<Measure, T[]>>;

export interface Interval {
  change: number | null;
  low: number | null;
  high: number | null;
  direction: Direction;
  point: Point;
}

export interface WhatIf {
  places: string[];
  /** False for the cities outside. */
  inside: boolean[];
  before: PerPlace<number | null>;
  after: PerPlace<number | null>;
  change: PerPlace<number | null>;
  difference: PerPlace<number | null>;
  low: PerPlace<number | null>;
  high: PerPlace<number | null>;
  direction: PerPlace<Direction>;
  point: PerPlace<Point>;
  groups: GroupEffect[];
  welfare: Interval;
  certificate: { verdict: string; words_zh: string; words_en: string };
  draws: number;
}

export interface GroupEffect {
  group: string;
  name_zh: string;
  name_en: string;
  residents_persons: number | null;
  residents_change: number | null;
  residents_low: number | null;
  residents_high: number | null;
  residents_direction: Direction;
  residents_point: Point;
}

export interface Scenario {
  title_zh?: string;
  title_en?: string;
  date?: string;
  year?: number;
  projects?: string[];
  without?: string[];
  links?: Record<string, Record<string, string | number>>;
  zones?: Record<string, { productivity?: string }>;
}

export interface Layer extends FeatureCollection {
  note_zh?: string;
  note_en?: string;
  approval?: string;
}
