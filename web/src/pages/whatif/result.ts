/** The answer of a what-if: verdict, welfare, map before / after / difference, winners and losers. */

import type { Direction, WhatIf } from "../../api/types";
import type { Canvas } from "../../map/canvas";
import { colourOf, divergingClasses, quantileClasses } from "../../map/classes";
import { colourKey } from "../../map/key";
import { choice, h } from "../../parts/dom";
import { table } from "../../parts/table";
import { pick, t } from "../../strings";
import { MISSING, number, percent, signed } from "../../strings/numbers";

const MEASURES = ["residents", "jobs", "wage", "rent", "price"] as const;
const SIDES = ["difference", "before", "after"] as const;
type Measure = (typeof MEASURES)[number];
type Side = (typeof SIDES)[number];
const LISTED = 10;

export class Result {
  readonly element = h("section.result", { "aria-live": "polite" });
  readonly key = h("div");
  private measure: Measure = "residents";
  private side: Side = "difference";
  private charted = new AbortController();

  constructor(
    private readonly names: ReadonlyMap<string, string>,
    private readonly canvas: Canvas,
    private readonly above: HTMLElement,
    private readonly signal: AbortSignal,
  ) {}

  /** `final` is false while the intervals are still being drawn. */
  show(answer: WhatIf, marked: string[], outlined: string[], final: boolean): void {
    const inside = keepNamed(answer, this.names);
    const measures = MEASURES.filter((m) => inside.change[m]);
    if (!measures.includes(this.measure)) this.measure = measures[0] ?? "residents";
    const draw = (): void => {
      this.draw(inside, marked, outlined, final);
    };
    const which = choice(t("whatif.measure"), measures.map((m) => [m, t(`measure.${m}`)] as const), this.measure, (m) => {
      this.measure = m as Measure;
      draw();
    });
    const sides = choice(t("whatif.side"), SIDES.map((s) => [s, t(`side.${s}`)] as const), this.side, (s) => {
      this.side = s as Side;
      draw();
    });
    this.above.replaceChildren(which.field, sides.field);
    draw();
  }

  private draw(answer: WhatIf, marked: string[], outlined: string[], final: boolean): void {
    const { measure, side } = this;
    const shown = side === "difference" ? answer.change[measure] : answer[side][measure];
    const values = shown ?? answer.places.map(() => null);
    const classes = side === "difference" ? divergingClasses(values) : quantileClasses([...(answer.before[measure] ?? values)]);
    const at = new Map(answer.places.map((place, k) => [place, k]));
    this.canvas.look({
      colours: new Map(answer.places.map((place, k) => [place, colourOf(values[k], classes)])),
      words: (place) => this.words(answer, place, at.get(place)),
      outlined,
      marked,
      links: false,
    });
    const unit = side === "difference" ? "%" : t(`unit.${measure}`);
    const title = `${t(`measure.${measure}`)} · ${t(`side.${side}`)}`;
    this.key.replaceChildren(colourKey(title, unit, classes, values, side === "difference" ? 100 : 1));
    this.element.replaceChildren(this.verdict(answer, final), this.lists(answer), this.groups(answer));
    void this.chart(answer);
  }

  private words(answer: WhatIf, place: string, k: number | undefined): string {
    const name = this.names.get(place) ?? place;
    if (k === undefined) return name;
    const { measure } = this;
    return [
      `${name}: ${t(`measure.${measure}`)} ${percent(answer.change[measure]?.[k])}`,
      interval(answer.low[measure]?.[k], answer.high[measure]?.[k]),
      direction(answer.direction[measure]?.[k] ?? null),
    ]
      .filter(Boolean)
      .join(t("list.comma"));
  }

  private verdict({ certificate, welfare, draws }: WhatIf, final: boolean): HTMLElement {
    const certain = interval(welfare.low, welfare.high, 3);
    return h(
      "div.verdict",
      {},
      h("h2", {}, t("whatif.verdict")),
      h("p", {}, h(`span.badge.${certificate.verdict}`, {}, t(certificate.verdict === "certified" ? "whatif.certified" : "whatif.uncertified")), " ", pick(certificate.words_zh, certificate.words_en)),
      h(
        "p",
        {},
        t("whatif.welfare"),
        " ",
        h("strong", {}, percent(welfare.change, 3)),
        certain ? ` ${t("whatif.range", { range: certain })}` : "",
        welfare.direction ? ` ${direction(welfare.direction)}` : "",
      ),
      h("p.hint", {}, final ? (draws ? t("whatif.of_draws", { draws }) : t("whatif.no_draws")) : t("whatif.drawing")),
    );
  }

