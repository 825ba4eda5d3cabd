// Every world as a dot; one world's life on a time line, on the map, and as a story.

import { button, calm, copy, count, dateOf, days, el, fill, freshId, later, percent, svg, table, whole } from "./dom.js";
import { dayAxis, key, linear, plot } from "./plot.js";

const PITCH = 7;
const PLAY_SECONDS = 25;
const VIOLATIONS = ["strategic", "spoiling", "retaliatory", "localised"];

const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text);

/** Value of `[day, value]` steps on a day. */
function valueOn(steps, day, before = 0) {
  let value = before;
  for (const [from, next] of steps) {
    if (from > day) break;
    value = next;
  }
  return value;
}

/** Places of sectors within a frame, no two of them closer than their names need. */
function spread(sectors, [left, right], [top, bottom]) {
  const fit = (values, from, to) => values.map(linear(Math.min(...values), Math.max(...values), from, to));
  let [xs, ys] = [fit(sectors.map((each) => each.x), left, right), fit(sectors.map((each) => each.y), top, bottom)];
  for (let round = 0; round < 80; round++) {
    for (let one = 0; one < xs.length; one++) for (let other = 0; other < one; other++) {
      const [dx, dy] = [(xs[one] - xs[other]) / 1.6 || 0.1, ys[one] - ys[other] || 0.1];
      const near = Math.hypot(dx, dy);
      if (near > 42) continue;
      const push = (42 - near) / near / 4;
      xs[one] += dx * push; xs[other] -= dx * push; ys[one] += dy * push; ys[other] -= dy * push;
    }
    xs = xs.map((x) => Math.min(right, Math.max(left, x)));
    ys = ys.map((y) => Math.min(bottom, Math.max(top, y)));
  }
  return xs.map((x, index) => [x, ys[index]]);
}

export class WorldsPanel {
  constructor(store, wire, answers, situation, panel) {
    Object.assign(this, { store, wire, answers, situation, life: null, day: 0, spots: [], pointed: 0 });
    this.note = el("p", { class: "quiet" });
    this.picks = el("div", { class: "row" });
    const how = freshId("how");
    this.dots = el("div", { class: "plot dots", role: "slider", tabindex: 0, "aria-label": "Worlds as dots", "aria-describedby": how, "aria-valuemin": 1, "aria-valuemax": 1, "aria-valuenow": 1 });
    this.how = el("p", { class: "quiet small", id: how }, "With the keyboard: left and right go from dot to dot, up and down from one end to the next, Enter opens the world.");
    this.told = el("p", { class: "readout", "aria-hidden": "true" });
    this.legend = el("p", { class: "quiet small" });
    this.life_ = el("section", { class: "life", "aria-live": "polite" });
    this.behind = later("The table behind this figure", () => this.dotTable());
    fill(panel, el("h3", {}, "Every simulated world, by the days that it held"), this.note, this.picks, el("figure", {}, this.told, this.dots, this.legend, this.how, this.behind), this.life_);
    this.redraw = plot(this.dots, (width) => this.draw(width));
    this.dots.addEventListener("click", (event) => { const world = this.nearest(event); if (world !== null) this.open(world); });
    this.dots.addEventListener("pointermove", (event) => this.hover(event));
    this.dots.addEventListener("pointerleave", () => (this.told.textContent = ""));
    this.dots.addEventListener("keydown", (event) => this.press(event));
    this.dots.addEventListener("focus", () => this.point(this.pointed));
    this.dots.addEventListener("blur", () => { this.told.textContent = ""; this.redraw(); });
    answers.addEventListener("settled", () => this.refresh());
  }

