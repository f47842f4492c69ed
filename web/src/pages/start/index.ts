/** Start: the example, the template, an upload, and what the workspace already holds. */

import { api } from "../../api/client";
import type { RegionItem, Run, Study } from "../../api/types";
import { ask } from "../../parts/dialog";
import { box, h } from "../../parts/dom";
import { fileField } from "../../parts/drop";
import { heading } from "../../parts/heading";
import { empty, failure } from "../../parts/states";
import { table } from "../../parts/table";
import { pick, t } from "../../strings";
import { moment } from "../../strings/numbers";
import { write } from "../../where";
import type { Stage } from "../page";

export async function open(stage: Stage): Promise<void> {
  const { main } = stage;
  const [root, regions, studies, runs] = await Promise.all([
    api.root(), api.regions(), api.studies(), api.runs(),
  ]);
  const told = h("div", { "aria-live": "polite" });
  main.append(
    heading("start"),
    h("div.cards", {}, ...root.examples.map((e) => exampleCard(stage, e, told)), templateCard(), uploadCard(stage, told)),
    told,
    regions.length ? regionTable(stage, regions) : empty(t("start.no_regions")),
  );
  if (studies.length) main.append(studyTable(stage, studies, regions));
  const whole = runs.filter(({ kind }) => kind === "run");
  if (whole.length) main.append(runTable(whole, studies));
  main.append(h("p.hint", {}, t("start.workspace", { folder: root.workspace })));
}

function exampleCard(
  { go }: Stage,
  example: { id: string; title_zh: string; title_en: string },
  told: HTMLElement,
): HTMLElement {
  const button = h("button.main", { type: "button" }, t("start.open_example"));
  button.addEventListener("click", () => {
    button.disabled = true;
    button.textContent = t("start.opening");
    api
      .openExample(example.id)
      .then(({ region, study }) => go({ page: "map", region, study, bundle: "" }))
      .catch((error: unknown) => {
        button.disabled = false;
        button.textContent = t("start.open_example");
        told.replaceChildren(failure(error));
      });
  });
  return h(
    "section.card",
    {},
    h("h2", {}, t("start.example")),
    h("p", {}, pick(example.title_zh, example.title_en)),
    button,
  );
}

function templateCard(): HTMLElement {
  return h(
    "section.card",
    {},
    h("h2", {}, t("start.template")),
    h("p", {}, t("start.template_says")),
    h("a.button", { href: api.templateAddress(), download: "buju-template.xlsx" }, t("start.download")),
  );
}

function uploadCard({ go }: Stage, told: HTMLElement): HTMLElement {
  const name = box(t("start.name"), { type: "text", maxlength: 200, autocomplete: "off", placeholder: t("start.name_says") });
  return h(
    "section.card",
    {},
    h("h2", {}, t("start.upload")),
    h("p", {}, t("start.upload_says")),
    name.field,
    fileField(t("start.choose_file"), async (file) => {
      told.replaceChildren(h("p.waiting", { role: "status" }, t("start.uploading", { file: file.name })));
      try {
        const { region, state } = await api.upload(file, name.input.value.trim());
        go({ page: state === "ready" ? "map" : "faults", region, study: "", bundle: "" });
      } catch (error) {
        told.replaceChildren(failure(error));
      }
    }),
  );
}

function regionTable(stage: Stage, regions: RegionItem[]): HTMLElement {
  const { where } = stage;
  const rows = regions.map((region) => {
    const ready = region.state === "ready";
    const page = ready ? "map" : "faults";
    const href = write({ ...where, page, region: region.region, study: "", bundle: "" });
    return [
      h("a", { href }, pick(region.title_zh, region.title_en) || region.region),
      ready ? t("start.ready") : t("start.with_faults", { count: region.faults }),
      moment(region.updated),
      h("span.row-buttons", {}, renaming(stage, region), removing(stage, region)),
    ];
  });
  const heads = ["region", "start.state", "start.updated", "start.actions"].map((key) => ({ title: t(key) }));
  return table(t("start.regions"), heads, rows);
}

/** A button of one row, named for who hears the page. */
function rowButton(words: string, region: RegionItem, pressed: () => void): HTMLElement {
  const name = t("start.of_region", { what: words, name: pick(region.title_zh, region.title_en) });
  return h("button.small", { type: "button", "aria-label": name, onclick: pressed }, words);
}

function renaming({ go }: Stage, region: RegionItem): HTMLElement {
  return rowButton(t("start.rename"), region, () => {
    const zh = box(t("start.title_zh"), { type: "text", required: true, maxlength: 200, value: region.title_zh });
    const en = box(t("start.title_en"), { type: "text", maxlength: 200, value: region.title_en });
    ask(t("start.rename_title"), [zh.field, en.field], t("start.rename"), async () => {
      await api.rename(region.region, { title_zh: zh.input.value, title_en: en.input.value });
      go({});
    });
  });
}

function removing({ go }: Stage, region: RegionItem): HTMLElement {
  return rowButton(t("start.remove"), region, () => {
    const says = t("start.remove_says", { name: pick(region.title_zh, region.title_en) });
    ask(t("start.remove_title"), [h("p", {}, says)], t("start.remove"), async () => {
      await api.remove(region.region);
      go({ region: "", study: "", bundle: "" });
    });
  });
}

function studyTable({ where }: Stage, studies: Study[], regions: RegionItem[]): HTMLElement {
  const names = new Map(regions.map((r) => [r.region, pick(r.title_zh, r.title_en)]));
  const rows = studies.map(({ study, region, title_zh, title_en }) => [
    h(
      "a",
      { href: write({ ...where, page: "report", region, study, bundle: "" }) },
      pick(title_zh, title_en) || study,
    ),
    names.get(region) ?? region,
  ]);
  const heads = [{ title: t("study") }, { title: t("region") }];
  return table(t("start.studies"), heads, rows);
}

function runTable(runs: Run[], studies: Study[]): HTMLElement {
  const known = new Map(studies.map((s) => [s.study, s]));
  const rows = runs.map((run) => {
    const study = known.get(run.study);
    const name = study ? pick(study.title_zh, study.title_en) : run.study;
    const href = write({ page: "report", region: run.region, study: run.study, bundle: run.bundle ?? "" });
    return [h("a", { href }, name || run.run), t(`state.${run.state}`), moment(run.created)];
  });
  const heads = [{ title: t("study") }, { title: t("start.state") }, { title: t("start.created") }];
  return table(t("start.runs"), heads, rows);
}
