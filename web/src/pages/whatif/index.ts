/** What if: change one thing, solve again, see before, after and difference with its interval. */

import { Refused, api } from "../../api/client";
import type { Asked, Study } from "../../api/types";
import { follow } from "../../api/wait";
import { canvasMaker } from "../../map/canvas";
import { geographyOf, text } from "../../map/geography";
import { mapSources } from "../../map/sources";
import { ask } from "../../parts/dialog";
import { box, h } from "../../parts/dom";
import { heading, regionOf } from "../../parts/heading";
import { memory } from "../../parts/memory";
import { failure, good, progressBar } from "../../parts/states";
import { studyOf } from "../../parts/study";
import { pick, t } from "../../strings";
import type { Stage } from "../page";
import { Editor, NothingChanges } from "./editor";
import { nothingYet, same, type Kept, type Question } from "./kept";
import { linesOf } from "./lines";
import { Result } from "./result";
import type { Zone } from "./scenario";

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
  const drawing = h("div.drawing", {}, above, host, mapSources(geography));
  main.append(h("div.map-page", {}, side, drawing));
  const canvas = makeCanvas(host, geography, t("whatif.map"), () => undefined);
  canvas.overlay(overlays);
  signal.addEventListener("abort", () => canvas.remove());
  const kept = memory(`whatif ${region.region} ${study.study}`, nothingYet);
  const result = new Result(geography, canvas, above, drawing, kept, signal);
  const desk = new Desk(stage, study, kept, result);
  const editor = new Editor(study, lines, zones(overlays.elements.features), kept.form, () => desk.changed());
  side.append(desk.open(editor), result.key);
  main.append(result.element);
  desk.changed();
  desk.resume();
  await canvas.ready;
}

function zones(features: GeoJSON.Feature[]): Zone[] {
  return features.map((f) => ({
    id: text(f, "group"),
    name_zh: text(f, "name_zh"),
    name_en: text(f, "name_en") || text(f, "name_zh"),
  }));
}

/** Asks the form's question, keeps the answer with it, saves exactly what was asked. */
class Desk {
  private editor!: Editor;
  private readonly run = h("button.main", { type: "submit" }, t("whatif.run"));
  private readonly save = h("button", { type: "button", disabled: true }, t("whatif.save"));
  private readonly told = h("div", { "aria-live": "polite" });
  private readonly name: ReturnType<typeof box>;

  constructor(
    private readonly stage: Stage,
    private study: Study,
    private readonly kept: Kept,
    private readonly result: Result,
  ) {
    this.name = box(t("whatif.name"), {
      type: "text", required: true, maxlength: 64, pattern: "[a-z0-9][a-z0-9_\\-]*", value: kept.name, autocomplete: "off",
    });
    this.name.input.addEventListener("input", () => (kept.name = this.name.input.value));
    result.restored = (form) => this.editor.restore(form);
  }

  open(editor: Editor): HTMLElement {
    this.editor = editor;
    const form = h("form.editor", {}, editor.element, this.run, this.told, h("hr"), this.name.field, h("p.hint", {}, t("whatif.name_says")), this.save);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.solve();
    });
    this.save.addEventListener("click", () => this.keep());
    return form;
  }

  /** The form differs from the answer's, or agrees with it again. */
  changed(): void {
    this.kept.form = this.editor.form;
    const { answer, pending } = this.kept;
    const fits = answer !== null && this.asksFor(answer.question);
    this.save.disabled = !fits || !answer.final || pending !== null;
    if (!pending) this.told.replaceChildren();
    this.result.show(answer, fits, this.editor.marked());
  }

  private asksFor(question: Question): boolean {
    try {
      return same(this.editor.question(), question);
    } catch (error) {
      if (error instanceof NothingChanges) return false;
      throw error;
    }
  }

  private solve(): void {
    try {
      const question = this.editor.question();
      const asked = api.whatIf(this.study.study, question.scenario, question.draws);
      asked.catch(() => undefined); // told by whoever waits for it
      this.kept.pending = { question, asked };
      this.resume();
    } catch (error) {
      if (!(error instanceof NothingChanges)) throw error;
      this.told.replaceChildren(h("p.empty", { role: "status" }, t(error.key, { date: this.study.date })));
    }
  }

  /** Go on waiting for the question under way. */
  resume(): void {
    if (this.kept.pending) void this.wait(this.kept.pending);
  }

  private async wait(pending: NonNullable<Kept["pending"]>): Promise<void> {
    const { signal } = this.stage;
    const { question } = pending;
    this.run.disabled = true;
    this.save.disabled = true;
    const bar = progressBar(t("whatif.solving"));
    this.told.replaceChildren(bar.element);
    let shown: Asked["stage"] = "none";
    let end: HTMLElement;
    try {
      const asked = await pending.asked;
      signal.throwIfAborted();
      const tell = (now: Asked): void => {
        bar.tell(now.progress);
        if (!now.result || now.stage === shown) return;
        shown = now.stage;
        this.kept.answer = { question, result: now.result, final: now.stage === "full" };
        this.result.show(this.kept.answer, this.asksFor(question), this.editor.marked());
      };
      const ended = await follow(asked, tell, signal);
      if (ended.stage !== "full") throw stopped(ended);
      end = good(t("whatif.solved"));
    } catch (error) {
      if (signal.aborted) return; // the next opening of the page goes on
      end = failure(error);
    }
    this.kept.pending = null;
    this.run.disabled = false;
    this.changed();
    this.told.replaceChildren(end);
  }

  private keep(): void {
    const { answer } = this.kept;
    if (!answer || !this.name.input.reportValidity()) return;
    const name = this.name.input.value;
    const store = async (): Promise<void> => {
      this.study = await api.saveScenario(this.study.study, name, answer.question.scenario);
      this.told.replaceChildren(good(t("whatif.saved", { name, title: titleOf(answer.question) })));
    };
    const there = this.study.scenarios.find(({ scenario }) => scenario === name);
    if (!there) store().catch((error: unknown) => this.told.replaceChildren(failure(error)));
    else {
      const says = t("whatif.replace_says", { name, title: pick(there.title_zh, there.title_en) });
      ask(t("whatif.replace"), [h("p", {}, says)], t("whatif.replace_yes"), store);
    }
  }
}

function titleOf({ scenario }: Question): string {
  return pick(scenario.title_zh, scenario.title_en);
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