  refresh() {
    const { answer } = this.answers;
    if (!answer) return;
    const number = freshId("world");
    const input = el("input", { type: "number", id: number, min: 0, max: answer.worlds - 1, step: 1, value: this.store.world ?? "" });
    const choose = (event) => { event.preventDefault(); if (input.value !== "" && input.checkValidity()) this.open(Number(input.value)); };
    this.note.textContent = `${count(answer.worlds, "world")} of this state. Choose a dot, or one of these:`;
    fill(this.picks, this.examples(answer).map(([words, world]) => button(words, () => this.open(world), { "data-world": world })),
      el("form", { class: "row", onsubmit: choose }, el("label", { for: number }, "World"), input, el("button", {}, "Open")));
    this.legend.textContent = answer.pinned ? "Ringed: a world that holds to the end under one of the two states only." : "";
    this.redraw();
    if (this.behind.open) fill(this.behind.querySelector(".later"), this.dotTable());
    if (this.life && this.lifeOf !== this.key()) this.open(this.life.world, false);
  }

  /** Worlds worth a look: `[words, world]`. */
  examples(answer) {
    const { days: held } = answer.dots;
    const order = held.map((_, world) => world).sort((one, other) => held[one] - held[other]);
    const ended = order.filter((world) => answer.causes[answer.dots.cause[world]].cause !== "held");
    const picks = [];
    if (ended.length) picks.push(["The shortest", ended[0]], ["A typical end", ended[Math.floor(ended.length / 2)]]);
    const other = answer.pinned?.dots.days;
    if (other) {
      const gain = order.slice().sort((one, two) => held[two] - other[two] - (held[one] - other[one]));
      if (held[gain[0]] > other[gain[0]]) picks.unshift([`Most gained over pinned (${days(held[gain[0]] - other[gain[0]])} days)`, gain[0]]);
      const worst = gain.at(-1);
      if (held[worst] < other[worst]) picks.unshift([`Most lost against pinned (${days(other[worst] - held[worst])} days)`, worst]);
    }
    return picks;
  }

  // ---------------------------------------------------------------------------------------------- dots

