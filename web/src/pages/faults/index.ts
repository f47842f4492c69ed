/** Faults: each with sheet, cell, value, rule and remedy; the corrected file is uploaded again here. */

import { api } from "../../api/client";
import type { Fault } from "../../api/types";
import { forget } from "../../map/geography";
import { choice, h } from "../../parts/dom";
import { fileField } from "../../parts/drop";
import { heading, regionOf } from "../../parts/heading";
import { memory } from "../../parts/memory";
import { failure, note } from "../../parts/states";
import { table } from "../../parts/table";
import { pick, t } from "../../strings";
import { write } from "../../where";
import type { Stage } from "../page";

export async function open(stage: Stage): Promise<void> {
  const { main, where } = stage;
  main.append(heading("faults"));
  const region = await regionOf(stage, () => true);
  if (!region) return;
  const { faults, notes } = await api.region(region.region);
  const told = h("div", { "aria-live": "polite" });
  main.append(told);
  if (faults.length) main.append(list(faults, memory(`faults ${region.region}`, () => ({ sheet: "" }))));
  else
    main.append(
      h("p.good", {}, t("faults.none")),
      h("a.button", { href: write({ ...where, page: "map" }) }, t("faults.to_map")),
    );
  main.append(again(stage, region.region, told));
  if (notes.length) {
    const items = notes.map((text) => h("li", {}, note(text)));
    main.append(h("h2", {}, t("faults.notes")), h("ul.notes", {}, ...items));
  }
}

function list(faults: Fault[], kept: { sheet: string }): HTMLElement {
  const sheets = [...new Set(faults.map(sheetOf))];
  const frame = h("div");
  const show = (sheet: string): void => {
    kept.sheet = sheet;
    const shown = sheet ? faults.filter((fault) => sheetOf(fault) === sheet) : faults;
    frame.replaceChildren(
      table(
        t("faults.count", { shown: shown.length, all: faults.length }),
        ["sheet", "cell", "column", "value", "rule", "remedy"].map((name) => ({
          title: t(`faults.${name}`),
        })),
        shown.map(row),
      ),
    );
  };
  const first = sheets.includes(kept.sheet) ? kept.sheet : "";
  show(first);
  const options = [
    ["", t("faults.all_sheets")] as const,
    ...sheets.map((sheet) => [sheet, sheet] as const),
  ];
  const filter = choice(t("faults.filter"), options, first, show).field;
  return h("section", {}, filter, frame);
}

function sheetOf(fault: Fault): string {
  return fault.sheet || fault.file || fault.table;
}

function row(fault: Fault): string[] {
  const value = fault.value === null || fault.value === undefined ? "" : String(fault.value);
  return [
    sheetOf(fault),
    fault.cell || (fault.row ? t("faults.row", { row: fault.row }) : ""),
    fault.column ?? "",
    value === "" ? t("faults.blank") : value,
    pick(fault.rule_zh, fault.rule_en),
    pick(fault.remedy_zh, fault.remedy_en),
  ];
}

function again({ go }: Stage, region: string, told: HTMLElement): HTMLElement {
  return h(
    "section.card",
    {},
    h("h2", {}, t("faults.again")),
    h("p", {}, t("faults.again_says")),
    fileField(t("faults.choose_file"), async (file) => {
      told.replaceChildren(h("p.waiting", { role: "status" }, t("faults.checking", { file: file.name })));
      try {
        const { state } = await api.correct(region, file);
        forget(region);
        go({ page: state === "ready" ? "map" : "faults", region });
      } catch (error) {
        told.replaceChildren(failure(error));
      }
    }),
  );
}
