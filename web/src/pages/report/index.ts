/** Report: run the whole study, see how far it is, stop it; download what it wrote. */

import { api } from "../../api/client";
import type { Study } from "../../api/types";
import { waitFor } from "../../api/wait";
import { choice, h } from "../../parts/dom";
import { heading, regionOf } from "../../parts/heading";
import { memory } from "../../parts/memory";
import { Missing } from "../../parts/missing";
import { failure, progressBar } from "../../parts/states";
import { studyOf } from "../../parts/study";
import { language, pick, t } from "../../strings";
import type { Stage } from "../page";

const FORMATS = ["docx", "pdf", "xlsx", "html"] as const;

export async function open(stage: Stage): Promise<void> {
  const { main } = stage;
  main.append(heading("report"));
  const region = await regionOf(stage);
  if (!region) return;
  const study = await studyOf(stage, region.region);
  const runs = (await api.runs()).filter((run) => run.study === study.study && run.kind === "run");
  const newest = runs.filter((run) => run.bundle).sort((a, b) => a.created.localeCompare(b.created)).at(-1);
  const { bundle: asked } = stage.where;
  if (asked && !(await api.bundles()).includes(asked)) throw new Missing("bundle", asked);
  const bundle = asked || newest?.bundle;
  const going = runs.find(({ state }) => state === "running" || state === "queued");
  main.append(runner(stage, study, going?.run), bundle ? downloads(bundle) : h("p.empty", {}, t("report.none")));
}

/** The button that runs the study; a run that goes on is followed at once. */
function runner({ go, signal }: Stage, study: Study, going?: string): HTMLElement {
  const told = h("div");
  const start = h("button.main", { type: "button" }, t("report.run"));
  start.addEventListener("click", () => void run());
  async function run(known?: string): Promise<void> {
    start.disabled = true;
    const bar = progressBar(t("state.queued"));
    const stop = h("button", { type: "button" }, t("report.cancel"));
    told.replaceChildren(bar.element, stop);
    try {
      const id = known ?? (await api.start(study.study)).run;
      stop.addEventListener("click", () => {
        stop.disabled = true;
        api.cancel(id).catch((error: unknown) => told.append(failure(error)));
      });
      const ended = await waitFor(id, (now) => bar.tell(now.progress), signal);
      if (ended.state === "done" && ended.bundle) go({ bundle: ended.bundle });
      else if (ended.state === "cancelled") told.replaceChildren(h("p", { role: "status" }, t("report.cancelled")));
      else told.replaceChildren(h("div.failure", { role: "alert" }, pick(ended.error?.detail_zh, ended.error?.detail_en) || t("report.failed")));
    } catch (error) {
      if (!signal.aborted) told.replaceChildren(failure(error));
    } finally {
      start.disabled = false;
    }
  }
  if (going) void run(going);
  const scenarios = study.scenarios.map((s) => h("li", {}, pick(s.title_zh, s.title_en) || s.scenario));
  return h(
    "section.card",
    {},
    h("h2", {}, pick(study.title_zh, study.title_en) || study.study),
    h("p", {}, t("report.scenarios")),
    h("ul.notes", {}, ...scenarios),
    start,
    told,
  );
}

function downloads(bundle: string): HTMLElement {
  const links = h("div.downloads");
  const kept = memory("report", () => ({ language: "" }));
  const show = (words: string): void => {
    kept.language = words;
    links.replaceChildren(
      ...FORMATS.map((format) =>
        h(
          "a.button",
          {
            href: api.reportAddress(bundle, format, words),
            ...(format === "html" ? { target: "_blank" } : { download: true }),
          },
          t(`report.${format}`),
        ),
      ),
    );
  };
  const own = kept.language || (language() === "en" ? "en" : "zh");
  show(own);
  const options = [["zh", t("report.in_zh")], ["en", t("report.in_en")]] as const;
  return h(
    "section.card",
    {},
    h("h2", {}, t("report.download")),
    choice(t("report.language"), options, own, show).field,
    links,
    h("p.hint", {}, t("report.says_what")),
  );
}
