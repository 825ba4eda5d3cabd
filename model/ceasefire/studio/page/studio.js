// The studio's page: what is where, and how the parts hear of each other.

import { AnswerPanel } from "./answer.js";
import { button, byId, count, el, fill } from "./dom.js";
import { Jobs, ResultsPanel } from "./files.js";
import { BatchPanel, KeepPanel, NewPanel } from "./forms.js";
import { SituationPanel } from "./situation.js";
import { Store } from "./state.js";
import { Tour } from "./tour.js";
import { Wire, faultWords } from "./wire.js";
import { WorldsPanel } from "./worlds.js";

const TABS = { situation: "Situation", answer: "Answer", worlds: "Worlds", batch: "Batch", results: "Results", keep: "Keep", new: "New" };
const NARROW = matchMedia("(max-width: 63.99rem)");

const store = new Store();
const wire = new Wire(heard, stands);
const panels = {};
for (const [name, title] of Object.entries(TABS)) {
  const own = name === "situation";
  const tab = button(title, () => goTo(name), { role: "tab", id: `tab-${name}`, "aria-controls": own ? "situation" : `panel-${name}` });
  byId("tabs").append(tab);
  panels[name] = own ? byId("situation") : el("section", { id: `panel-${name}`, role: "tabpanel", "aria-labelledby": tab.id, tabindex: -1, hidden: true });
  if (!own) byId("panels").append(panels[name]);
}
const jobs = new Jobs(wire);
const situation = new SituationPanel(store, wire);
const answers = new AnswerPanel(store, wire, situation, panels.answer);
const parts = {
  worlds: new WorldsPanel(store, wire, answers, situation, panels.worlds),
  batch: new BatchPanel(store, wire, situation, jobs, panels.batch),
  results: new ResultsPanel(store, wire, situation, panels.results, goTo),
  keep: new KeepPanel(store, wire, answers, jobs, panels.keep),
  new: new NewPanel(store, wire, panels.new, goTo),
};
parts.worlds.load = () => {
  parts.worlds.refresh();
  if (store.world !== null && !parts.worlds.life) parts.worlds.open(store.world);
};
situation.loaded = () => parts[store.tab]?.load();
const tour = new Tour(goTo);
let scenarios = [];

// -------------------------------------------------------------------------------------------------- tabs

function goTo(name) {
  if (name === "situation" && !NARROW.matches) name = "answer";
  store.tab = name;
  store.note();
  for (const each of Object.keys(TABS)) {
    const chosen = each === name;
    const tab = byId(`tab-${each}`);
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
    if (each !== "situation") panels[each].hidden = !chosen;
  }
  document.body.dataset.tab = name;
  if (NARROW.matches) byId(`tab-${name}`).scrollIntoView({ block: "nearest", inline: "nearest" });
  if (wire.open) Promise.resolve(parts[name]?.load()).catch((error) => notice("part", error.message));
}

byId("tabs").addEventListener("keydown", (event) => {
  const names = Object.keys(TABS).filter((name) => byId(`tab-${name}`).offsetParent);
  const here = names.indexOf(store.tab);
  const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: names.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  const name = names.at(next % names.length);
  goTo(name);
  byId(`tab-${name}`).focus();
});
NARROW.addEventListener("change", () => goTo(store.tab));

// -------------------------------------------------------------------------------------------------- what is said

/** A notice under the header, one for each subject; an empty text takes it away. */
function notice(subject, text, ...actions) {
  const holder = byId("notices");
  holder.querySelector(`[data-subject="${subject}"]`)?.remove();
  if (text) holder.append(el("div", { class: "notice", "data-subject": subject }, el("p", {}, text), actions, button("×", () => notice(subject, ""), { class: "close", "aria-label": "Dismiss" })));
}

function connection(words, kind) {
  const place = byId("connection");
  place.textContent = words;
  place.className = `connection ${kind}`;
}

function stands(what, detail) {
  if (what === "first") {
    connection("Connected", "well");
    begin(detail);
  } else if (what === "again" || what === "restarted") {
    connection("Connected", "well");
    notice("connection", what === "restarted" ? "The program was started again. Your state is kept, and was sent to it." : "");
    resume();
  } else if (what === "lost") {
    connection("Connection lost", "ill");
    notice("connection", "The connection to the program was lost. Nothing is lost here: the page keeps your state and connects again by itself. If the program was ended, start it again with: ceasefire studio");
  } else if (what === "refused") {
    connection("Not admitted", "ill");
    notice("connection", "The program was started again and does not know this window. Open the address that it printed in the terminal: your state is kept in this browser.");
  } else if (what === "slept") notice("slept", "The computer slept, so the page connects again and asks anew. Nothing is lost.");
}

