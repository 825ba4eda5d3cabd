// The left column: who is who, what each wants, the terms, levers, and every other number.

import { button, byId, calm, el, fill, freshId, later, short, svg } from "./dom.js";

const KINDS = [
  ["lever", "Levers", "Changes that somebody could decide."],
  ["shock", "Shocks", "Changes that nobody here controls."],
  ["assumption", "Assumptions", "What may be wrong in the scenario."],
];
const OTHERS = ["bonds", "war", "events", "front", "rules"];
const MOST_FOUND = 30;

export class SituationPanel {
  constructor(store, wire) {
    Object.assign(this, { store, wire, now: null, loaded: null, rows: new Map(), plain: new Map(), faults: [] });
    this.body = byId("situation-body");
    store.addEventListener("change", ({ detail }) => this.follow(detail));
  }

  /** Ask for the situation of the state; the rows are built again only for another scenario. */
  async load() {
    const state = this.store.state;
    const asked = (this.asked = JSON.stringify(state));
    const { situation } = await this.wire.ask({ type: "situation", state });
    if (asked !== this.asked) return;
    const built = this.now?.name === situation.name && this.now.numbers.length === situation.numbers.length;
    this.now = situation;
    this.loadedFor = this.structure(state);
    this.shownFor = state.scenario;
    this.byPath = new Map(situation.numbers.map((number) => [number.path, number]));
    if (!state.changes?.length) this.plain.clear();
    for (const number of situation.numbers) {
      if (!(number.path in (state.set ?? {}))) this.plain.set(number.path, number.value);
      else if (!state.changes?.length) this.plain.set(number.path, number.base);
    }
    if (built) this.refresh();
    else this.build();
    this.loaded?.();
  }

  structure = (state) => JSON.stringify([state.scenario, state.changes ?? []]);

  async follow(kind) {
    const { state } = this.store;
    if (kind !== "move") this.showFaults([]);
    const unknown = !this.now || this.now.numbers.some(({ path }) => !(path in (state.set ?? {})) && !this.plain.has(path));
    if (kind !== "move" && (unknown || this.loadedFor !== this.structure(state))) {
      this.loadedFor = this.structure(state);
      if (this.now?.name !== state.scenario && this.shownFor !== state.scenario) {
        byId("situation-title").textContent = "The situation";
        fill(this.body, el("p", { class: "quiet", role: "status" }, "Reading the scenario…"));
        this.now = null;
      }
      await this.load().catch((fault) => this.showFaults(fault.faults ?? [{ path: "", message: fault.message }]));
    } else this.refresh();
  }

  value(path) {
    const set = this.store.state.set ?? {};
    return path in set ? set[path] : this.plain.get(path);
  }

  // ---------------------------------------------------------------------------------------------- parts

  build() {
    const { now } = this;
    this.rows.clear();
    this.changed = el("div", { class: "changed" });
    this.general = el("div", { class: "faults" });
    this.sections = el("div", {}, this.actorsPart(), this.termsPart(), this.leversPart(), this.othersPart());
    byId("situation-title").textContent = now.title;
    fill(this.body,
      el("details", { class: "about" }, el("summary", {}, "What this is about"), el("p", {}, now.summary), el("p", { class: "quiet" }, `From ${now.file}, followed for ${now.horizon.toLocaleString("en")} days.`)),
      this.diagram(), this.general, this.changed, this.searchPart(), this.sections);
    this.refresh();
  }

  diagram() {
    const { now } = this;
    const card = (actor) => {
      const pressed = button(actor.title, () => this.openActor(actor.name), { class: `actor ${actor.role} ${actor.excluded ? "excluded" : ""}`, "data-actor": actor.name });
      if (actor.excluded) pressed.append(el("small", {}, "left out of the deal"));
      return pressed;
    };
    const part = (role, side) => now.actors.filter((each) => each.role === role && (side === undefined || each.side === side)).map(card);
    const column = (side, index) => el("div", { class: `side side-${index}` },
      el("p", { class: "side-title" }, side.title), el("div", { class: "tier" }, part("guarantor", side.name)), el("div", { class: "tier" }, part("belligerent", side.name)));
    const lines = svg("svg", { class: "lines", "aria-hidden": "true" });
    const outside = part("outside");
    const holder = el("div", { class: "diagram", role: "group", "aria-label": "Who is who: choose an actor to see and change what it wants" },
      lines, outside.length ? el("div", { class: "outside" }, outside) : null, el("div", { class: "sides" }, now.sides.map(column)));
    new ResizeObserver(() => this.connect(holder, lines)).observe(holder);
    const words = [["solid", "leash of a patron"], ["dashed", "may back"], ["ties", "ties"]];
    return el("div", {}, holder, el("ul", { class: "key small" }, words.map(([kind, word]) => el("li", {}, el("span", { class: `line ${kind}`, "aria-hidden": "true" }), word)),
      el("li", {}, "Choose an actor to change what it wants.")));
  }

