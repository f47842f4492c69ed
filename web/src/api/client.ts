/** Asking the API: one function a question, every refusal a `Refused` that carries the server's words. */

import type {
  Asked, Cell, Layer, Problem, Region, RegionItem, Rows, Run, Scenario, Study, TableInfo, Titled, Values,
} from "./types";

const BASE = "api/v1";
/** Other sites cannot send this: the server changes nothing without it. */
const OURS = { "x-buju": "1" };

export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail_en);
  }
}

async function ask<T>(path: string, options: RequestInit = {}): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`${BASE}${path}`, { ...options, headers: { ...options.headers, ...OURS } });
  } catch {
    throw new Refused({
      status: 0,
      title_zh: "没有连上本机服务",
      title_en: "The local service does not answer",
      detail_zh: "请确认启动窗口仍在运行（buju serve），然后重试。已上传的内容都保存在工作文件夹里。",
      detail_en:
        "See that the window that runs `buju serve` is still open, then try again. Everything uploaded is kept in the workspace folder.",
    });
  }
  if (!answer.ok) throw new Refused(await problemOf(answer));
  return (answer.status === 204 ? null : await answer.json()) as T;
}

async function problemOf(answer: Response): Promise<Problem> {
  const text = await answer.text();
  try {
    const body = JSON.parse(text) as Partial<Problem>;
    if (body.detail_zh && body.detail_en) return body as Problem;
  } catch {
    // not JSON: a proxy's page, told below
  }
  return {
    status: answer.status,
    title_zh: `服务返回 ${answer.status}`,
    title_en: `The service answered ${answer.status}`,
    detail_zh: "请重试；若仍如此，请把启动窗口中的最后几行发给维护人员。",
    detail_en: "Try again; if it stays, send the last lines of the service's window to who maintains it.",
  };
}

function send(method: string, body: unknown): RequestInit {
  return { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function form(file: File, name = ""): RequestInit {
  const data = new FormData();
  if (name) data.set("name", name);
  data.set("file", file);
  return { method: "POST", body: data };
}

const id = encodeURIComponent;

export type Row = Record<string, Cell>;

/** Rows as records. */
function records({ columns, rows }: Rows): Row[] {
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, k) => [name, row[k] ?? null])));
}

export interface Root {
  name: string;
  version: string;
  workspace: string;
  examples: { id: string; title_zh: string; title_en: string }[];
}

export interface Session {
  /** Whether a token is needed here. */
  login: boolean;
  role: "reader" | "planner" | "officer" | "administrator" | null;
}

export const api = {
  root: () => ask<Root>(""),
  templateAddress: () => `${BASE}/template.xlsx`,
  openExample: (name: string) =>
    ask<{ region: string; study: string }>(`/examples/${id(name)}`, { method: "POST" }),

  session: () => ask<Session>("/session"),
  login: (token: string) => ask<Session>("/session", send("POST", { token })),

  regions: async () => (await ask<{ regions: RegionItem[] }>("/regions")).regions,
  region: (region: string) => ask<Region>(`/regions/${id(region)}`),
  upload: (file: File, name: string) => ask<Region>("/regions", form(file, name)),
  rename: (region: string, titles: Titled) =>
    ask<Region>(`/regions/${id(region)}`, send("PATCH", titles)),
  /** With its studies. */
  remove: (region: string) => ask<null>(`/regions/${id(region)}?studies=true`, { method: "DELETE" }),
  correct: (region: string, file: File) =>
    ask<Region>(`/regions/${id(region)}`, { ...form(file), method: "PUT" }),
  /** All rows of a table, asked page by page. */
  rows: async (region: string, table: string): Promise<Rows> => {
    const page = (offset: number): Promise<Rows> =>
      ask(`/regions/${id(region)}/tables/${id(table)}?offset=${offset}&limit=1000`);
    const whole = await page(0);
    while (whole.rows.length < whole.total) {
      const next = await page(whole.rows.length);
      if (!next.rows.length) break;
      whole.rows.push(...next.rows);
    }
    return whole;
  },
  layer: (region: string, layer: string) =>
    ask<Layer>(`/regions/${id(region)}/layers/${id(layer)}.geojson`),
  values: (region: string, table: string, filters: Record<string, string> = {}) =>
    ask<Values>(`/regions/${id(region)}/values/${id(table)}.json?${new URLSearchParams(filters)}`),

  studies: async () => (await ask<{ studies: Study[] }>("/studies")).studies,
  newStudy: (region: string) => ask<Study>("/studies", send("POST", { region })),
  saveScenario: (study: string, name: string, scenario: Scenario) =>
    ask<Study>(`/studies/${id(study)}/scenarios/${id(name)}`, send("PUT", scenario)),

  runs: async () => (await ask<{ runs: Run[] }>("/runs")).runs,
  start: (study: string) => ask<Run>("/runs", send("POST", { study })),
  run: (run: string) => ask<Run>(`/runs/${id(run)}`),
  cancel: (run: string) => ask<Run>(`/runs/${id(run)}`, { method: "DELETE" }),
  whatIf: (study: string, scenario: Scenario, draws: number) =>
    ask<Asked>("/whatif?wait=2.5", send("POST", { study, scenario, draws })),
  /** Waits on the server until more than `have` is there, two seconds at most. */
  more: (run: string, have: Asked["stage"]) =>
    ask<Asked>(`/whatif/${id(run)}?wait=2&have=${have}`),

  bundleTables: async (bundle: string) =>
    (await ask<{ tables: TableInfo[] }>(`/bundles/${id(bundle)}/tables`)).tables,
  bundleRows: async (bundle: string, table: string) =>
    records(await ask<Rows>(`/bundles/${id(bundle)}/tables/${id(table)}?limit=10000`)),
  bundleValues: (bundle: string, table: string, filters: Record<string, string> = {}) =>
    ask<Values>(`/bundles/${id(bundle)}/values/${id(table)}.json?${new URLSearchParams(filters)}`),
  bundles: async () =>
    (await ask<{ bundles: { bundle: string }[] }>("/bundles")).bundles.map(({ bundle }) => bundle),
  reportAddress: (bundle: string, format: string, language: string) =>
    `${BASE}/bundles/${id(bundle)}/report.${format}?language=${language}`,
};
