// What lies in results/: how a result and a running job are shown, the list of results, two compared.

import { button, copy, count, days, el, fill, later, percent, short, signed, svg, table, time, whole } from "./dom.js";
import { at, between, dayAxis, key, linear, plot, steps, tableDays } from "./plot.js";

const KINDS = { run: "Run", comparison: "Comparison", experiment: "Experiment", forecast: "Forecast" };

const link = (words, address) => el("a", { href: address, target: "_blank", rel: "noopener" }, words);
const download = (words, address) => el("a", { href: `${address}?download=1`, download: true }, words);
const plainName = (name) => name.replaceAll("-", " ").replaceAll("_", " ");

/** What a state changes: in words where the scenario is the one that is open, else in those of the command line. */
const changes = (state, situation) => [...(state?.changes ?? []), ...Object.entries(state?.set ?? {}).map(([path, value]) => `${(situation.shownFor === state.scenario && situation.byPath?.get(path)?.words) || path}: ${short(value)}`)];

/** Figures, tables and report of a result. */
export function resultView(result) {
  return el("div", { class: "result" },
    result.report ? el("p", { class: "row" }, link("Open the report in a new tab", result.report), download("Save the report", result.report)) : null,
    result.figures.length ? el("ul", { class: "files" }, result.figures.map((each) => el("li", {}, el("span", {}, `Figure: ${plainName(each.name)}`), download("PNG", each.png), each.svg ? download("SVG", each.svg) : null))) : null,
    result.tables.length ? el("ul", { class: "files" }, result.tables.map((each) => el("li", {}, el("span", {}, `Table: ${plainName(each.name)}`), download("CSV", each.csv)))) : null,
    result.figures.map((each) => el("figure", { class: "made" }, el("a", { href: each.png, target: "_blank", rel: "noopener" }, el("img", { src: each.png, alt: `Figure “${plainName(each.name)}” of ${result.title}; its numbers are in the report`, loading: "lazy" })))),
    result.report ? later("Read the report here", () => el("iframe", { src: result.report, title: `Report: ${result.title}` })) : null);
}

/** A job with its progress; `act(type, fields)` sends, `shown(folder)` shows what it made. */
export function jobView(job, act, shown) {
  const share = job.worlds ? job.done / job.worlds : 0;
  const words = {
    running: `${whole(job.done)} of ${count(job.worlds, "world")}${job.seconds_left === null ? "" : `, about ${time(job.seconds_left)} left`}`,
    cancelling: "Stopping after the worlds that are being simulated…", stopped: `Stopped after ${count(job.done, "world")}; nothing is lost.`, drawing: "All worlds are there; drawing figures…", done: `Done. ${job.message}`, failed: job.message,
  }[job.state];
  const live = ["running", "drawing", "cancelling"].includes(job.state);
  return el("article", { class: "job", "data-job": job.job, "data-state": job.state },
    el("h4", {}, job.title), job.question && job.question !== job.title ? el("p", { class: "quiet" }, job.question) : null,
    live ? el("progress", { max: 1, value: share, "aria-label": `Progress of ${job.title}` }) : null,
    el("p", { class: job.state === "failed" ? "fault" : "" }, words),
    el("p", { class: "row" },
      job.state === "running" ? button("Cancel", () => act("stop", { job: job.job })) : null,
      job.kind === "batch" && ["stopped", "failed"].includes(job.state) ? button("Resume", () => act("resume", { folder: job.folder }), { class: "main" }) : null,
      job.state === "done" ? button("Show what it made", () => shown(job.folder), { class: "main" }) : null,
      job.state === "done" && job.report ? link("Report", job.report) : null),
    el("p", { class: "command" }, el("code", {}, job.command), " ", button("Copy", (event) => copy(job.command, event.currentTarget))));
}

/** Jobs and the results that they made, kept up to date. */
export class Jobs extends EventTarget {
  constructor(wire) {
    super();
    Object.assign(this, { wire, all: new Map(), holders: [] });
  }