  /** Lines between the cards of the diagram. */
  connect(holder, lines) {
    const frame = holder.getBoundingClientRect();
    if (!frame.width) return;
    lines.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
    const box = (name) => {
      const { left, right, top, bottom } = holder.querySelector(`[data-actor="${CSS.escape(name)}"]`).getBoundingClientRect();
      return { left: left - frame.left, right: right - frame.left, top: top - frame.top, bottom: bottom - frame.top, x: (left + right) / 2 - frame.left, y: (top + bottom) / 2 - frame.top };
    };
    const drawn = [];
    const { actors, sides } = this.now;
    const backers = actors.filter((each) => each.backs);
    for (const actor of actors) {
      const own = box(actor.name);
      if (actor.patron) {
        const patron = box(actor.patron);
        const first = actor.side === sides[0].name;
        const edge = first ? patron.left : patron.right;
        const out = edge + (first ? -9 : 9);
        drawn.push(svg("path", { class: "solid", d: `M${edge} ${patron.y}H${out}V${own.y}H${first ? own.left : own.right}` }));
      }
      if (actor.backs) {
        const backed = box(actor.backs);
        const spread = backed.x + (backers.indexOf(actor) - (backers.length - 1) / 2) * 18;
        drawn.push(svg("path", { class: "dashed", d: `M${own.x} ${own.bottom}L${spread} ${backed.top}` }));
      }
    }
    const [one, other] = sides.map((side) => actors.find((each) => each.role === "guarantor" && each.side === side.name)).map((actor) => actor && box(actor.name));
    if (one && other) for (const shift of [-2, 2]) drawn.push(svg("path", { class: "ties", d: `M${one.right} ${one.y + shift}H${other.left}` }));
    lines.replaceChildren(...drawn);
  }

  openActor(name) {
    this.search.value = "";
    this.find();
    const part = byId(`actor-${name}`);
    part.closest("details.section").open = true;
    part.open = true;
    setTimeout(() => {
      part.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
      part.querySelector("summary").focus({ preventScroll: true });
    });
  }

  actorsPart() {
    const parts = this.now.actors.map((actor) => {
      const motives = this.numbersOf(`actor.${actor.name}.motives`);
      const others = this.numbersOf(`actor.${actor.name}`);
      const main = others.filter((each) => each.main);
      const rest = others.filter((each) => !each.main);
      const part = later([actor.title, el("span", { class: "badge", "data-count": actor.name })], () => [
        actor.sentence ? el("p", { class: "quiet" }, actor.sentence) : null,
        motives.length ? [el("h4", {}, "What it wants"), el("p", { class: "quiet small" }, "Weights: 0 absent, 0.25 minor, 0.5 real, 0.75 strong, 1 dominant."), motives.map((each) => this.row(each))] : null,
        main.length ? [el("h4", {}, "Strength and bonds"), main.map((each) => this.row(each))] : null,
        rest.length ? later(`${rest.length} more numbers`, () => rest.map((each) => this.row(each)), { class: "more" }) : null,
      ], { class: "actor-part", id: `actor-${actor.name}` });
      return part;
    });
    return this.section("Who wants what", parts, true);
  }

  termsPart() {
    const numbers = this.numbersOf("terms");
    const main = numbers.filter((each) => each.main);
    const rest = numbers.filter((each) => !each.main);
    const words = el("dl", { class: "terms" }, this.now.terms.map((term) => [el("dt", {}, term.title), el("dd", {}, Array.isArray(term.value) ? term.value.join(", ") || "none" : short(term.value),
      term.sentence ? el("span", { class: "quiet" }, ` ${term.sentence}`) : null)]));
    return this.sectionLater("Terms of the deal", () => [main.map((each) => this.row(each)), rest.length ? later(`${rest.length} more numbers`, () => rest.map((each) => this.row(each)), { class: "more" }) : null, words]);
  }

