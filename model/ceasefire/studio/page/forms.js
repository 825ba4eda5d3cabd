// Batch, Keep and New: the forms.

import { button, copy, count, el, fill, freshId, percent, percents, table, time } from "./dom.js";

/** A labelled control with its note and a place for a fault. */
function field(title, control, note = "") {
  const id = freshId("field");
  const about = freshId("about");
  control.id = id;
  if (note) control.setAttribute("aria-describedby", about);
  return el("div", { class: "field" }, el("label", { for: id }, title), control, note ? el("p", { class: "note", id: about }, note) : null);
}
const input = (attributes) => el("input", { type: "text", autocomplete: "off", ...attributes });
const fault = (error) => (error.faults ?? [{ message: error.message }]).map((each) => el("p", { class: "fault", role: "alert" }, each.message));
const megabytes = (bytes) => (bytes < 1e5 ? "under 0.1 MB" : `${(bytes / 1e6).toFixed(1)} MB`);

// -------------------------------------------------------------------------------------------------- batch

export class BatchPanel {
  constructor(store, wire, situation, jobs, panel) {
    Object.assign(this, { store, wire, situation });
    this.kind = "numbers";
    const group = freshId("kind");
    const choice = (kind, words) => el("label", { class: "choice" }, el("input", { type: "radio", name: group, value: kind, checked: kind === this.kind, onchange: () => { this.kind = kind; this.showForm(); } }), words);
    this.form = el("form", { onsubmit: (event) => { event.preventDefault(); this.start(); }, oninput: () => this.estimateSoon(), onchange: () => this.estimateSoon() });
    this.said = el("div", { role: "status" });
    this.go = el("button", { class: "main", disabled: true }, "Start");
    this.running = el("div");
    fill(panel, el("h3", {}, "A batch of many runs"), el("p", { class: "quiet" }, "It runs in the background as an ordinary experiment; the command line can go on with it."),
      el("fieldset", { class: "choices" }, el("legend", {}, "What is varied"), choice("numbers", "One or two numbers"), choice("levers", "The levers"), choice("experiment", "A shipped experiment")),
      this.form, this.running);
    jobs.watch(this.running, "batch");
    store.addEventListener("change", ({ detail }) => detail !== "move" && this.shown && this.estimateSoon());
  }

  async load() {
    this.shown = true;
    if (!this.experiments) ({ experiments: this.experiments } = await this.wire.ask({ type: "experiments" }));
    if (this.formOf !== this.situation.now?.name) this.showForm();
    else this.estimateSoon();
  }

  showForm() {
    const { now } = this.situation;
    if (!now) return;
    this.formOf = now.name;
    const list = freshId("numbers");
    this.worlds = input({ type: "number", min: 10, max: 10000, value: 200 });
    this.name = input({ placeholder: "made from the question", pattern: "[a-z0-9_\\-]*" });
    const parts = {
      numbers: () => {
        this.numbers = [this.numberChoice(list, true), this.numberChoice(list, false)];
        return [el("datalist", { id: list }, now.numbers.map((each) => el("option", { value: each.words }))), this.numbers.map((each) => each.part)];
      },
      levers: () => {
        this.boxes = now.levers.filter((each) => each.kind === "lever").map((lever) => [lever.name, el("input", { type: "checkbox", checked: true }), lever.title]);
        return el("fieldset", { class: "boxes" }, el("legend", {}, "Levers to try, one at a time"), this.boxes.map(([, box, title]) => el("label", {}, box, title)));
      },
      experiment: () => {
        this.which = el("select", {}, this.experiments.map((each) => el("option", { value: each.name }, each.title || each.name)));
        this.quick = el("input", { type: "checkbox", checked: true });
        this.asks = el("p", { class: "quiet" });
        return [field("Experiment", this.which), this.asks, el("label", { class: "choice" }, this.quick, "quick: fewer worlds, to see whether it is worth the time")];
      },
    };
    fill(this.form, parts[this.kind](), this.kind === "experiment" ? null : el("div", { class: "fields" }, field("Worlds for each point", this.worlds), field("Name (optional)", this.name)), this.said, el("p", { class: "row" }, this.go));
    this.estimateSoon();
  }

  numberChoice(list, first) {
    const which = input({ list, required: first, placeholder: first ? "Turkey: pressure at home…" : "none" });
    const [low, high, levels] = [input({ type: "number", step: "any" }), input({ type: "number", step: "any" }), input({ type: "number", min: 2, max: 25, value: 5 })];
    const numb = () => this.situation.now?.numbers.find((each) => each.words === which.value);
    which.addEventListener("input", () => {
      const found = numb();
      if (!found) return;
      [low.value, high.value] = (found.range ?? [found.from, found.to]).map((each) => Number(each.toPrecision(12)));
    });
    const touched = first && Object.keys(this.store.state.set ?? {})[0];
    if (touched) {
      which.value = this.situation.byPath.get(touched)?.words ?? "";
      queueMicrotask(() => which.dispatchEvent(new Event("input", { bubbles: true })));
    }
    const read = () => {
      const found = numb();
      return found ? { path: found.path, low: Number(low.value), high: Number(high.value), levels: Number(levels.value) } : null;
    };
    const part = el("fieldset", {}, el("legend", {}, first ? "A number" : "A second number (optional)"), field("Which", which), el("div", { class: "fields" }, field("From", low), field("To", high), field("Levels", levels)));
    return { part, read, which };
  }