  take(job) {
    const before = this.all.get(job.job)?.state;
    this.all.set(job.job, job);
    for (const show of this.holders) show();
    if (before && before !== job.state && job.state === "done") this.dispatchEvent(new CustomEvent("done", { detail: job }));
  }

  /** Show the jobs of a kind in a holder. */
  watch(holder, kind) {
    const list = el("div");
    const made = el("div");
    holder.append(list, made);
    const act = async (type, fields) => {
      try {
        const reply = await this.wire.ask({ type, ...fields });
        if (reply.job) this.take(reply.job);
      } catch (fault) {
        fill(made, el("p", { class: "fault", role: "alert" }, fault.message));
      }
    };
    const shown = async (folder) => {
      const { result } = await this.wire.ask({ type: "result", folder });
      fill(made, el("h4", { tabindex: -1 }, result.title), resultView(result));
      made.firstChild.focus();
    };
    let before = "";
    const show = () => {
      const newest = new Map([...this.all.values()].map((job) => [job.folder, job.job]));
      const own = [...this.all.values()].filter((job) => job.kind === kind && newest.get(job.folder) === job.job).reverse();
      const now = JSON.stringify(own);
      if (now === before || !own.length) return;
      before = now;
      const focus = list.contains(document.activeElement) ? document.activeElement.textContent : null;
      fill(list, own.map((job) => jobView(job, act, shown)));
      if (focus) [...list.querySelectorAll("button")].find((each) => each.textContent === focus)?.focus();
    };
    this.holders.push(show);
    show();
  }
}

export class ResultsPanel {
  constructor(store, wire, situation, panel, goTo) {
    Object.assign(this, { store, wire, situation, panel, goTo, chosen: [] });
    this.list = el("div");
    this.versus = el("section", { "aria-live": "polite" });
    this.compare = button("Compare the two that are ticked", () => this.compareTwo(), { disabled: true });
    const id = "results-filter";
    this.filter = el("input", { type: "search", id, placeholder: "question, scenario, kind", oninput: () => this.show() });
    fill(panel, el("h3", {}, "What lies in results/"), el("div", { class: "row" }, el("label", { for: id }, "Find"), this.filter, this.compare, button("Read again", () => this.load())), this.versus, this.list);
  }

  async load() {
    try {
      ({ results: this.results } = await this.wire.ask({ type: "results" }));
      this.chosen = this.chosen.filter((folder) => this.results.some((each) => each.folder === folder));
      this.show();
    } catch (fault) {
      fill(this.list, el("p", { class: "fault", role: "alert" }, fault.message));
    }
  }

  show() {
    const words = this.filter.value.trim().toLowerCase();
    const found = (this.results ?? []).filter((each) => `${each.title} ${each.question} ${each.scenario} ${each.kind} ${each.folder}`.toLowerCase().includes(words));
    if (!found.length) return fill(this.list, el("p", { class: "quiet" }, this.results?.length ? "Nothing here has these words." : "Nothing yet. “Keep” and “Batch” put results here, and so does the command line."));
    return fill(this.list, found.map((each) => this.item(each)));
  }