  leversPart() {
    this.switches = new Map();
    const part = (kind) => this.now.levers.filter((lever) => lever.kind === kind).map((lever) => {
      const [id, note] = [freshId("switch"), freshId("note")];
      const box = el("input", { type: "checkbox", role: "switch", id, "aria-describedby": note, onchange: () => this.store.apply(this.store.switched(lever.name, box.checked)) });
      this.switches.set(lever.name, box);
      return el("div", { class: "lever" }, el("label", { for: id }, box, el("span", {}, lever.title)), el("p", { class: "note", id: note }, lever.sentence === lever.title ? "" : lever.sentence));
    });
    return this.section("Levers and shocks", KINDS.map(([kind, title, words]) => {
      const found = part(kind);
      return found.length ? [el("h4", {}, title), el("p", { class: "quiet small" }, words), found] : null;
    }), false);
  }

  othersPart() {
    const titles = new Map(this.now.groups.map((group) => [group.name, group.title]));
    return this.sectionLater("Every other number", () => OTHERS.map((name) => {
      const numbers = this.numbersOf(name);
      return numbers.length ? later(`${titles.get(name) ?? name} (${numbers.length})`, () => numbers.map((each) => this.row(each, each.words)), { class: "more" }) : null;
    }));
  }

  searchPart() {
    const id = freshId("search");
    this.search = el("input", { type: "search", id, placeholder: "pressure at home, troops, monitoring…", autocomplete: "off", oninput: () => this.find() });
    this.found = el("div", { class: "found", hidden: true });
    return el("div", { class: "search", role: "search" }, el("label", { for: id }, "Find a number"), this.search, this.found);
  }

  find() {
    const words = this.search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    this.found.hidden = this.sections.hidden = words.length > 0;
    this.sections.hidden = words.length > 0;
    this.found.hidden = !words.length;
    if (!words.length) return fill(this.found);
    const text = (number) => `${number.words} ${number.path} ${number.sentence}`.toLowerCase();
    const hits = this.now.numbers.filter((number) => words.every((word) => text(number).includes(word)));
    const first = (number) => words.filter((word) => number.words.toLowerCase().includes(word)).length + (number.main ? 0.5 : 0);
    hits.sort((one, other) => first(other) - first(one));
    const said = hits.length ? `${hits.length} found${hits.length > MOST_FOUND ? `, the first ${MOST_FOUND} shown` : ""}` : "No number has these words.";
    return fill(this.found, el("p", { class: "quiet small", role: "status" }, said), hits.slice(0, MOST_FOUND).map((each) => this.row(each, each.words)));
  }

  section(title, children, open) {
    return el("details", { class: "section", open }, el("summary", {}, el("h3", {}, title)), children);
  }

  sectionLater(title, make) {
    return later(el("h3", {}, title), make, { class: "section" });
  }

  numbersOf = (group) => this.now.numbers.filter((number) => number.group === group);

  // ---------------------------------------------------------------------------------------------- a number

