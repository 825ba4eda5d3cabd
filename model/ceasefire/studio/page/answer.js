// The answer, live: the curve with its bands, shares, causes, deaths, and the pinned state beside it.

import { button, byId, copy, count, dateOf, days, el, fill, later, percent, percents, signed, svg, table, whole } from "./dom.js";
import { at, between, dayAxis, endLabels, key, linear, plot, steps, tableDays } from "./plot.js";

const REST = 450;

/** What the figures that are stated first are. */
const BASIS = {
  pooled: { words: "The forecast: this scenario pooled with what deals like it did, with its 90 %.", short: "pooled" },
  draws: { words: "This scenario: mean over draws of the assumed numbers, with 90 % of draws.", short: "over draws" },
  written: { words: "This scenario, numbers as written, with the 95 % of chance.", short: "as written" },
};

export class AnswerPanel extends EventTarget {
  constructor(store, wire, situation, panel) {
    super();
    Object.assign(this, { store, wire, situation, answer: null, doubt: null, forecast: null, shipped: null, stage: null, shown: 0, news: [] });
    this.build(panel);
    store.addEventListener("change", ({ detail }) => this.changed(detail));
  }

  build(panel) {
    this.headline = el("p", { class: "headline" }, "…");
    this.pinning = el("div", { class: "pinning" });
    this.progress = el("p", { class: "progress", role: "status" });
    this.readout = el("p", { class: "readout", "aria-hidden": "true" });
    this.chart = el("div", { class: "plot" });
    this.legend = el("div");
    this.behind = later("The table behind this figure", () => this.curveTable());
    this.faults = el("div", { class: "faults" });
    this.shares = el("div");
    this.causes = el("div");
    this.deaths = el("div");
    this.differs = el("div");
    this.ends = el("div", { class: "plot" });
    this.behindEnds = later("The table behind this figure", () => this.endsTable());
    this.commandText = el("code", { id: "command" }, "");
    this.command = el("div", { class: "command" }, el("h3", {}, "The command that gives the same"), el("p", {}, this.commandText),
      button("Copy", (event) => copy(this.commandText.textContent, event.currentTarget)));
    this.basisWords = el("p", { class: "basis", id: "basis" });
    this.tiles = el("dl", { class: "tiles", "aria-describedby": "basis" });
    this.why = el("div", { class: "why" });
    fill(panel,
      this.faults, this.basisWords, this.tiles, this.pinning,
      el("figure", {}, el("figcaption", {}, el("h3", {}, "The chance to hold, day by day"), this.progress, this.readout), this.chart, this.legend, this.behind),
      this.headline, this.why,
      this.shares, el("div", { class: "pair" }, this.causes, this.deaths),
      later("When the ends come", () => { queueMicrotask(() => this.redrawEnds()); return [el("figure", {}, this.ends), this.behindEnds]; }),
      this.differs, this.command);
    this.redraw = plot(this.chart, (width) => this.draw(width));
    this.redrawEnds = plot(this.ends, (width) => this.drawEnds(width));
    this.chart.addEventListener("pointermove", (event) => this.read(event));
    this.chart.addEventListener("pointerleave", () => { this.point(null); });
  }

  // ---------------------------------------------------------------------------------------------- asking