  private lists(answer: WhatIf): HTMLElement {
    const change = answer.change[this.measure] ?? [];
    const order = answer.places.map((_, k) => k).filter((k) => Number.isFinite(change[k] ?? NaN)).sort((a, b) => change[b]! - change[a]!);
    const up = order.filter((k) => change[k]! > 0).slice(0, LISTED);
    const down = order.filter((k) => change[k]! < 0).reverse().slice(0, LISTED);
    return h("div.pair", {}, this.list("whatif.winners", answer, up), this.list("whatif.losers", answer, down));
  }

  private list(title: string, answer: WhatIf, rows: number[]): HTMLElement {
    const m = this.measure;
    const digits = m === "residents" || m === "jobs" ? 0 : 2;
    const counted = answer.difference[m] !== undefined;
    const write = (x: number | null | undefined): string => number(x, digits);
    return table(
      t(title, { measure: t(`measure.${m}`) }),
      [
        { title: t("county") },
        { title: t("side.before"), figures: true },
        { title: t("side.after"), figures: true },
        ...(counted ? [{ title: t("side.difference"), figures: true }] : []),
        { title: t("whatif.percent"), figures: true },
        { title: t("whatif.interval"), figures: true },
        { title: t("whatif.direction") },
      ],
      rows.map((k) => [
        this.names.get(answer.places[k]!) ?? answer.places[k]!,
        write(answer.before[m]?.[k]),
        write(answer.after[m]?.[k]),
        ...(counted ? [signed(answer.difference[m]?.[k], digits)] : []),
        points(answer.change[m]?.[k], 2),
        range(answer.low[m]?.[k], answer.high[m]?.[k], 2),
        direction(answer.direction[m]?.[k] ?? null) || "–",
      ]),
    );
  }

  private groups({ groups }: WhatIf): HTMLElement | string {
    if (!groups.length) return "";
    const made = table(
      t("whatif.groups"),
      [
        { title: t("whatif.element") },
        { title: t("whatif.persons"), figures: true },
        { title: t("whatif.percent"), figures: true },
        { title: t("whatif.interval"), figures: true },
        { title: t("whatif.direction") },
      ],
      groups.map((g) => [
        pick(g.name_zh, g.name_en),
        signed(g.residents_persons),
        points(g.residents_change, 3),
        range(g.residents_low, g.residents_high, 3),
        direction(g.residents_direction) || "–",
      ]),
    );
    return h("div", {}, h("div.verdict.intervals"), made);
  }

  /** Changes of the elements with their intervals; the library comes when first needed. */
  private async chart({ groups }: WhatIf): Promise<void> {
    const host = this.element.querySelector<HTMLElement>(".intervals");
    if (!host) return;
    const rows = groups.flatMap((g) =>
      g.residents_change === null
        ? []
        : [{
            name: pick(g.name_zh, g.name_en),
            value: g.residents_change * 100,
            low: g.residents_low === null ? null : g.residents_low * 100,
            high: g.residents_high === null ? null : g.residents_high * 100,
          }],
    );
    const { intervalChart } = await import("../../parts/intervals");
    if (!host.isConnected) return;
    this.charted.abort();
    this.charted = new AbortController();
    const signal = AbortSignal.any([this.signal, this.charted.signal]);
    intervalChart(host, `${t("whatif.groups")} (%)`, rows, signal);
  }
}

function interval(low: number | null | undefined, high: number | null | undefined, digits = 2): string {
  if (typeof low !== "number" || typeof high !== "number") return "";
  return t("whatif.from_to", { low: percent(low, digits), high: percent(high, digits) });
}

/** Per cent without the sign of it, for columns that say so in their head. */
function points(change: number | null | undefined, digits: number): string {
  return signed(typeof change === "number" ? change * 100 : null, digits);
}

function range(low: number | null | undefined, high: number | null | undefined, digits: number): string {
  if (typeof low !== "number" || typeof high !== "number") return MISSING;
  return t("whatif.from_to", { low: points(low, digits), high: points(high, digits) });
}

function direction(which: Direction): string {
  return which && which !== "not drawn" ? t(`direction.${which}`) : "";
}

/** The answer without the outside cities, which have no shape on this map. */
function keepNamed(answer: WhatIf, names: ReadonlyMap<string, string>): WhatIf {
  const rows = answer.places.map((_, k) => k).filter((k) => answer.inside[k] && names.has(answer.places[k]!));
  const cut = <T>(columns: Partial<Record<Measure, T[]>>): Partial<Record<Measure, T[]>> =>
    Object.fromEntries(
      Object.entries(columns).map(([name, values]) => [name, rows.map((k) => (values as T[])[k])]),
    ) as Partial<Record<Measure, T[]>>;
  return {
    ...answer,
    places: rows.map((k) => answer.places[k]!),
    inside: rows.map(() => true),
    before: cut(answer.before),
    after: cut(answer.after),
    change: cut(answer.change),
    difference: cut(answer.difference),
    low: cut(answer.low),
    high: cut(answer.high),
    direction: cut(answer.direction),
  };
}
