/** What the page remembers: the form as it stands, and the answer with the question it answers. */

import type { Asked, Scenario, WhatIf } from "../../api/types";
import type { Edit } from "./scenario";

/** What is filled in; `amounts` by kind and what is changed, so that a look elsewhere loses none. */
export interface Form {
  kind: Edit["kind"];
  line: string;
  zone: string;
  amounts: Record<string, number>;
  /** Whether a line that is not there yet is opened with its new minutes. */
  opens: boolean;
  draws: string;
}

export interface Question {
  scenario: Scenario;
  draws: number;
  /** Links and elements to show on the map. */
  marked: string[];
  outlined: string[];
  /** The form that asked it. */
  form: Form;
}

export interface Answer {
  question: Question;
  result: WhatIf;
  /** False while the intervals are still being drawn. */
  final: boolean;
}

export interface Kept {
  form: Form | null;
  name: string;
  /** A question under way: another opening of the page goes on waiting for it. */
  pending: { question: Question; asked: Promise<Asked> } | null;
  answer: Answer | null;
  measure: string;
  side: string;
}

export function nothingYet(): Kept {
  return { form: null, name: "what-if", pending: null, answer: null, measure: "", side: "" };
}

/** Whether two questions ask the same: titles are words only. */
export function same(a: Question, b: Question): boolean {
  return identity(a) === identity(b);
}

function identity({ scenario, draws }: Question): string {
  const { title_zh: _zh, title_en: _en, ...asked } = scenario;
  return JSON.stringify([asked, draws]);
}
