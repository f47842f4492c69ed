/** The answer of a what-if: verdict, welfare, map before / after / difference, winners and losers. */

import type { Direction, Point, WhatIf } from "../../api/types";
import type { Canvas } from "../../map/canvas";
import { NEUTRAL, colourOf, divergingClasses, quantileClasses, type Classes } from "../../map/classes";
import { countyNames, prefectureOf, type Geography } from "../../map/geography";
import { colourKey } from "../../map/key";
import { choice, h } from "../../parts/dom";
import { table } from "../../parts/table";
import { pick, t } from "../../strings";
import type { Answer, Form, Kept } from "./kept";
import { MISSING, number, percent, signed } from "../../strings/numbers";

const MEASURES = ["residents", "jobs", "wage", "rent", "price"] as const;
const SIDES = ["difference", "before", "after"] as const;
type Measure = (typeof MEASURES)[number];
type Side = (typeof SIDES)[number];
const LISTED = 10;

export class Result {
  readonly element = h("section.result");
  readonly key = h("div");
  /** Called to put the form back as it was when it asked the answer's question. */
  restored: (form: Form) => void = () => undefined;
  private readonly names: ReadonlyMap<string, string>;
  private readonly prefectures: ReadonlyMap<string, string>;
  private charted = new AbortController();
  /** What stands on the page: drawn again only where it differs. */
  private drawn: { answer: Answer; inside: WhatIf; fits: boolean; marked: string[] } | null = null;

  constructor(
    geography: Geography,
    private readonly canvas: Canvas,
    private readonly above: HTMLElement,
    private readonly drawing: HTMLElement,
    private readonly kept: Kept,
    private readonly signal: AbortSignal,
  ) {
    this.names = countyNames(geography);
    this.prefectures = prefectureOf(geography);
  }

  /**
   * Show an answer beside the form.
   *
   * `fits` says whether the form still asks what is answered; where it does not, map and tables are
   * marked as an earlier answer. `marked` are the links of the form's line.
   */
  show(answer: Answer | null, fits: boolean, marked: string[]): void {
    this.drawing.classList.toggle("stale", answer !== null && !fits);
    this.key.classList.toggle("stale", answer !== null && !fits);
    this.element.classList.toggle("stale", answer !== null && !fits);
    if (!answer) {
      this.plain(marked);
      return;
    }
    const fresh = this.drawn?.answer !== answer;
    const inside = fresh ? keepNamed(answer.result, this.names) : this.drawn!.inside;
    this.drawn = { answer, inside, fits, marked };
    if (fresh) {
      this.switches();
      this.draw();
    }
    this.colour();
    this.head();
  }

  private plain(marked: string[]): void {
    const { names } = this;
    this.canvas.look({
      colours: new Map([...names.keys()].map((place) => [place, NEUTRAL])),
      words: (place) => this.label(place),
      outlined: [],
      marked,
      links: true,
    });
  }

  private get measure(): Measure {
    const measures = MEASURES.filter((m) => this.drawn?.inside.change[m]);
    return measures.find((m) => m === this.kept.measure) ?? measures[0] ?? "residents";
  }

  private get side(): Side {
    return SIDES.find((side) => side === this.kept.side) ?? "difference";
  }

  private switches(): void {
    const measures = MEASURES.filter((m) => this.drawn?.inside.change[m]);
    const again = (): void => {
      this.draw();
      this.colour();
      this.head();
    };
    const which = choice(t("whatif.measure"), measures.map((m) => [m, t(`measure.${m}`)] as const), this.measure, (m) => {
      this.kept.measure = m;
      again();
    });
    const sides = choice(t("whatif.side"), SIDES.map((s) => [s, t(`side.${s}`)] as const), this.side, (s) => {
      this.kept.side = s;
      again();
    });
    this.above.replaceChildren(which.field, sides.field, h("p.old", { role: "status" }, t("whatif.old")));
  }

  private shown(answer: WhatIf): { values: (number | null)[]; classes: Classes } {
    const { measure, side } = this;
    const found = side === "difference" ? answer.change[measure] : answer[side][measure];
    const values = found ?? answer.places.map(() => null);
    const before = answer.before[measure] ?? values;
    return { values, classes: side === "difference" ? divergingClasses(values) : quantileClasses(before) };
  }