  item(result) {
    const tick = el("input", { type: "checkbox", checked: this.chosen.includes(result.folder), "aria-label": `Compare ${result.folder}`, onchange: () => this.choose(result.folder, tick.checked) });
    const when = result.started ? new Date(result.started).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" }) : "";
    const note = el("p", { class: "fault", role: "alert", hidden: true });
    const resume = async () => {
      try {
        await this.wire.ask({ type: "resume", folder: result.folder });
        this.goTo("batch");
      } catch (fault) {
        note.textContent = fault.message;
        note.hidden = false;
      }
    };
    return el("article", { class: "item", "data-folder": result.folder },
      el("div", { class: "item-head" }, result.kind === "run" ? tick : null, el("div", {}, el("h4", {}, result.title), result.question && result.question !== result.title ? el("p", {}, result.question) : null,
        el("p", { class: "quiet small" }, [KINDS[result.kind] ?? result.kind, when, result.worlds ? count(result.worlds, "world") : "", result.complete ? "" : "not finished", `results/${result.folder}`].filter(Boolean).join(" · ")),
        changes(result.state, this.situation).length ? el("p", { class: "small" }, changes(result.state, this.situation).join("; ")) : null)),
      el("div", { class: "row" },
        result.state ? button("Open in the studio", () => { this.store.apply(result.state); this.goTo("answer"); }) : null,
        !result.complete && result.kind === "experiment" ? button("Resume", resume) : null,
        result.report ? link("Report", result.report) : null), note,
      result.figures.length || result.tables.length ? later("Figures and tables", () => resultView(result)) : null);
  }

  choose(folder, on) {
    this.chosen = [...this.chosen.filter((each) => each !== folder), ...(on ? [folder] : [])].slice(-2);
    for (const tick of this.list.querySelectorAll("input[type=checkbox]")) tick.checked = this.chosen.includes(tick.closest("article").dataset.folder);
    this.compare.disabled = this.chosen.length !== 2;
  }

  async compareTwo() {
    fill(this.versus, el("p", { class: "quiet" }, "Comparing…"));
    try {
      const [first, other] = this.chosen;
      const { comparison } = await this.wire.ask({ type: "compare", first, other });
      fill(this.versus, this.comparison(comparison));
    } catch (fault) {
      fill(this.versus, el("p", { class: "fault", role: "alert" }, fault.message));
    }
  }

  comparison({ label_first: one, label_other: other, days: gained, holds, fates, sentence, differs, curves, command }) {
    const chart = el("div", { class: "plot" });
    const end = Math.max(...curves.map((each) => each.days.at(-1)));
    plot(chart, (width) => {
      const [left, right, top, height] = [44, 12, 8, 240];
      const bottom = height - 26;
      const [x, y] = [linear(0, end, left, width - right), linear(0, 1, bottom, top)];
      return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": sentence },
        [0, 0.5, 1].map((share) => [svg("line", { x1: left, x2: width - right, y1: y(share), y2: y(share), class: share ? "grid" : "base" }), svg("text", { x: left - 6, y: y(share) + 4, "text-anchor": "end" }, `${share * 100} %`)]),
        dayAxis(x, end, top, bottom),
        curves.map((curve, index) => [svg("path", { class: index ? "pinned-band" : "now-band", d: between(curve.days, curve.low, curve.high, x, y, end) }), svg("path", { class: `curve ${index ? "pinned" : "now"}`, d: steps(curve.days, curve.share, x, y, end) })]));
    });
    return [el("h4", {}, "Two compared"), el("p", { class: "versus" }, sentence), el("figure", {}, chart, key([["now", one], ["pinned", other]])),
      later("The table behind this figure", () => table("Share of worlds that still hold", [["day"], [one, true], [other, true]], tableDays(end).map((day) => [whole(day), ...curves.map((each) => percent(at(each.days, each.share, day)))]))),
      table("The difference", [["what"], ["value", true], ["95 %", true]], [["days gained", signed(gained.value), `${signed(gained.low)} to ${signed(gained.high)}`], ["share that holds to the end, gained", signed(holds.value * 100, days) + " points", `${signed(holds.low * 100, days)} to ${signed(holds.high * 100, days)}`],
        ...Object.entries(fates).map(([fate, share]) => [`worlds: ${plainName(fate)}`, percent(share), ""])]),
      differs.length ? table("What differs", [["number or change"], [one, true], [other, true]], differs.map((each) => [each.words, each.was, each.is])) : null,
      el("p", { class: "command" }, el("code", {}, command), " ", button("Copy", (event) => copy(command, event.currentTarget)))];
  }
}