  row(number, title = number.title) {
    const [id, note] = [freshId("number"), freshId("note")];
    const { from, to, path } = number;
    const step = number.whole ? 1 : 10 ** Math.floor(Math.log10((to - from) / 50 || 1));
    const put = (text, last) => {
      const typed = Number(text);
      if (text === "" || !Number.isFinite(typed)) return;
      const next = number.whole ? Math.round(typed) : Number(typed.toPrecision(12));
      const back = next === this.plain.get(path) ? this.store.without(path) : this.store.with(path, next);
      if (last) this.store.apply(back);
      else this.store.move(back);
    };
    const slider = el("input", { type: "range", id, min: from, max: to, step, "aria-describedby": note, oninput: () => put(slider.value, false), onchange: () => put(slider.value, true) });
    const exact = el("input", { type: "number", class: "exact", step: "any", "aria-label": `${number.words}, exact value`, onchange: () => put(exact.value, true) });
    const reset = button("↺", () => { this.store.apply(this.store.without(path)); slider.focus(); }, { class: "reset", "aria-label": `Reset ${number.words}`, title: "Reset" });
    const band = el("div", { class: "range", "aria-hidden": "true" });
    if (number.range) {
      const place = (value) => `${Math.min(100, Math.max(0, ((value - from) / (to - from || 1)) * 100))}%`;
      band.style.setProperty("--low", place(number.range[0]));
      band.style.setProperty("--high", place(number.range[1]));
    } else band.classList.add("none");
    const fault = el("p", { class: "fault", role: "alert", hidden: true });
    const range = number.range ? ` ${short(number.range[0])} to ${short(number.range[1])}` : "";
    const origin = number.assumed ? [el("b", {}, "ASSUMED"), range, number.source && number.source !== "ASSUMED" ? `, ${number.source.replace(/^ASSUMED,? ?/, "")}` : ""] : [number.source, range && ` (${range.trim()})`];
    const row = el("div", { class: "number", "data-path": path },
      el("label", { for: id }, title), exact, reset, slider, band,
      el("p", { class: "note", id: note }, number.sentence ? `${number.sentence.replace(/[.;]?$/, ".")} ` : "", origin, number.unit && number.unit !== "weight" ? ` (${number.unit})` : "", number.drawn ? `; drawn in each world: ${number.drawn}` : "",
        ".", number.note ? ` ${number.note.replace(/^ASSUMED:? ?/, "")}` : ""), fault);
    const update = () => {
      const value = this.value(path);
      const there = typeof value === "number";
      slider.disabled = !there;
      if (there) {
        if (document.activeElement !== slider || Number(slider.value) !== value) slider.value = value;
        if (document.activeElement !== exact || exact.validity.valid) exact.value = value;
      }
      exact.placeholder = there ? "" : "not there";
      const touched = path in (this.store.state.set ?? {});
      row.classList.toggle("touched", touched || (number.base !== null && there && value !== number.base));
      reset.hidden = !touched;
      const own = this.faults.filter((each) => each.path === path).map((each) => each.message).join(" ");
      fault.hidden = !own;
      fault.textContent = own;
      exact.setAttribute("aria-invalid", own ? "true" : "false");
    };
    const known = this.rows.get(path)?.filter((each) => each.row.isConnected) ?? [];
    this.rows.set(path, [...known, { row, update }]);
    update();
    return row;
  }

  // ---------------------------------------------------------------------------------------------- marks

  refresh() {
    if (!this.now) return;
    for (const group of this.rows.values()) for (const { update } of group) update();
    for (const [name, box] of this.switches) box.checked = (this.store.state.changes ?? []).includes(name);
    this.showChanged();
    const touched = Object.keys(this.store.state.set ?? {});
    for (const actor of this.now.actors) {
      const own = touched.filter((path) => path.startsWith(`actors.${actor.name}.`)).length;
      const badge = this.body.querySelector(`[data-count="${CSS.escape(actor.name)}"]`);
      badge.textContent = own ? `${own} changed` : "";
      this.body.querySelector(`[data-actor="${CSS.escape(actor.name)}"]`).classList.toggle("touched", own > 0);
    }
  }

  /** What differs from the scenario as written, in words: `[words, reset]`. */
  differences() {
    const { state } = this.store;
    const levers = (state.changes ?? []).map((name) => {
      const lever = this.now.levers.find((each) => each.name === name);
      return { words: lever?.title ?? name, detail: "", back: () => this.store.apply(this.store.switched(name, false)) };
    });
    const numbers = Object.entries(state.set ?? {}).map(([path, value]) => ({
      words: this.byPath.get(path)?.words ?? path, detail: `${short(this.plain.get(path))} → ${short(value)}`, back: () => this.store.apply(this.store.without(path)),
    }));
    return [...levers, ...numbers];
  }

  showChanged() {
    const all = this.differences();
    this.changed.hidden = !all.length;
    if (!all.length) return fill(this.changed);
    const { scenario, seed, worlds, days } = this.store.state;
    const back = () => this.store.apply({ scenario, seed, worlds, days });
    return fill(this.changed,
      el("div", { class: "changed-head" }, el("h3", {}, `${all.length} changed`), button("Reset all", back, { class: "plain" })),
      el("ul", {}, all.map(({ words, detail, back: one }) => el("li", {}, el("span", {}, words, detail ? el("b", {}, ` ${detail}`) : null), button("↺", one, { class: "reset", "aria-label": `Reset: ${words}`, title: "Reset" })))));
  }

  /** Faults beside the controls that they belong to, the others above. */
  showFaults(faults) {
    this.faults = faults;
    if (!this.now && faults.length) return fill(this.body, faults.map((each) => el("p", { class: "fault", role: "alert" }, each.message)));
    if (!this.now) return null;
    for (const group of this.rows.values()) for (const { update } of group) update();
    const elsewhere = faults.filter((each) => !this.rows.get(each.path)?.some(({ row }) => row.isConnected && row.checkVisibility()));
    return fill(this.general, elsewhere.map((each) => el("p", { class: "fault", role: "alert" }, each.message)));
  }
}
