/** The form: one change, its meaning beside every field, and how many draws. */

import type { Study } from "../../api/types";
import { box, choice, fresh, h } from "../../parts/dom";
import { picker } from "../../parts/picker";
import { pick, t } from "../../strings";
import { number } from "../../strings/numbers";
import type { Form, Question } from "./kept";
import { isOpen, minutesOf, optionsOf, type Line } from "./lines";
import { NothingChanges, lastYear, scenarioOf, type Zone } from "./scenario";

const KINDS = ["year", "minutes", "productivity"] as const;

export class Editor {
  readonly element = h("div");
  form: Form;
  private readonly target = h("div");
  private readonly details = h("div");

  /** `changed` is called after every change of the form. */
  constructor(
    private readonly study: Study,
    private readonly lines: Line[],
    private readonly zones: Zone[],
    kept: Form | null,
    private readonly changed: () => void,
  ) {
    this.form = kept ?? {
      kind: this.kinds()[0] ?? "year",
      line: lines[0]?.id ?? "",
      zone: zones[0]?.id ?? "",
      amounts: {},
      opens: false,
      draws: study.draws ? "50" : "0",
    };
    this.draw();
  }

  /** Fill the form in again as it was. */
  restore(form: Form): void {
    this.form = structuredClone(form);
    this.draw();
    this.changed();
  }

  /**
   * What the form asks.
   *
   * @throws NothingChanges where the answer is known without a solve.
   */
  question(): Question {
    const { form, line, zone } = this;
    const edit = { kind: form.kind, line, zone, amount: this.amount(), opens: form.opens };
    const productivity = form.kind === "productivity";
    return {
      scenario: scenarioOf(edit, this.study.date),
      draws: Number(form.draws),
      marked: this.marked(),
      outlined: productivity && zone ? [zone.id] : [],
      form: structuredClone(form),
    };
  }

  /** Links of the line that is chosen. */
  marked(): string[] {
    return this.form.kind === "productivity" ? [] : (this.line?.links ?? []);
  }

  private get line(): Line | undefined {
    return this.lines.find(({ id }) => id === this.form.line) ?? this.lines[0];
  }

  private get zone(): Zone | undefined {
    return this.zones.find(({ id }) => id === this.form.zone) ?? this.zones[0];
  }

  private kinds(): (typeof KINDS)[number][] {
    return KINDS.filter((kind) => (kind === "productivity" ? this.zones.length : this.lines.length));
  }

  private draw(): void {
    const kinds = this.kinds().map((kind) => [kind, t(`whatif.${kind}`)] as const);
    const kind = choice(t("whatif.kind"), kinds, this.form.kind, (chosen) => {
      this.form.kind = chosen as Form["kind"];
      this.drawTarget();
      this.changed();
    });
    const counts = this.study.draws ? (["0", "50", "200"] as const) : (["0"] as const);
    const words = { 0: t("whatif.quick"), 50: t("whatif.some"), 200: t("whatif.many") };
    const draws = choice(t("whatif.draws"), counts.map((n) => [n, words[n]] as const), this.form.draws, (n) => {
      this.form.draws = n;
      this.changed();
    });
    const none = this.study.draws ? null : h("p.hint", {}, t("whatif.no_ranges"));
    this.element.replaceChildren(kind.field, this.target, this.details, draws.field, ...(none ? [none] : []));
    this.drawTarget();
  }

  private drawTarget(): void {
    const chosen = (id: string): void => {
      if (this.form.kind === "productivity") this.form.zone = id;
      else this.form.line = id;
      this.drawDetails();
      this.changed();
    };
    const made =
      this.form.kind === "productivity"
        ? choice(t("whatif.zone"), this.zones.map((z) => [z.id, pick(z.name_zh, z.name_en)] as const), this.zone?.id ?? "", chosen)
        : picker(t("whatif.line"), optionsOf(this.lines), this.line?.id ?? "", chosen);
    this.target.replaceChildren(made.field);
    this.drawDetails();
  }

  private drawDetails(): void {
    const fields = this.form.kind === "productivity" ? this.productivityFields() : this.lineFields();
    this.details.replaceChildren(...fields);
  }

  private lineFields(): HTMLElement[] {
    const { line } = this;
    if (!line) return [];
    const now = h("p.hint.now", {}, h("strong", {}, pick(line.name_zh, line.name_en)), h("br"), this.present(line));
    return [now, ...(this.form.kind === "year" ? this.yearFields(line) : this.minutesFields(line))];
  }

  /** The base date stands, so a year only says whether the line is in the network: said here. */
  private yearFields(line: Line): HTMLElement[] {
    const { date } = this.study;
    const follows = h("p.hint", { role: "status" });
    const tell = (): void => {
      const after = this.amount() <= lastYear(date);
      const key = isOpen(line, date) ? (after ? "stays" : "removed") : after ? "built" : "absent";
      follows.textContent = Number.isInteger(this.amount()) ? t(`whatif.year_${key}`, { date }) : "";
    };
    const field = this.number(t("whatif.new_year"), { min: 1950, max: 2100, step: 1 }, tell, t("whatif.year_says", { date, year: lastYear(date) }));
    tell();
    return [field, follows];
  }

  private minutesFields(line: Line): HTMLElement[] {
    const field = this.number(t("whatif.new_minutes"), { min: 1, max: 3000, step: "any" }, () => undefined);
    if (isOpen(line, this.study.date)) return [field];
    const id = fresh("opens");
    const tick = h("input", { type: "checkbox", id, checked: this.form.opens });
    tick.addEventListener("change", () => {
      this.form.opens = tick.checked;
      this.changed();
    });
    const { date } = this.study;
    return [field, h("p.hint", {}, t("whatif.not_there_says", { date })), h("p.tick", {}, tick, h("label", { for: id }, t("whatif.opens", { date })))];
  }

  private productivityFields(): HTMLElement[] {
    return [this.number(t("whatif.new_productivity"), { min: -50, max: 100, step: 0.1 }, () => undefined)];
  }

  private number(label: string, given: Record<string, string | number>, tell: () => void, says = ""): HTMLElement {
    const made = box(label, { type: "number", required: true, value: this.amount(), ...given });
    const key = this.key();
    made.input.addEventListener("input", () => {
      this.form.amounts[key] = made.input.valueAsNumber;
      tell();
      this.changed();
    });
    if (says) {
      const hint = h("p.hint", {}, says);
      hint.id = fresh("says");
      made.input.setAttribute("aria-describedby", hint.id);
      made.field.append(hint);
    }
    return made.field;
  }

  private key(): string {
    const { kind } = this.form;
    return `${kind} ${kind === "productivity" ? this.zone?.id : this.line?.id}`;
  }

  /** What stands in the field, or what it begins with: a change worth asking. */
  private amount(): number {
    const known = this.form.amounts[this.key()];
    if (known !== undefined) return known;
    const { line } = this;
    const year = lastYear(this.study.date);
    if (this.form.kind === "productivity") return 3;
    if (this.form.kind === "year") return line && isOpen(line, this.study.date) ? year + 2 : year;
    return line ? Math.max(1, Math.round(minutesOf(line) * 0.8)) : 30;
  }

  /** What is known of a line now. */
  private present(line: Line): string {
    const { date } = this.study;
    return t(isOpen(line, date) ? "whatif.now_open" : "whatif.now_closed", {
      opened: line.opened || t("whatif.no_date"),
      minutes: number(minutesOf(line), 1),
      date,
    });
  }
}

export { NothingChanges };