  design() {
    const shared = { state: this.store.state, worlds: Number(this.worlds.value) || undefined, name: this.name.value.trim() || undefined };
    if (this.kind === "experiment") return { kind: "experiment", name: this.which.value, quick: this.quick.checked };
    if (this.kind === "levers") {
      const levers = this.boxes.filter(([, box]) => box.checked).map(([name]) => name);
      return levers.length ? { kind: "levers", ...shared, levers } : null;
    }
    const numbers = this.numbers.map((each) => each.read()).filter(Boolean);
    return this.numbers[0].read() ? { kind: "numbers", ...shared, numbers } : null;
  }

  estimateSoon() {
    if (!this.shown || !this.form.firstChild) return;
    if (this.kind === "experiment") this.asks.textContent = this.experiments.find((each) => each.name === this.which.value)?.question ?? "";
    const design = this.design();
    if (design && JSON.stringify(design) === this.asked) return;
    clearTimeout(this.soon);
    this.asked = JSON.stringify(design);
    this.go.disabled = true;
    fill(this.said, el("p", { class: "quiet" }, design ? "Estimating…" : this.kind === "numbers" ? "Choose a number: begin to type its name." : "Tick at least one lever."));
    if (design) this.soon = setTimeout(() => this.estimate(design, this.asked), 350);
  }

  async estimate(design, asked) {
    try {
      const reply = await this.wire.ask({ type: "estimate", design });
      if (asked !== this.asked) return null;
      this.go.disabled = false;
      this.go.textContent = reply.exists ? "Go on" : "Start";
      const most = reply.most_seconds > reply.seconds * 1.2 ? ` (at most ${time(reply.most_seconds)})` : "";
      return fill(this.said, el("p", {}, el("b", {}, reply.question)), el("p", {}, `${count(reply.points, "point")}, ${count(reply.worlds, "world")} in all: about ${time(reply.seconds)}${most}, ${megabytes(reply.disk)}. `,
        reply.exists ? "It was started before and goes on from there." : reply.files.length ? `It writes ${reply.files.join(", ")}.` : ""));
    } catch (error) {
      return asked === this.asked ? fill(this.said, fault(error)) : null;
    }
  }

  async start() {
    const design = this.design();
    if (!design) return;
    this.go.disabled = true;
    try {
      await this.wire.ask({ type: "start", design });
    } catch (error) {
      fill(this.said, fault(error));
    }
    this.go.disabled = false;
  }
}

// -------------------------------------------------------------------------------------------------- keep

/** A form that saves a scenario: `message()` gives the request, `saved(reply)` what follows. */
function saver(wire, pressed, message, saved) {
  const said = el("div", { "aria-live": "polite" });
  const send = async (replace) => {
    try {
      const reply = await wire.ask({ ...message(), ...(replace ? { replace: true } : {}) });
      if (reply.type === "exists") {
        fill(said, el("p", { class: "warning" }, reply.message), el("p", { class: "row" }, button("Replace it", () => send(true), { class: "main" }), button("Keep it", () => fill(said))));
        return;
      }
      fill(said, saved(reply));
    } catch (error) {
      fill(said, fault(error));
    }
  };
  pressed.addEventListener("click", (event) => {
    event.preventDefault();
    send(false);
  });
  return said;
}

const fileText = (file, text) => el("details", { open: true }, el("summary", {}, file), el("pre", { tabindex: 0, "aria-label": `Text of ${file}` }, text));