function heard(message) {
  const takes = {
    hello: () => {
      message.jobs.forEach((job) => jobs.take(job));
      byId("banner").textContent = message.note;
      windows(message.windows);
      preparing(message);
    },
    compiling: () => preparing({ ready: false, compiling: true }),
    ready: () => {
      preparing({ ready: true });
      answers.ask(true);
    },
    windows: () => windows(message.windows),
    job: () => jobs.take(message.job),
    bye: () => notice("connection", message.message),
    fault: () => notice("fault", faultWords(message)),
  };
  takes[message.type]?.();
}

function windows(number) {
  notice("windows", number > 1 ? `The studio is open in ${count(number, "window")}. Each has a state of its own; batches and results are shared.` : "");
}

function preparing({ ready, compiling }) {
  const what = compiling ? "The rules are being compiled for this machine; that takes about half a minute and happens once." : "The model is being loaded; that takes some seconds.";
  notice("compiling", ready ? "" : `${what} Meanwhile you see a curve that was shipped with the program.`);
}

// -------------------------------------------------------------------------------------------------- beginning

async function begin(hello) {
  const found = store.recall(hello.scenario);
  goTo(NARROW.matches || store.tab !== "situation" ? store.tab : "answer");
  steps();
  answers.ask(true);
  try {
    ({ scenarios } = await wire.ask({ type: "scenarios" }));
    showScenarios();
    await situation.load();
  } catch (error) {
    situation.showFaults(error.faults ?? [{ path: "", message: error.message }]);
    if (found && error.faults) notice("state", "The state in the address cannot be opened here.", button("Begin anew", () => { notice("state", ""); store.apply({ scenario: hello.scenario }, null); }));
  }
  if (!tour.seen && !found) tour.start();
}

/** After a lost connection: ask again for whatever is shown. */
function resume() {
  situation.load().catch((error) => situation.showFaults(error.faults ?? [{ path: "", message: error.message }]));
  answers.ask(true);
  goTo(store.tab);
}

function showScenarios() {
  const chooser = byId("scenario");
  const { scenario } = store.state;
  const known = scenarios.some((each) => each.name === scenario) ? scenarios : [...scenarios, { name: scenario, title: scenario }];
  const group = (title, own) => own.length && el("optgroup", { label: title }, own.map((each) => el("option", { value: each.name }, each.title)));
  fill(chooser, group("Made here", known.filter((each) => !each.shipped)) || null, group("Shipped", known.filter((each) => each.shipped)) || null);
  chooser.value = scenario;
  answers.shipped = scenarios.find((each) => each.name === scenario)?.curve ?? null;
  answers.show();
}

byId("scenario").addEventListener("change", ({ target }) => {
  answers.answer = null;
  answers.shipped = scenarios.find((each) => each.name === target.value)?.curve ?? null;
  parts.worlds.close();
  store.apply({ scenario: target.value }, null);
});

function steps() {
  byId("undo").disabled = !store.canUndo;
  byId("redo").disabled = !store.canRedo;
}

store.addEventListener("change", async ({ detail }) => {
  if (detail === "move") return;
  steps();
  if (byId("scenario").value !== store.state.scenario) {
    answers.answer = null;
    parts.worlds.close();
    if (!scenarios.some((each) => each.name === store.state.scenario)) ({ scenarios } = await wire.ask({ type: "scenarios" }).catch(() => ({ scenarios })));
    showScenarios();
  }
});
byId("undo").addEventListener("click", () => store.undo());
byId("redo").addEventListener("click", () => store.redo());
byId("tour-start").addEventListener("click", () => tour.start());
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.target.matches("input[type=text], input[type=search], input[type=number], textarea")) return;
  const letter = event.key.toLowerCase();
  if (letter !== "z" && letter !== "y") return;
  event.preventDefault();
  if (letter === "y" || event.shiftKey) store.redo();
  else store.undo();
});
addEventListener("hashchange", () => store.readdress());
