/** A chart of changes with their intervals, one line a row, drawn as SVG so that it prints. */

import { CustomChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { t } from "../strings";
import { signed } from "../strings/numbers";
import { h } from "./dom";

echarts.use([CustomChart, ScatterChart, GridComponent, AriaComponent, SVGRenderer]);

export interface Row {
  name: string;
  /** Per cent. */
  value: number;
  low: number | null;
  high: number | null;
}

const LINE = 26;
const UP = "#17497f";
const DOWN = "#8f4200";
const UNSURE = "#6b7480";

/** Dark blue above zero, brown below, grey where the interval holds zero; the sign is also the side. */
function colour({ value, low, high }: Row): string {
  if (low !== null && high !== null && low <= 0 && high >= 0) return UNSURE;
  return value >= 0 ? UP : DOWN;
}

/** The chart in a frame; it follows the width of the page. */
export function intervalChart(host: HTMLElement, label: string, rows: readonly Row[], signal: AbortSignal): void {
  const frame = h("div.chart", { role: "img", "aria-label": label });
  frame.style.height = `${rows.length * LINE + 60}px`;
  host.replaceChildren(h("p.key-title", {}, label), frame, h("p.hint", {}, t("chart.says")));
  const chart = echarts.init(frame, null, { renderer: "svg" });
  const room = Math.min(330, Math.max(...rows.map((row) => widthOf(row.name))));
  chart.setOption({
    animation: false,
    aria: { enabled: true },
    textStyle: { fontFamily: "inherit" },
    grid: { left: room + 12, right: 28, top: 8, bottom: 30, outerBoundsMode: "none" },
    xAxis: {
      type: "value",
      axisLabel: { formatter: (x: number) => signed(x, digitsOf(rows)), color: "#333" },
      splitLine: { lineStyle: { color: "#e3e7ec" } },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map((row) => row.name),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: "#8794a3" } },
      axisLabel: { color: "#1b2430", width: room, overflow: "truncate", interval: 0 },
    },
    series: [
      {
        type: "custom",
        data: rows.flatMap((row, k) => (row.low !== null && row.high !== null ? [[row.low, row.high, k]] : [])),
        encode: { x: [0, 1], y: 2 },
        renderItem: (_: unknown, api: Drawing) => bar(api, rows),
      },
      {
        type: "scatter",
        symbolSize: 9,
        data: rows.map((row, k) => ({ value: [row.value, k], itemStyle: { color: colour(row) } })),
      },
    ],
  });
  const follow = new ResizeObserver(() => chart.resize());
  follow.observe(frame);
  signal.addEventListener("abort", () => {
    follow.disconnect();
    chart.dispose();
  });
}

interface Drawing {
  value(dimension: number): number;
  coord(point: [number, number]): [number, number];
}

function bar(api: Drawing, rows: readonly Row[]): object {
  const k = api.value(2);
  const [x1, y] = api.coord([api.value(0), k]);
  const [x2] = api.coord([api.value(1), k]);
  const stroke = colour(rows[k]!);
  const line = (a: number, b: number, c: number, d: number, lineWidth: number): object => ({
    type: "line",
    shape: { x1: a, y1: b, x2: c, y2: d },
    style: { stroke, lineWidth },
  });
  return {
    type: "group",
    children: [line(x1, y, x2, y, 2), line(x1, y - 5, x1, y + 5, 1.5), line(x2, y - 5, x2, y + 5, 1.5)],
  };
}

/** About how wide a name is: a Chinese sign takes 13 pixels, a Latin letter 7. */
function widthOf(name: string): number {
  return [...name].reduce((sum, letter) => sum + (letter > "\u2e80" ? 13 : 7), 0);
}

function digitsOf(rows: readonly Row[]): number {
  const most = Math.max(...rows.map(({ value, low, high }) => Math.max(Math.abs(value), Math.abs(low ?? 0), Math.abs(high ?? 0))));
  return most >= 10 ? 0 : most >= 1 ? 1 : most >= 0.1 ? 2 : 3;
}