export class KeepPanel {
  constructor(store, wire, answers, jobs, panel) {
    Object.assign(this, { store, wire, answers });
    this.name = input({ value: "", pattern: "[a-z0-9_\\-]+", required: true });
    this.title = input({ placeholder: "what it is, in a line" });
    const save = el("button", { class: "main", id: "save" }, "Save the scenario");
    const message = () => ({ type: "save", state: store.state, name: this.name.value.trim(), title: this.title.value.trim() || undefined });
    const saved = (reply) => [el("p", { class: "done" }, `Saved as ${reply.file}.`), el("p", { class: "row" }, button("Go on with this scenario", () => store.apply(reply.state))), fileText(reply.file, reply.text)];
    const said = saver(wire, save, message, saved);
    const preview = button("Show the file first", async () => {
      try {
        const reply = await wire.ask({ ...message(), type: "preview" });
        fill(said, fileText(`${reply.file} (not saved yet)`, reply.text));
      } catch (error) {
        fill(said, fault(error));
      }
    });
    this.command = el("code");
    this.address = el("code");
    this.made = el("div");
    this.keepSaid = el("div", { role: "status" });
    const keep = button("Make figures, tables and the report", async () => {
      try {
        const { job } = await wire.ask({ type: "keep", state: store.state });
        this.expected = job.folder;
        fill(this.keepSaid);
        jobs.take(job);
      } catch (error) {
        fill(this.keepSaid, fault(error));
      }
    }, { class: "main", id: "make" });
    jobs.watch(this.made, "run");
    jobs.addEventListener("done", ({ detail }) => {
      if (detail.kind === "run" && detail.folder === this.expected) [...this.made.querySelectorAll(`[data-job="${CSS.escape(detail.job)}"] button.main`)][0]?.click();
    });
    fill(panel,
      el("section", {}, el("h3", {}, "The scenario as a file"), el("p", { class: "quiet" }, "The base and what differs from it, checked like any other scenario."),
        el("form", { onsubmit: (event) => event.preventDefault() }, el("div", { class: "fields" }, field("Name", this.name, "small letters, digits, - and _"), field("Title (optional)", this.title)), el("p", { class: "row" }, save, preview)), said),
      el("section", {}, el("h3", {}, "Figures, tables and report"), el("p", { class: "quiet" }, "An ordinary run in results/: figures as PNG and SVG, tables as CSV, the report as one page."), el("p", { class: "row" }, keep), this.keepSaid, this.made),
      el("section", {}, el("h3", {}, "The command"), el("p", { class: "quiet" }, "It gives the same worlds, to the last bit."), el("p", { class: "command" }, this.command, " ", button("Copy", (event) => copy(this.command.textContent, event.currentTarget)))),
      el("section", {}, el("h3", {}, "A link to this state"), el("p", { class: "quiet" }, "The whole state is in the address of this page; it opens where the studio runs."), el("p", { class: "command" }, this.address, " ", button("Copy", (event) => copy(location.href, event.currentTarget)))));
    answers.addEventListener("settled", () => this.load());
    store.addEventListener("change", () => setTimeout(() => this.load(), 300));
  }

  load() {
    this.command.textContent = this.answers.answer?.command ?? "";
    this.address.textContent = location.href;
    const changed = Object.keys(this.store.state.set ?? {}).length + (this.store.state.changes ?? []).length;
    if (!this.name.value && changed) this.name.value = `${this.store.state.scenario.split("/").at(-1).replace(/\.yaml$/, "")}-changed`;
  }
}

// -------------------------------------------------------------------------------------------------- new

export class NewPanel {
  constructor(store, wire, panel, goTo) {
    Object.assign(this, { store, wire, panel, goTo });
  }

  async load() {
    if (this.controls) return;
    const { questions, bases } = await this.wire.ask({ type: "questions" });
    this.controls = new Map();
    const control = (question) => {
      const choices = question.kind === "yesno" ? [{ value: "yes", title: "yes" }, { value: "no", title: "no" }] : question.choices;
      const made = choices.length ? el("select", {}, el("option", { value: "" }, "not known"), choices.map((each) => el("option", { value: each.value }, each.title)))
        : input({ type: { date: "date", number: "number" }[question.kind] ?? "text", step: question.kind === "number" ? "any" : undefined, required: question.required });
      this.controls.set(question.name, made);
      return field(question.title, made, question.sentence);
    };
    const name = input({ required: true, pattern: "[a-z0-9_\\-]+" });
    const title = input({});
    const base = el("select", {}, bases.map((each) => el("option", { value: each.name }, each.title)));
    const go = el("button", { class: "main" }, "Make the scenario");
    const message = () => ({ type: "create", name: name.value.trim(), title: title.value.trim() || undefined, base: base.value || undefined,
      answers: Object.fromEntries([...this.controls].map(([key, each]) => [key, each.value.trim()]).filter(([, value]) => value)) });
    const saved = (reply) => [el("p", { class: "done" }, `Saved as ${reply.file}. Its comments say what was answered; the rest is as in the base.`),
      el("p", { class: "row" }, button("Open it in the studio", () => { this.store.apply(reply.state, null); this.goTo("answer"); }, { class: "main" })),
      reply.forecast ? [el("p", {}, reply.forecast.sentence), table("What earlier deals like it did", [["holds past"], ["chance", true], ["range", true]], reply.forecast.rows.map((each) => [count(each.day, "day"), percent(each.share), percents(each.low, each.high)]))] : null,
      fileText(reply.file, reply.text)];
    const said = saver(this.wire, go, message, saved);
    fill(this.panel, el("h3", {}, "Another conflict"), el("p", { class: "quiet" }, "Answer what you know and leave the rest. You get a scenario file with comments, to be made better by hand."),
      el("form", { onsubmit: (event) => event.preventDefault() }, el("div", { class: "fields" }, field("Name of the file", name, "small letters, digits, - and _"), field("Title (optional)", title, "as a report would name the deal"), bases.length ? field("Begin from", base) : null),
        el("div", { class: "fields" }, questions.map(control)), el("p", { class: "row" }, go)), said);
  }
}