  changed(kind) {
    this.moving = kind === "move";
    this.chart.classList.toggle("moving", this.moving);
    if (!this.moving) this.show();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.ask(true), REST);
    if (this.due) return;
    this.due = requestAnimationFrame(() => {
      this.due = null;
      this.ask(false);
    });
  }

  /** Ask for the answer to the state as it is now; at rest with doubt. */
  ask(rest) {
    if (!this.wire.open || !this.store.state.scenario) return;
    const { state } = this.store;
    const pinned = this.compares ? this.store.pinned : null;
    const asked = JSON.stringify([state, pinned]);
    if (asked !== this.asked && this.forecast) {
      this.doubt = this.forecast = null;
      this.show(); // what was pooled belongs to another state
    }
    this.asked = asked;
    const id = this.wire.stream("answer", { type: "answer", state, pinned: pinned ?? undefined, doubt: rest }, (message) => this.take(message, asked, rest));
    performance.mark("studio-asked", { detail: { id } });
  }

  /** While a slider moves, answers to its last places are shown as they come; nothing older than what is shown is. */
  take(message, asked, rest) {
    const newest = asked === this.asked;
    if (message.id < this.shown) return;
    if (message.type === "answer") {
      if (asked === this.answerFor && message.stage < this.stage) return;
      Object.assign(this, { answer: message.answer, stage: message.stage, last: message.last && newest, answerFor: asked, shown: message.id });
    } else if (!newest) return;
    if (message.type === "fault") {
      this.fault(message.faults);
      return;
    }
    this.waits = message.type === "waiting" ? message.message : null;
    fill(this.faults);
    if (message.type === "doubt") {
      this.doubt = message.doubt;
      this.forecast = message.forecast;
    }
    this.rest = rest;
    this.show({ id: message.id, stage: message.stage ?? message.type });
    if (this.last && message.type === "answer") this.dispatchEvent(new Event("settled"));
  }

  fault(faults) {
    this.situation.showFaults(faults);
    fill(this.faults, el("p", { class: "fault", role: "alert" }, faults.map((each) => each.message).join(" ")),
      el("p", { class: "quiet" }, this.answer ? "Below is the last answer that could be given." : ""));
  }

  // ---------------------------------------------------------------------------------------------- showing

  show(detail) {
    if (detail) this.news.push(detail);
    if (this.showing) return;
    this.showing = requestAnimationFrame(() => {
      this.showing = null;
      this.showNow();
      for (const each of this.news.splice(0)) performance.mark("studio-shown", { detail: each });
    });
  }

  showNow() {
    const { answer, doubt } = this;
    this.redraw(true);
    if (!answer) {
      this.headline.textContent = this.waits ?? "…";
      for (const part of [this.basisWords, this.tiles, this.why, this.pinning, this.shares, this.causes, this.deaths, this.differs, this.legend]) fill(part);
      this.progress.textContent = this.shipped ? `Shipped beforehand: ${count(this.shipped.worlds, "world")} of the scenario as written.` : "";
      return;
    }
    this.headline.textContent = this.forecast?.headline ?? answer.headline;
    this.showWhy();
    this.progress.textContent = this.stateWords();
    this.showTiles();
    this.showPinned();
    this.showShares();
    this.showCauses();
    this.redrawEnds();
    if (this.behindEnds.open) fill(this.behindEnds.querySelector(".later"), this.endsTable());
    const { all, civilians, displaced } = answer.deaths;
    const spread = (title, each) => [title, whole(each.median), `${whole(each.low)} to ${whole(each.high)}`];
    fill(this.deaths, table("Deaths and flight until the end of the ceasefire", [["in a world"], ["median", true], ["90 % of worlds", true]],
      [spread("killed", all), spread("of them civilians", civilians), spread("displaced", displaced)]));
    this.commandText.textContent = answer.command;
    this.legend.replaceChildren(key(this.entries()));
    if (this.behind.open) fill(this.behind.querySelector(".later"), this.curveTable());
    const strip = byId("strip");
    const last = this.holding().at(-1) ?? answer.holding.at(-1);
    fill(strip, el("b", {}, percent(last.share)), ` to day ${days(answer.horizon)}`, el("span", {}, answer.pinned ? `${signed(answer.pinned.days.value)} days` : BASIS[this.basis].short), this.spark());
  }

  stateWords() {
    if (this.waits) return this.waits;
    const worlds = count(this.answer.worlds, "world");
    const failed = this.answer.failed ? ` (${this.answer.failed} failed)` : "";
    if (!this.last) return `${worlds}${failed}, more to come…`;
    if (this.doubt) return `${worlds}${failed}. ${this.doubt.note}`;
    if (this.forecast) return `${worlds}${failed}. Nothing in this scenario is assumed.`;
    return `${worlds}${failed}.${this.rest || this.moving ? "" : " Doubt follows when the sliders rest."}${this.rest ? " Drawing the assumed numbers…" : ""}`;
  }

  entries() {
    const { answer, doubt, pooled } = this;
    const list = pooled ? [["pooled", "pooled forecast"], ["pooled-band", "its 90 %"]] : [];
    list.push(["now", pooled ? "this scenario, numbers as written" : "this state, numbers as written"], ["now-band", "chance (95 %)"]);
    if (doubt) list.push(["mean", "mean over draws of the assumed numbers"], [pooled ? "doubt-band outlined" : "doubt-band", "90 % of draws"]);
    if (answer?.pinned) list.push(["pinned", "pinned state, as written"]);
    return list;
  }

  // ---------------------------------------------------------------------------------------------- what is stated first

  /** Another state than the pinned one is shown beside it: then both are the scenario's alone. */
  get compares() {
    return Boolean(this.store.pinned && JSON.stringify(this.store.pinned) !== JSON.stringify(this.store.state));
  }

  get pooled() {
    return this.compares ? null : this.forecast?.pooled ?? null;
  }

  get basis() {
    return this.pooled ? "pooled" : this.doubt ? "draws" : "written";
  }

  /** The shares that are stated first, with their intervals; null on a day beyond those that the forecast tells apart. */
  holding() {
    return { pooled: this.pooled, draws: this.doubt, written: this.answer }[this.basis].holding;
  }

  draw(width) {
    const { answer, doubt, shipped } = this;
    const narrow = width < 520;
    const [left, right, top, height] = [44, narrow ? 54 : 128, 10, narrow ? 250 : 330];
    const bottom = height - 26;
    const source = answer ?? (shipped && { curve: { ...shipped, low: shipped.share, high: shipped.share }, horizon: shipped.days.at(-1) });
    if (!source) return null;
    const end = source.horizon;
    const [x, y] = [linear(0, end, left, width - right), linear(0, 1, bottom, top)];
    const band = (curve, kind) => svg("path", { class: kind, d: between(curve.days, curve.low, curve.high, x, y, end) });
    const line = (curve, values, kind) => svg("path", { class: `curve ${kind}`, d: steps(curve.days, values, x, y, end) });
    const { pooled } = this;
    const labels = [];
    const named = (value, words, kind) => labels.push([y(value), narrow ? percent(value) : `${percent(value)} ${words}`, kind]);
    const { curve } = source;
    const drawn = [];
    if (doubt) drawn.push(band(doubt.curve, `doubt-band ${pooled ? "outlined" : ""}`));
    if (pooled) {
      const { last } = this.forecast;
      drawn.push(svg("path", { class: "pooled-band", d: between(pooled.curve.days, pooled.curve.low, pooled.curve.high, x, y, last) }));
      drawn.push(svg("path", { class: "curve pooled", d: steps(pooled.curve.days, pooled.curve.share, x, y, last) }));
      named(pooled.curve.share.at(-1), "pooled", "pooled");
    }
    if (answer?.pinned) drawn.push(band(answer.pinned.curve, "pinned-band"));
    drawn.push(band(curve, "now-band"));
    if (doubt) {
      drawn.push(line(doubt.curve, doubt.curve.mean, "mean"));
      named(doubt.curve.mean.at(-1), "over draws", "mean");
    }
    if (answer?.pinned) {
      drawn.push(line(answer.pinned.curve, answer.pinned.curve.share, "pinned"));
      named(answer.pinned.curve.share.at(-1), "pinned", "pinned");
    }
    drawn.push(line(curve, curve.share, answer ? "now" : "shipped"));
    named(curve.share.at(-1), answer ? "as written" : "shipped", answer ? "now" : "mean");
    this.scale = { x, left, right: width - right, end };
    return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": this.spoken(source) },
      [0, 0.25, 0.5, 0.75, 1].map((share) => [
        svg("line", { x1: left, x2: width - right, y1: y(share), y2: y(share), class: share ? "grid" : "base" }),
        svg("text", { x: left - 6, y: y(share) + 4, "text-anchor": "end" }, `${share * 100} %`)]),
      dayAxis(x, end, top, bottom, narrow ? 5 : 8),
      drawn,
      endLabels(labels, width - right + 6, top, bottom),
      this.pointed === null || this.pointed === undefined ? null : svg("line", { x1: x(this.pointed), x2: x(this.pointed), y1: top, y2: bottom, class: "cursor" }));
  }

  spoken(source) {
    const { pooled } = this;
    const { curve } = pooled ?? source;
    const said = [0.2, 0.4, 0.6, 0.8, 1].map((part) => Math.round(part * source.horizon)).map((day) => `day ${whole(day)} ${percent(at(curve.days, curve.share, day))}`);
    return `${pooled ? "Pooled chance to hold" : "Share of worlds that still hold"}: ${said.join(", ")}. All numbers are in the table behind this figure.`;
  }

  read(event) {
    if (!this.scale || !this.answer || !this.situation.now) return;
    const place = event.clientX - this.chart.getBoundingClientRect().left;
    const { left, right, end } = this.scale;
    if (place < left - 4 || place > right + 4) return;
    const day = Math.round(Math.min(1, Math.max(0, (place - left) / (right - left))) * end);
    this.point(day);
  }

  point(day) {
    this.pointed = day;
    this.progress.hidden = day !== null;
    this.readout.textContent = day === null ? "" : this.readWords(day);
    this.redraw();
  }

  readWords(day) {
    const { answer: { curve, pinned }, doubt } = this;
    const value = (track, key) => at(track.days, track[key], day);
    const parts = [`as written ${percent(value(curve, "share"))} (chance ${percents(value(curve, "low"), value(curve, "high"))})`];
    const { pooled } = this;
    if (pooled && day <= this.forecast.last) parts.unshift(`pooled ${percent(value(pooled.curve, "share"))} (${percents(value(pooled.curve, "low"), value(pooled.curve, "high"))})`);
    if (doubt) parts.push(`over draws ${percent(value(doubt.curve, "mean"))} (${percents(value(doubt.curve, "low"), value(doubt.curve, "high"))})`);
    if (pinned) parts.push(`pinned ${percent(value(pinned.curve, "share"))}`);
    return `Day ${whole(day)}, ${dateOf(this.situation.now.start, day)}: ${parts.join("; ")}`;
  }

  curveTable() {
    if (!this.answer) return el("p", {}, "Nothing yet.");
    const { answer: { curve, pinned, horizon }, doubt } = this;
    const { pooled, forecast } = this;
    const columns = [["day"], ...(pooled ? [["pooled", true], ["90 %", true]] : []), ["as written", true], ["chance (95 %)", true]];
    if (doubt) columns.push(["mean over draws", true], ["90 % of draws", true]);
    if (pinned) columns.push(["pinned", true]);
    return table("Share of worlds that still hold", columns, tableDays(horizon).map((day) => {
      const value = (track, key) => at(track.days, track[key], day);
      const beyond = day > forecast?.last;
      return [whole(day), ...(pooled ? (beyond ? ["–", "–"] : [percent(value(pooled.curve, "share")), percents(value(pooled.curve, "low"), value(pooled.curve, "high"))]) : []),
        percent(value(curve, "share")), percents(value(curve, "low"), value(curve, "high")),
        ...(doubt ? [percent(value(doubt.curve, "mean")), percents(value(doubt.curve, "low"), value(doubt.curve, "high"))] : []),
        ...(pinned ? [percent(value(pinned.curve, "share"))] : [])];
    }));
  }

  showTiles() {
    const { answer, doubt, basis, compares } = this;
    this.basisWords.textContent = BASIS[basis].words;
    const over = doubt?.pinned;
    const tile = (title, first, second, pinned, kind = basis) => el("div", {}, el("dt", {}, title),
      el("dd", {}, el("b", { class: kind }, first[0]), el("span", {}, first[1] || "\u00a0"), el("span", { class: compares ? "pinned" : "" }, (compares ? pinned && `pinned ${pinned}` : second) || "\u00a0")));
    const range = (each) => percents(each.low, each.high);
    const second = (index) => {
      if (basis === "pooled") return doubt ? `scenario ${percent(doubt.holding[index].share)}` : `scenario ${percent(answer.holding[index].share)}`;
      return basis === "draws" ? `as written ${percent(answer.holding[index].share)}` : "";
    };
    const mean = doubt ? [days(doubt.mean.value), `${days(doubt.mean.low)} to ${days(doubt.mean.high)}`] : [days(answer.mean.value), `${days(answer.mean.low)} to ${days(answer.mean.high)}`];
    const rows = this.holding().map((each, index) => tile(
      answer.holding[index].day === answer.horizon ? `to the end, day ${whole(answer.horizon)}` : `past day ${whole(answer.holding[index].day)}`,
      each ? [percent(each.share), range(each)] : ["–", "not told apart"], second(index),
      answer.pinned && percent(doubt ? over?.pinned_holding[index].share ?? answer.pinned.holding[index].share : answer.pinned.holding[index].share)));
    rows.push(tile(basis === "pooled" ? "mean days, scenario" : "mean days held", mean, basis === "written" ? "" : `as written ${days(answer.mean.value)}`,
      answer.pinned && days(over ? over.pinned_mean.value : answer.pinned.mean.value), doubt ? "draws" : "written"));
    fill(this.tiles, rows);
  }

  /** What the forecast is pooled from, or why there is none. */
  showWhy() {
    const { forecast } = this;
    if (!forecast) return fill(this.why);
    return fill(this.why, forecast.pooled ? null : el("p", { class: "quiet" }, forecast.why),
      forecast.leans_on.length ? el("ul", { class: "quiet small" }, forecast.leans_on.map((each) => el("li", {}, each))) : null);
  }

  showShares() {
    const { answer, doubt, pooled } = this;
    const { pinned } = answer;
    const such = pooled && this.forecast.such_deals;
    const columns = [["holds past"], ...(pooled ? [["pooled", true], ["90 %", true], ["such deals", true]] : []), ...(doubt ? [["over draws", true], ["90 % of draws", true]] : []), ["as written", true], ["chance (95 %)", true]];
    if (pinned) columns.push(["pinned, as written", true]);
    const beyond = (value) => (value === null ? "beyond" : days(value));
    const none = pooled ? ["", "", ""] : [];
    const rows = answer.holding.map((each, index) => [
      each.day === answer.horizon ? `day ${whole(each.day)}, the end` : `day ${whole(each.day)}`,
      ...(pooled ? (pooled.holding[index] ? [percent(pooled.holding[index].share), percents(pooled.holding[index].low, pooled.holding[index].high), percent(such.holding[index].share)] : ["–", "–", "–"]) : []),
      ...(doubt ? [percent(doubt.holding[index].share), percents(doubt.holding[index].low, doubt.holding[index].high)] : []),
      percent(each.share), percents(each.low, each.high),
      ...(pinned ? [percent(pinned.holding[index].share)] : [])]);
    const interval = (each) => `${beyond(each.low)} to ${beyond(each.high)}`.replace("beyond to beyond", "");
    rows.push(["mean days held", ...none, ...(doubt ? [days(doubt.mean.value), interval(doubt.mean)] : []), days(answer.mean.value), interval(answer.mean), ...(pinned ? [days(pinned.mean.value)] : [])]);
    rows.push(["median days", ...none, ...(doubt ? [beyond(doubt.median.value), interval(doubt.median)] : []), beyond(answer.median.value), interval(answer.median), ...(pinned ? [""] : [])]);
    fill(this.shares, table("How long it holds", columns, rows, { class: "by-day" }));
  }

  showCauses() {
    const { answer } = this;
    const { pinned } = answer;
    const most = Math.max(...answer.causes.map((each) => each.share), ...(pinned?.causes ?? []).map((each) => each.share), 0.01);
    const bar = (share, kind) => {
      const drawn = el("span", { class: `bar ${kind}`, "aria-hidden": "true" });
      drawn.style.setProperty("--share", `${(share / most) * 100}%`);
      return drawn;
    };
    const gone = (pinned?.causes ?? []).filter((each) => !answer.causes.some((own) => own.cause === each.cause && own.actor === each.actor)).map((each) => ({ ...each, share: 0 }));
    const rows = [...answer.causes, ...gone].map((each) => {
      const other = pinned?.causes.find((own) => own.cause === each.cause && own.actor === each.actor)?.share ?? 0;
      return [el("span", { class: "cause" }, each.words, bar(each.share, `cause-${each.cause}`), pinned ? bar(other, "pinned-bar") : null), percent(each.share), ...(pinned ? [percent(other)] : [])];
    });
    fill(this.causes, table("How it ends", [["cause"], ["worlds", true], ...(pinned ? [["pinned", true]] : [])], rows, { class: "causes" }));
  }

  endsTable() {
    if (!this.answer) return el("p", {}, "Nothing yet.");
    const { answer: { causes, incidence, horizon } } = this;
    const ends = causes.filter((each) => each.cause !== "held");
    return table("Share of worlds that had ended", [["by day"], ...ends.map((each) => [each.words, true])],
      tableDays(horizon).map((day) => [whole(day), ...ends.map((_, index) => percent(at(incidence.days, incidence.shares[index], day)))]));
  }

  drawEnds(width) {
    const { answer } = this;
    if (!answer?.incidence) return null;
    const [left, right, top, height] = [44, 10, 8, 210];
    const bottom = height - 26;
    const { days: xs, shares } = answer.incidence;
    const [x, y] = [linear(0, answer.horizon, left, width - right), linear(0, 1, bottom, top)];
    let below = xs.map(() => 0);
    const areas = shares.map((share, index) => {
      const upper = share.map((each, place) => below[place] + each);
      const area = svg("path", { class: `area cause-${answer.causes[index].cause}`, d: between(xs, below, upper, x, y, answer.horizon) }, svg("title", {}, answer.causes[index].words));
      below = upper;
      return area;
    });
    return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `Share of worlds that had ended by each day, by cause; at the end ${answer.causes.filter((each) => each.cause !== "held").map((each) => `${each.words} ${percent(each.share)}`).join(", ")}.` },
      [0, 0.5, 1].map((share) => [svg("line", { x1: left, x2: width - right, y1: y(share), y2: y(share), class: share ? "grid" : "base" }), svg("text", { x: left - 6, y: y(share) + 4, "text-anchor": "end" }, `${share * 100} %`)]),
      dayAxis(x, answer.horizon, top, bottom, width < 520 ? 5 : 8), areas);
  }

  showPinned() {
    const { answer, doubt, store } = this;
    if (!store.pinned) {
      fill(this.differs);
      return fill(this.pinning, button("Pin this state", () => store.apply(store.state, store.state), { class: "main", id: "pin" }),
        el("span", { class: "quiet" }, "Then move something: both are shown on the same worlds."));
    }
    const { pinned } = answer;
    const tools = el("span", { class: "row" },
      button("Pin this state instead", () => store.apply(store.state, store.state), { id: "pin" }),
      button("Go to the pinned state", () => store.apply(store.pinned, store.state)),
      button("Unpin", () => store.apply(store.state, null), { id: "unpin" }));
    if (!pinned || !this.compares) {
      fill(this.differs);
      return fill(this.pinning, el("p", {}, el("b", {}, "Pinned. "), "Now move something: the difference is shown here, on the same worlds."), tools);
    }
    const gained = doubt?.pinned;
    const wait = this.forecast ? "–" : "…";
    const facts = [
      ["days gained, as written", signed(pinned.days.value), `${signed(pinned.days.low)} to ${signed(pinned.days.high)} (95 %)`],
      ["days gained, mean over draws", gained ? signed(gained.days.value) : wait, gained ? (gained.band ? `${signed(gained.band.low)} to ${signed(gained.band.high)} (90 % of draws)` : `${signed(gained.days.low)} to ${signed(gained.days.high)} (95 %)`) : ""],
      ["helps in", gained ? `${percent(gained.helps.value)} of draws` : wait, gained ? `hurts in ${percent(gained.hurts.value)}` : ""],
    ];
    fill(this.pinning, el("p", { class: "versus" }, pinned.sentence, " ", gained?.sentence ?? ""),
      el("dl", { class: "facts" }, facts.map(([title, value, rest]) => el("div", {}, el("dt", {}, title), el("dd", {}, el("b", {}, value), " ", el("span", { class: "quiet" }, rest))))), tools);
    if (pinned.differs) fill(this.differs, pinned.differs.length ? table("What differs", [["number or change"], ["pinned", true], ["now", true]], pinned.differs.map((each) => [each.words, each.was, each.is])) : null);
    return null;
  }

  spark() {
    const { curve, horizon, pinned } = this.answer;
    const [x, y] = [linear(0, horizon, 1, 89), linear(0, 1, 29, 2)];
    return svg("svg", { viewBox: "0 0 90 30", width: 90, height: 30 }, pinned ? svg("path", { class: "curve pinned", d: steps(pinned.curve.days, pinned.curve.share, x, y, horizon) }) : null, svg("path", { class: "curve now", d: steps(curve.days, curve.share, x, y, horizon) }));
  }
}