  draw(width) {
    const { answer } = this.answers;
    if (!answer) return null;
    const { days: held, cause } = answer.dots;
    const [left, right] = [6, width - 10];
    const x = linear(0, answer.horizon, left, right);
    const across = Math.max(1, Math.floor((right - left) / PITCH));
    const pinned = answer.pinned?.dots;
    const lives = (track, world, causes) => causes[track.cause[world]].cause === "held";
    this.spots = [];
    const drawn = [];
    let top = 0;
    let row = 0;
    answer.causes.forEach((each, index) => {
      const worlds = held.map((_, world) => world).filter((world) => cause[world] === index);
      if (!worlds.length) return;
      const stacks = new Map();
      const places = worlds.map((world, order) => {
        const column = each.cause === "held" ? order % across : Math.min(across - 1, Math.floor((held[world] / answer.horizon) * across));
        const level = each.cause === "held" ? Math.floor(order / across) : stacks.get(column) ?? 0;
        stacks.set(column, level + 1);
        return [world, column, level];
      });
      const levels = Math.max(...places.map(([, , level]) => level)) + 1;
      drawn.push(svg("text", { x: left, y: top + 14, class: "row-title" }, `${each.words}: ${whole(worlds.length)}${each.cause === "held" ? " (in the order of their numbers)" : ""}`));
      const floor = top + 22 + levels * PITCH;
      if (each.cause !== "held") places.sort((one, other) => one[1] - other[1] || one[2] - other[2]);
      for (const [world, column, level] of places) {
        const spot = { world, row, x: left + (column + 0.5) * PITCH, y: floor - (level + 0.5) * PITCH };
        this.spots.push(spot);
        const turned = pinned && lives(answer.dots, world, answer.causes) !== lives(pinned, world, answer.pinned.causes);
        drawn.push(svg("circle", { cx: spot.x, cy: spot.y, r: 2.8, class: `dot cause-${each.cause} ${turned ? "turned" : ""} ${world === this.life?.world ? "chosen" : ""}` }));
      }
      top = floor + 6;
      row += 1;
    });
    const focused = document.activeElement === this.dots && this.spots[this.pointed];
    if (focused) drawn.push(svg("circle", { cx: focused.x, cy: focused.y, r: 6, class: "pointed" }));
    const height = top + 24;
    return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" },
      dayAxis(x, answer.horizon, 0, top, width < 520 ? 5 : 8), drawn);
  }

  nearest(event) {
    const box = this.dots.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let [best, distance] = [null, 14];
    for (const spot of this.spots) {
      const away = Math.hypot(spot.x - x, spot.y - y);
      if (away < distance) [best, distance] = [spot.world, away];
    }
    return best;
  }

  hover(event) {
    const world = this.nearest(event);
    this.told.textContent = world === null ? "" : this.dotWords(world);
  }

  /** Go from dot to dot with the keys of a slider; up and down lead to the nearest dot of the row above or below. */
  press(event) {
    const { spots } = this;
    const here = spots[this.pointed];
    if (!here || event.ctrlKey || event.altKey || event.metaKey) return;
    const near = (row) => {
      const places = spots.map((_, place) => place).filter((place) => spots[place].row === row);
      return places.sort((one, other) => Math.abs(spots[one].x - here.x) - Math.abs(spots[other].x - here.x))[0] ?? this.pointed;
    };
    const next = { ArrowRight: this.pointed + 1, ArrowLeft: this.pointed - 1, ArrowDown: near(here.row + 1), ArrowUp: near(here.row - 1), PageDown: this.pointed + 25, PageUp: this.pointed - 25, Home: 0, End: spots.length - 1 }[event.key];
    if (next === undefined && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    if (next === undefined) this.open(here.world);
    else this.point(next);
  }

  /** Ring the dot at a place of the keyboard's order, and say what it is. */
  point(place) {
    this.pointed = Math.max(0, Math.min(this.spots.length - 1, place));
    const spot = this.spots[this.pointed];
    if (!spot) return;
    const words = this.dotWords(spot.world);
    for (const [name, value] of [["valuemax", this.spots.length], ["valuenow", this.pointed + 1], ["valuetext", words]]) this.dots.setAttribute(`aria-${name}`, value);
    this.told.textContent = words;
    this.redraw();
  }

  dotWords(world) {
    const { answer } = this.answers;
    const now = `World ${world}: ${days(answer.dots.days[world])} days, ${answer.causes[answer.dots.cause[world]].words}`;
    const { pinned } = answer;
    return pinned ? `${now}; pinned: ${days(pinned.dots.days[world])} days, ${pinned.causes[pinned.dots.cause[world]].words}` : now;
  }

  dotTable(most = 100) {
    const { answer } = this.answers;
    if (!answer) return el("p", {}, "Nothing yet.");
    const { days: held, cause } = answer.dots;
    const order = held.map((_, world) => world).sort((one, other) => held[one] - held[other]);
    const { pinned } = answer;
    const shown = order.slice(0, most);
    const rest = order.length - shown.length;
    const all = button(`Show the other ${whole(rest)}`, () => fill(this.behind.querySelector(".later"), this.dotTable(order.length)));
    return [table(rest ? `Worlds, the ${whole(most)} shortest` : "Worlds, the shortest first", [["world"], ["days held", true], ["how it ended"], ...(pinned ? [["pinned: days", true]] : [])],
      shown.map((world) => [button(String(world), () => this.open(world), { class: "link", "aria-label": `Open world ${world}` }), days(held[world]), answer.causes[cause[world]].words, ...(pinned ? [days(pinned.dots.days[world])] : [])]), { class: "long" }), rest ? all : null];
  }

  // ---------------------------------------------------------------------------------------------- one world

  key = () => JSON.stringify([this.store.state, this.store.pinned]);

  async open(world, show = true) {
    this.stop();
    const asked = (this.lifeOf = this.key());
    this.store.world = world;
    this.store.note();
    if (show) fill(this.life_, el("p", { class: "quiet" }, `Opening world ${world}…`));
    try {
      const { state, pinned } = this.store;
      const differs = pinned && JSON.stringify(pinned) !== JSON.stringify(state);
      const life = await this.wire.ask({ type: "world", state, world, pinned: differs ? pinned : undefined });
      if (asked !== this.key() || world !== this.store.world) return;
      const order = this.situation.now.actors.map((each) => each.name);
      for (const each of [life.now, life.pinned]) each?.actors.sort((one, other) => order.indexOf(one.name) - order.indexOf(other.name));
      this.life = life;
      this.day = show ? Math.min(life.parting?.day ?? 0, life.now.days - 1) : Math.min(this.day, life.now.days - 1);
      this.showLife(show);
      this.redraw();
    } catch (fault) {
      fill(this.life_, el("p", { class: "fault", role: "alert" }, fault.message));
    }
  }

  showLife(focus) {
    const { life } = this;
    const { now, pinned, parting, world } = life;
    this.last = Math.max(now.days, pinned?.days ?? 0) - 1;
    const title = el("h3", { tabindex: -1 }, `World ${world}`);
    const id = freshId("day");
    this.scrub = el("input", { type: "range", id, min: 0, max: Math.max(1, this.last), step: 1, value: this.day, oninput: () => { this.stop(); this.go(Number(this.scrub.value)); } });
    this.player = button("Play", () => (this.playing ? this.stop() : this.play()), { class: "main", "aria-pressed": "false" });
    this.when = el("output", { for: id });
    this.line = el("div", { class: "plot" });
    this.map = el("div", { class: "plot map" });
    this.onDay = el("div");
    this.points = now.story.points.map((each) => this.storyPoint(each));
    const step = (by) => button(by < 0 ? "‹ Event before" : "Next event ›", () => this.hop(by));
    fill(this.life_,
      el("div", { class: "life-head" }, title, button("Close", () => this.close())),
      el("p", {}, now.ending),
      parting ? el("p", { class: "versus" }, parting.words, parting.day === null ? "" : [" ", button(`Go to day ${whole(parting.day)}`, () => { this.stop(); this.go(Math.min(parting.day, this.last)); }, { class: "plain" })],
        pinned ? el("span", { class: "quiet" }, ` Under the pinned state: ${pinned.ending}`) : null) : null,
      el("div", { class: "scrubber" }, el("label", { for: id }, "Day"), this.scrub, this.player, step(-1), step(1)), el("p", { class: "when" }, this.when),
      el("figure", {}, this.line, key([["rung-force-0", `${now.rungs.force[0]}`], ["rung-force-1", now.rungs.force[1]], ["rung-force-2", now.rungs.force[2]], ["rung-force-3", now.rungs.force[3]],
        ...now.rungs.engagement.slice(1).map((each, index) => [`rung-engagement-${index + 1}`, `${each} (outside)`])]),
      key([...now.violations.map((each) => [`violation-${each.kind}`, each.words]), ["deaths-combatants", "combatants killed"], ["deaths-civilians", "civilians killed"], ["talk", "talks"], ["event", "events"]])),
      el("div", { class: "pair" }, el("figure", {}, el("figcaption", {}, "The front on this day: share held by ", el("b", { class: "side-0-words" }, this.situation.now.sides[0].title)), this.map), this.onDay),
      later("The tables behind these figures", () => this.lifeTables()),
      el("h4", {}, "Its story"), el("ol", { class: "story" }, this.points), now.story.end.map((each) => el("p", {}, each)),
      later("The whole story as text", () => el("pre", { class: "wrapped", tabindex: 0, "aria-label": "The whole story" }, now.story.text)),
      el("p", { class: "command" }, el("code", {}, now.command), " ", button("Copy", (event) => copy(now.command, event.currentTarget))));
    this.redrawLine = plot(this.line, (width) => this.drawLine(width));
    this.redrawMap = plot(this.map, (width) => this.drawMap(width));
    this.line.addEventListener("click", (event) => { this.stop(); this.pointAt(event); });
    this.go(this.day);
    if (focus) {
      title.focus({ preventScroll: true });
      this.life_.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
    }
  }

  close() {
    this.stop();
    this.life = null;
    this.store.world = null;
    this.store.note();
    fill(this.life_);
    this.redraw();
  }

  storyPoint(point) {
    return el("li", { class: point.decision ? "decision" : "", "data-day": point.day },
      button(`Day ${whole(point.day)}`, () => { this.stop(); this.go(Math.min(point.day, this.last)); }, { class: "link" }), " ", el("span", { class: "quiet" }, point.date), " ", el("b", {}, point.headline),
      point.details.length ? el("ul", {}, point.details.map((each) => el("li", {}, each))) : null);
  }

  go(day) {
    this.day = Math.max(0, Math.min(this.last, Math.round(day)));
    this.scrub.value = this.day;
    this.scrub.setAttribute("aria-valuetext", `Day ${this.day}, ${dateOf(this.situation.now.start, this.day)}`);
    this.when.textContent = `Day ${whole(this.day)}, ${dateOf(this.situation.now.start, this.day)}`;
    this.moveCursor();
    this.redrawMap();
    this.showDay();
    let current = null;
    for (const item of this.points) {
      item.classList.remove("current");
      if (Number(item.dataset.day) <= this.day) current = item;
    }
    current?.classList.add("current");
  }

  hop(by) {
    this.stop();
    const marks = [...new Set([...this.life.now.story.points.map((each) => each.day), ...this.life.now.talks, this.life.parting?.day ?? 0])].sort((one, other) => one - other);
    const next = by > 0 ? marks.find((day) => day > this.day) : marks.findLast((day) => day < this.day);
    if (next !== undefined) this.go(next);
  }

  play() {
    if (this.day >= this.last) this.go(0);
    this.playing = true;
    this.player.textContent = "Pause";
    this.player.setAttribute("aria-pressed", "true");
    if (calm()) {
      this.ticking = setInterval(() => (this.day < this.last ? this.hop1() : this.stop()), 1500);
      return;
    }
    let before = performance.now();
    let exact = this.day;
    const frame = (now) => {
      if (!this.playing) return;
      exact += ((now - before) / 1000) * (this.last / PLAY_SECONDS);
      before = now;
      this.go(exact);
      if (exact >= this.last) this.stop();
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  /** With reduced motion a play goes from thirtieth to thirtieth of the life, without moving between them. */
  hop1() {
    this.go(this.day + Math.max(1, this.last / 30));
  }

  stop() {
    clearInterval(this.ticking);
    this.playing = false;
    if (!this.player) return;
    this.player.textContent = "Play";
    this.player.setAttribute("aria-pressed", "false");
  }

  showDay() {
    const { now, pinned } = this.life;
    const words = (life, actor) => {
      const own = life.actors.find((each) => each.name === actor.name);
      return own && this.day < life.days ? life.rungs[own.ladder][valueOn(own.steps, this.day)] : "over";
    };
    const near = now.story.points.filter((each) => Math.abs(each.day - this.day) <= Math.max(2, this.last / 60)).slice(0, 3);
    fill(this.onDay, table(`Postures on day ${whole(this.day)}`, [["actor"], ["this state"], ...(pinned ? [["pinned"]] : [])],
      now.actors.map((actor) => [actor.title, words(now, actor), ...(pinned ? [words(pinned, actor)] : [])]), { class: "tight" }),
    near.map((each) => el("p", { class: "near" }, el("b", {}, `Day ${whole(each.day)}: `), each.headline)));
  }

  // ---------------------------------------------------------------------------------------------- time line

  drawLine(width) {
    const { now, pinned, parting } = this.life;
    const narrow = width < 560;
    const [left, right] = [narrow ? 4 : 150, width - 10];
    const x = linear(0, this.last + 1, left, right);
    const drawn = [];
    let top = 4;
    const title = (text) => {
      if (!narrow) return;
      drawn.push(svg("text", { x: left + 4, y: top + 11 }, cut(text, 46)));
      top += 15;
    };
    const beside = (text, y) => { if (!narrow) drawn.push(svg("text", { x: left - 8, y, "text-anchor": "end" }, svg("title", {}, text), cut(text, 22))); };
    const strips = (life, height) => {
      for (const actor of life.actors) {
        title(actor.title);
        beside(actor.title, top + height - 2);
        actor.steps.forEach(([from, rung], index) => {
          const to = actor.steps[index + 1]?.[0] ?? life.days;
          if (to > from) drawn.push(svg("rect", { x: x(from), y: top, width: Math.max(0.6, x(to) - x(from)), height, class: `rung-${actor.ladder}-${rung}` }));
        });
        top += height + 4;
      }
    };
    const head = (text) => {
      drawn.push(svg("text", { x: left + 4, y: top + 12, class: "row-title" }, text));
      top += 18;
    };
    head(pinned ? "Postures, this state" : "Postures");
    strips(now, 12);
    if (pinned) {
      head("Postures, the same world under the pinned state");
      strips(pinned, 10);
    }
    const wide = Math.max(1, Math.ceil((this.last + 1) / 110));
    const bars = (groups, height, prefix, name) => {
      const sums = groups.map(([, list]) => {
        const bins = new Array(Math.ceil((this.last + 1) / wide)).fill(0);
        for (const [day, number] of list) bins[Math.floor(day / wide)] += number;
        return bins;
      });
      const most = Math.max(1, ...(sums[0] ?? [0]).map((_, bin) => sums.reduce((sum, bins) => sum + bins[bin], 0)));
      head(`${name}, ${wide === 1 ? "each day" : `by ${wide} days`}; the most is ${whole(most)}`);
      sums[0]?.forEach((_, bin) => {
        let level = top + height;
        sums.forEach((bins, index) => {
          const tall = (bins[bin] / most) * height;
          if (tall) drawn.push(svg("rect", { x: x(bin * wide), y: (level -= tall), width: Math.max(0.6, x((bin + 1) * wide) - x(bin * wide) - 0.5), height: tall, class: `${prefix}-${groups[index][0]}` }));
        });
      });
      drawn.push(svg("line", { x1: left, x2: right, y1: top + height, y2: top + height, class: "base" }));
      top += height + 6;
    };
    const kinds = [...now.violations].sort((one, other) => VIOLATIONS.indexOf(one.kind) - VIOLATIONS.indexOf(other.kind));
    bars(kinds.map((each) => [each.kind, each.days]), 44, "violation", "Violations");
    bars(now.deaths.map((each) => [each.who, each.days]), 44, "deaths", "Deaths");
    head("Talks and events");
    for (const day of now.talks) drawn.push(svg("rect", { x: x(day) - 1.5, y: top, width: 3, height: 12, class: "talk" }, svg("title", {}, `Day ${day}: talks`)));
    for (const event of now.events) drawn.push(svg("path", { d: `M${x(event.day)} ${top - 1}l6 7l-6 7l-6 -7z`, class: "event" }, svg("title", {}, `Day ${event.day}: ${event.title}`)));
    top += 20;
    if (now.days - 1 < this.last) drawn.push(svg("line", { x1: x(now.days), x2: x(now.days), y1: 0, y2: top, class: "ended" }));
    if (parting && parting.day !== null) drawn.push(svg("line", { x1: x(parting.day), x2: x(parting.day), y1: 0, y2: top, class: "parted" }));
    this.cursor = svg("line", { y1: 0, y2: top, class: "cursor" });
    this.xOfDay = x;
    this.moveCursor();
    const height = top + 24;
    const said = now.violations.map((each) => `${each.words} ${whole(each.days.reduce((sum, [, number]) => sum + number, 0))}`).join(", ");
    return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `Time line of ${whole(now.days)} days: postures of ${now.actors.length} actors, violations (${said}), deaths, ${count(now.talks.length, "round")} of talks, ${count(now.events.length, "event")}. Numbers are in the tables behind these figures.` },
      dayAxis(x, this.last + 1, 0, top, narrow ? 5 : 8), drawn, this.cursor);
  }

  moveCursor() {
    if (!this.cursor) return;
    this.cursor.setAttribute("x1", this.xOfDay(this.day + 0.5));
    this.cursor.setAttribute("x2", this.xOfDay(this.day + 0.5));
  }

  pointAt(event) {
    const place = event.clientX - this.line.getBoundingClientRect().left;
    const [start, end] = [this.xOfDay(0), this.xOfDay(this.last + 1)];
    this.go(((place - start) / (end - start)) * (this.last + 1));
  }

  lifeTables() {
    const { now } = this.life;
    const sum = (list) => whole(list.reduce((total, [, number]) => total + number, 0));
    const steps = now.actors.map((actor) => [actor.title, actor.steps.map(([day, rung]) => `${whole(day)}: ${now.rungs[actor.ladder][rung]}`).join("; ")]);
    const sectors = this.situation.now.sectors;
    return [table("Violations and deaths in all", [["what"], ["number", true]], [...now.violations.map((each) => [each.words, sum(each.days)]), ...now.deaths.map((each) => [`${each.who} killed`, sum(each.days)])]),
      table("Postures: from which day", [["actor"], ["day: posture"]], steps),
      table("The front: share held by the first side", [["sector"], ["at signing", true], ["on the last day", true]], sectors.map((sector, index) => [sector.title, percent(valueOn(now.front[index].steps, 0, sector.held)), percent(valueOn(now.front[index].steps, now.days, sector.held))])),
      table("Events and talks", [["day"], ["what"]], [...now.events.map((each) => [each.day, each.title]), ...now.talks.map((day) => [day, "talks"])].sort((one, other) => one[0] - other[0]).map(([day, what]) => [whole(day), what]))];
  }

  // ---------------------------------------------------------------------------------------------- map

  drawMap(width) {
    const { sectors, links, sides } = this.situation.now;
    const height = Math.min(380, Math.max(260, width * 0.75));
    const [padX, padTop, padBottom, radius] = [46, 20, 30, 9];
    const place = spread(sectors, [padX, width - padX], [padTop, height - padBottom]);
    const taken = place.map(([x, y]) => [x - radius, y - radius, x + radius, y + radius]);
    const labels = sectors.map((sector, index) => {
      const text = cut(sector.title.split(/,| and /)[0], 18);
      const wide = text.length * 6;
      const [x, y] = place[index];
      const options = [["middle", x, y + 21], ["middle", x, y - 13], ["start", x + 13, y + 4], ["end", x - 13, y + 4]];
      const boxOf = ([anchor, at, base]) => { const from = anchor === "middle" ? at - wide / 2 : anchor === "start" ? at : at - wide; return [from, base - 10, from + wide, base + 3]; };
      const clash = (box) => (box[0] < 0 || box[2] > width ? 5 : 0) + taken.filter((other, own) => own !== index && box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]).length;
      const best = options.map((option) => [clash(boxOf(option)), option]).sort((one, other) => one[0] - other[0])[0][1];
      taken.push(boxOf(best));
      return svg("text", { x: best[1], y: best[2], "text-anchor": best[0], class: "sector-name" }, text);
    });
    const nodes = sectors.map((sector, index) => {
      const [x, y] = place[index];
      const share = Math.max(0, Math.min(1, valueOn(this.life.now.front[index].steps, this.day, sector.held)));
      const angle = share * 2 * Math.PI - Math.PI / 2;
      const wedge = share >= 0.999 ? svg("circle", { cx: x, cy: y, r: radius, class: "side-0" })
        : share <= 0.001 ? null : svg("path", { class: "side-0", d: `M${x} ${y}V${y - radius}A${radius} ${radius} 0 ${share > 0.5 ? 1 : 0} 1 ${x + radius * Math.cos(angle)} ${y + radius * Math.sin(angle)}Z` });
      return [svg("circle", { cx: x, cy: y, r: radius, class: "side-1" }, svg("title", {}, `${sector.title}: ${percent(share)} held by ${sides[0].title}`)), wedge, svg("circle", { cx: x, cy: y, r: radius, class: "rim" })];
    });
    return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `Schematic map of ${sectors.length} sectors on day ${this.day}; shares are in the tables behind these figures.` },
      links.map(([one, other]) => svg("line", { x1: place[one][0], y1: place[one][1], x2: place[other][0], y2: place[other][1], class: "link-line" })), nodes, labels);
  }
}
