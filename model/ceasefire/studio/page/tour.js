// Six steps for people who are here for the first time.

import { button, calm, el, fill, freshId } from "./dom.js";

const SEEN = "ceasefire-studio-tour";
const STEPS = [
  ["#situation .diagram", "situation", "Who is who", "Two sides, their patrons and guarantors, and the parties outside. Choose an actor to see what it wants."],
  ["#situation .search", "situation", "Move a number", "Find a number, such as Turkey's pressure at home, and move its slider. Each says what it is and whether it was measured or ASSUMED. What you changed is listed, and can be reset or undone."],
  ["#panel-answer .plot", "answer", "The answer moves with it", "The share of simulated worlds in which the deal still holds. The narrow band is chance. When the slider rests a wide band follows, for what the assumed numbers leave open; and, for a deal as its file says, the forecast that counts what deals like it did too."],
  ["#panel-answer .pinning", "answer", "Pin and compare", "Pin a state, then change something: you see days gained or lost on the same worlds, and in how many draws it helps."],
  ["#tab-worlds", "answer", "Look into a world", "Under Worlds, every dot is a world. Open one to follow it day by day: who decided what, and why, and where it parted from the pinned state."],
  ["#tab-keep", "answer", "Keep it", "Under Keep, save the scenario, the figures and the report. The command that gives the same is always shown, and the address of this page reopens it."],
];

export class Tour {
  constructor(goTo) {
    Object.assign(this, { goTo, step: 0 });
    const [title, text] = [freshId("tour"), freshId("tour")];
    this.title = el("h2", { id: title });
    this.text = el("p", { id: text });
    this.count = el("p", { class: "quiet small" });
    this.back = button("Back", () => this.show(this.step - 1));
    this.next = button("Next", () => (this.step + 1 < STEPS.length ? this.show(this.step + 1) : this.end()), { class: "main" });
    this.box = el("dialog", { class: "tour", "aria-labelledby": title, "aria-describedby": text }, this.title, this.text, el("div", { class: "row" }, this.back, this.next, button("End the tour", () => this.end(), { class: "plain" }), this.count));
    this.box.addEventListener("keydown", (event) => event.key === "Escape" && this.end());
    document.body.append(this.box);
  }

  get seen() {
    try {
      return localStorage.getItem(SEEN) !== null;
    } catch {
      return true;
    }
  }

  start() {
    this.before = document.activeElement;
    if (!this.box.open) this.box.show();
    this.show(0);
  }

  show(step) {
    this.step = step;
    const [target, tab, title, text] = STEPS[step];
    this.goTo(tab);
    this.mark(null);
    const element = document.querySelector(target);
    this.mark(element);
    element?.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
    fill(this.title, title);
    fill(this.text, text);
    this.count.textContent = `Step ${step + 1} of ${STEPS.length}`;
    this.back.disabled = step === 0;
    this.next.textContent = step + 1 < STEPS.length ? "Next" : "Done";
    this.next.focus({ preventScroll: true });
  }

  mark(element) {
    this.marked?.classList.remove("toured");
    this.marked = element;
    element?.classList.add("toured");
  }

  end() {
    this.mark(null);
    this.box.close();
    this.before?.focus?.({ preventScroll: true });
    try {
      localStorage.setItem(SEEN, "yes");
    } catch { /* storage is switched off */ }
  }
}
