/** What if: change one thing, solve again, see before, after and difference with its interval. */

import { Refused, api } from "../../api/client";
import type { Asked, Scenario, Study } from "../../api/types";
import { follow } from "../../api/wait";
import { canvasMaker } from "../../map/canvas";
import { NEUTRAL } from "../../map/classes";
import { countyNames, geographyOf, text } from "../../map/geography";
import { mapSources } from "../../map/sources";
import { box, choice, h } from "../../parts/dom";
import { heading, regionOf } from "../../parts/heading";
import { failure, progressBar } from "../../parts/states";
import { studyOf } from "../../parts/study";
import { pick, t } from "../../strings";
import { number } from "../../strings/numbers";
import type { Stage } from "../page";
import { isOpen, lineName, linesOf, minutesOf, type Line } from "./lines";
import { Result } from "./result";
import { NothingChanges, scenarioOf, type Edit, type Zone } from "./scenario";

export async function open(stage: Stage): Promise<void> {
  const { main, signal } = stage;
  main.append(heading("whatif"));
  const region = await regionOf(stage);
  if (!region) return;
  const [study, geography, makeCanvas] = await Promise.all([
    studyOf(stage, region.region), geographyOf(region.region), canvasMaker(),
  ]);
  const [lines, overlays] = await Promise.all([linesOf(region.region), geography.overlays()]);
  const host = h("div");
  const side = h("div.side");
  const above = h("div.switch");
  main.append(h("div.map-page", {}, side, h("div.drawing", {}, above, host, mapSources(geography))));
  const canvas = makeCanvas(host, geography, t("whatif.map"), () => undefined);
  canvas.overlay(overlays);
  signal.addEventListener("abort", () => canvas.remove());
  const names = countyNames(geography);
  const result = new Result(names, canvas, above, signal);
  const plain = (marked: string[]): void =>
    canvas.look({
      colours: new Map([...names.keys()].map((place) => [place, NEUTRAL])),
      words: (place) => names.get(place) ?? place,
      outlined: [],
      marked,
      links: true,
    });
  const form = editor(stage, study, lines, zones(overlays.elements.features), result, plain);
  side.append(form, result.key);
  main.append(result.element);
  plain([]);
  await canvas.ready;
}

function zones(features: GeoJSON.Feature[]): Zone[] {
  return features.map((f) => ({
    id: text(f, "group"),
    name_zh: text(f, "name_zh"),
    name_en: text(f, "name_en") || text(f, "name_zh"),
  }));
}

/** What is known of a line now. */
function present(line: Line, date: string): string {
  return t(isOpen(line, date) ? "whatif.now_open" : "whatif.now_closed", {
    opened: line.opened || t("whatif.no_date"),
    minutes: number(minutesOf(line), 1),
    date,
  });
}