  /** Colours of the answer; the line shown strongly is the form's where that has moved on. */
  private colour(): void {
    const { answer: { question }, inside: answer, fits, marked } = this.drawn!;
    const { values, classes } = this.shown(answer);
    const at = new Map(answer.places.map((place, k) => [place, k]));
    this.canvas.look({
      colours: new Map(answer.places.map((place, k) => [place, colourOf(values[k], classes)])),
      words: (place) => this.words(answer, place, at.get(place)),
      outlined: fits ? question.outlined : [],
      marked: fits ? question.marked : marked,
      links: false,
    });
  }

  private draw(): void {
    const { answer, inside } = this.drawn!;
    const { measure, side } = this;
    const { values, classes } = this.shown(inside);
    const unit = side === "difference" ? "%" : t(`unit.${measure}`);
    const title = `${t(`measure.${measure}`)} · ${t(`side.${side}`)}`;
    this.key.replaceChildren(colourKey(title, unit, classes, values, side === "difference" ? 100 : 1));
    const parts = [this.verdict(inside, answer.final), this.lists(inside), this.groups(inside)];
    this.element.replaceChildren(h("div.belongs"), ...parts);
    void this.chart(inside);
  }

  /** Which question is answered here; where the form has moved on, that it has, and the way back. */
  private head(): void {
    const { answer, fits } = this.drawn!;
    const { scenario, draws, form } = answer.question;
    const words = t(draws ? "whatif.answers_drawn" : "whatif.answers", {
      title: pick(scenario.title_zh, scenario.title_en), draws,
    });
    const back = h("button", { type: "button", onclick: () => this.restored(form) }, t("whatif.back"));
    const made = fits
      ? h("div.belongs", {}, h("h2", {}, words))
      : h("div.belongs.failure", {}, h("h2", {}, words), h("p", {}, t("whatif.stale")), back);
    this.element.querySelector(".belongs")?.replaceWith(made);
  }

  /** "小店区（太原市）": counties of one name stand in several prefectures. */
  private label(place: string): string {
    const [name, above] = [this.names.get(place) ?? place, this.prefectures.get(place)];
    return above ? t("place.within", { name, above }) : name;
  }

  private words(answer: WhatIf, place: string, k: number | undefined): string {
    const name = this.label(place);
    if (k === undefined) return name;
    const { measure } = this;
    return [
      `${name}: ${t(`measure.${measure}`)} ${percent(answer.change[measure]?.[k])}`,
      interval(answer.low[measure]?.[k], answer.high[measure]?.[k]),
      direction(answer.direction[measure]?.[k] ?? null, answer.point[measure]?.[k]),
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
        welfare.direction ? ` ${direction(welfare.direction, welfare.point)}` : "",
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
        { title: t("prefecture") },
        { title: t("side.before"), figures: true },
        { title: t("side.after"), figures: true },
        ...(counted ? [{ title: t("side.difference"), figures: true }] : []),
        { title: t("whatif.percent"), figures: true },
        { title: t("whatif.interval"), figures: true },
        { title: t("whatif.direction") },
      ],
      rows.map((k) => [
        this.names.get(answer.places[k]!) ?? answer.places[k]!,
        this.prefectures.get(answer.places[k]!) || "–",
        write(answer.before[m]?.[k]),
        write(answer.after[m]?.[k]),
        ...(counted ? [signed(answer.difference[m]?.[k], digits)] : []),
        points(answer.change[m]?.[k], 2),
        range(answer.low[m]?.[k], answer.high[m]?.[k], 2),
        direction(answer.direction[m]?.[k] ?? null, answer.point[m]?.[k]) || "–",
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
        direction(g.residents_direction, g.residents_point) || "–",
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

/** The direction in words, and that the figure lies outside its own interval where it does. */
function direction(which: Direction, point: Point | undefined): string {
  if (!which || which === "not drawn") return "";
  const outside = point === "below" || point === "above" ? t(`point.${point}`) : "";
  return [t(`direction.${which}`), outside].filter(Boolean).join(t("list.comma"));
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
    point: cut(answer.point),
  };
}