function editor(
  { signal }: Stage,
  study: Study,
  lines: Line[],
  elements: Zone[],
  result: Result,
  plain: (marked: string[]) => void,
): HTMLElement {
  const date = study.date;
  const kinds = (["year", "minutes", "productivity"] as const).filter((kind) =>
    kind === "productivity" ? elements.length : lines.length,
  );
  const edit: Edit = { kind: kinds[0] ?? "year", line: lines[0], zone: elements[0], amount: 0 };
  const fields = h("div");
  const told = h("div", { "aria-live": "polite" });
  const counts = study.draws ? (["0", "50", "200"] as const) : (["0"] as const);
  const drawn = { 0: t("whatif.quick"), 50: t("whatif.some"), 200: t("whatif.many") };
  const draws = choice(t("whatif.draws"), counts.map((n) => [n, drawn[n]] as const), study.draws ? "50" : "0", () => undefined);
  const run = h("button.main", { type: "submit" }, t("whatif.run"));
  let solved: Scenario | null = null;
  const save = h("button", { type: "button", disabled: true }, t("whatif.save"));
  const name = box(t("whatif.name"), { type: "text", pattern: "[a-z0-9][a-z0-9_\\-]*", value: "what-if", autocomplete: "off" });
  const form = h("form.editor", {}, fields, draws.field, study.draws ? null : h("p.hint", {}, t("whatif.no_ranges")), run, told, h("hr"), name.field, h("p.hint", {}, t("whatif.name_says")), save);

  function amount(label: string, given: Record<string, string | number>): HTMLElement {
    const made = box(label, { type: "number", required: true, ...given });
    edit.amount = Number(made.input.value);
    made.input.addEventListener("input", () => {
      edit.amount = made.input.valueAsNumber;
    });
    return made.field;
  }
  function draw(): void {
    const kind = choice(t("whatif.kind"), kinds.map((k) => [k, t(`whatif.${k}`)] as const), edit.kind, (k) => {
      edit.kind = k as Edit["kind"];
      draw();
      fields.querySelector("select")?.focus();
    });
    fields.replaceChildren(kind.field, ...(edit.kind === "productivity" ? zoneFields() : lineFields()));
    plain(edit.kind === "productivity" ? [] : (edit.line?.links ?? []));
  }
  function lineFields(): HTMLElement[] {
    const options = lines.map((line) => [line.id, lineName(line)] as const);
    const select = choice(t("whatif.line"), options, edit.line?.id ?? "", (id) => {
      edit.line = lines.find((line) => line.id === id);
      draw();
    });
    const now = h("p.hint", {}, edit.line ? present(edit.line, date) : "");
    const year = { min: 1950, max: 2100, step: 1, value: Number(date.slice(0, 4)) + (edit.line && isOpen(edit.line, date) ? 2 : 0) };
    const minutes = { min: 1, max: 3000, step: 1, value: edit.line ? Math.max(1, Math.round(minutesOf(edit.line) * 0.8)) : 30 };
    return [
      select.field,
      now,
      edit.kind === "year" ? amount(t("whatif.new_year"), year) : amount(t("whatif.new_minutes"), minutes),
    ];
  }
  function zoneFields(): HTMLElement[] {
    const select = choice(t("whatif.zone"), elements.map((z) => [z.id, pick(z.name_zh, z.name_en)] as const), edit.zone?.id ?? "", (id) => {
      edit.zone = elements.find((zone) => zone.id === id);
    });
    return [select.field, amount(t("whatif.new_productivity"), { min: -50, max: 100, step: 0.1, value: 3 })];
  }

  async function solve(): Promise<void> {
    run.disabled = true;
    save.disabled = true;
    const bar = progressBar(t("whatif.solving"));
    told.replaceChildren(bar.element);
    const marked = edit.kind === "productivity" ? [] : (edit.line?.links ?? []);
    const outlined = edit.kind === "productivity" && edit.zone ? [edit.zone.id] : [];
    let shown: Asked["stage"] = "none";
    try {
      const scenario = scenarioOf(edit, date);
      const asked = await api.whatIf(study.study, scenario, Number(draws.select.value));
      signal.throwIfAborted();
      const ended = await follow(
        asked,
        (now) => {
          bar.tell(now.progress);
          if (!now.result || now.stage === shown) return;
          shown = now.stage;
          result.show(now.result, marked, outlined, now.stage === "full");
        },
        signal,
      );
      if (ended.stage !== "full") throw stopped(ended);
      solved = scenario;
      save.disabled = false;
      told.replaceChildren(h("p.good", { role: "status" }, t("whatif.solved")));
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof NothingChanges)
        told.replaceChildren(h("p.empty", { role: "status" }, t(error.key, { date })));
      else told.replaceChildren(failure(error));
    } finally {
      run.disabled = false;
    }
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void solve();
  });
  save.addEventListener("click", () => {
    if (!solved || !name.input.reportValidity()) return;
    const given = name.input.value;
    api
      .saveScenario(study.study, given, solved)
      .then(() => told.replaceChildren(h("p.good", { role: "status" }, t("whatif.saved", { name: given }))))
      .catch((error: unknown) => told.replaceChildren(failure(error)));
  });
  draw();
  return form;
}

function stopped({ error }: Asked): Refused {
  const words = { title: t("whatif.stopped"), says: t("whatif.stopped_says") };
  return new Refused(
    error ?? {
      status: 500,
      title_zh: words.title,
      title_en: words.title,
      detail_zh: words.says,
      detail_en: words.says,
    },
  );
}
