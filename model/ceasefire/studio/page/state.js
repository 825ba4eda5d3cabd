// What is simulated: the state, the pinned one, undo and redo, and both in the address and on this machine.

const KEPT = "ceasefire-studio";
const MOST = 200;

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** A state without what is as usual, so that equal states are written alike. */
export function tidy(state) {
  const short = { scenario: state.scenario };
  if (state.changes?.length) short.changes = [...state.changes];
  if (state.set && Object.keys(state.set).length) short.set = { ...state.set };
  if (state.seed !== undefined && state.seed !== 1) short.seed = state.seed;
  if (state.days) short.days = state.days;
  if (state.worlds && state.worlds !== 1000) short.worlds = state.worlds;
  return short;
}

function written(object) {
  const bytes = new TextEncoder().encode(JSON.stringify(object));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function read(text) {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
    const object = JSON.parse(new TextDecoder().decode(bytes));
    return typeof object?.state?.scenario === "string" ? object : null;
  } catch {
    return null;
  }
}

export class Store extends EventTarget {
  state = { scenario: "" };
  pinned = null;
  tab = "answer";
  world = null;
  #undo = [];
  #redo = [];
  #before = null;

  /** What the address says, or else what was open here last; false when neither says anything. */
  recall(fallback) {
    let kept = null;
    try {
      kept = read(localStorage.getItem(KEPT) ?? "");
    } catch { /* storage is switched off */ }
    const found = read(location.hash.slice(1)) ?? kept;
    this.state = tidy(found?.state ?? { scenario: fallback });
    this.pinned = found?.pinned ? tidy(found.pinned) : null;
    this.tab = found?.tab ?? this.tab;
    this.world = found?.world ?? null;
    return Boolean(found);
  }

  /** An address was pasted or the browser went back: true when it holds another state. */
  readdress() {
    const found = read(location.hash.slice(1));
    if (!found || (same(tidy(found.state), this.state) && same(found.pinned ?? null, this.pinned))) return false;
    this.apply(found.state, found.pinned ? tidy(found.pinned) : null);
    return true;
  }

  /** Write the address; at most some times a second, because browsers limit it. */
  note() {
    clearTimeout(this.noting);
    this.noting = setTimeout(() => {
      const text = written({ state: this.state, pinned: this.pinned ?? undefined, tab: this.tab, world: this.world ?? undefined });
      history.replaceState(null, "", `#${text}`);
      try {
        localStorage.setItem(KEPT, text);
      } catch { /* storage is switched off or full: the address has it */ }
    }, 250);
  }

  #tell(kind) {
    this.note();
    this.dispatchEvent(new CustomEvent("change", { detail: kind }));
  }

  #snapshot() {
    return { state: this.state, pinned: this.pinned };
  }

  /** A step that can be undone. */
  apply(state, pinned = this.pinned, kind = "step") {
    const next = tidy(state);
    if (same(next, this.state) && same(pinned, this.pinned) && !this.#before) return;
    const before = this.#before ?? this.#snapshot();
    this.#before = null;
    if (!same(before, { state: next, pinned })) {
      this.#undo.push(before);
      this.#undo.splice(0, this.#undo.length - MOST);
      this.#redo = [];
    }
    [this.state, this.pinned] = [next, pinned];
    this.#tell(kind);
  }

  /** A part of a drag: shown at once, one step of undo when it is finished. */
  move(state) {
    this.#before ??= this.#snapshot();
    this.state = tidy(state);
    this.#tell("move");
  }

  with(path, value) {
    return { ...this.state, set: { ...this.state.set, [path]: value } };
  }

  without(path) {
    const { [path]: _, ...set } = this.state.set ?? {};
    return { ...this.state, set };
  }

  switched(name, on) {
    const others = (this.state.changes ?? []).filter((each) => each !== name);
    return { ...this.state, changes: on ? [...others, name] : others };
  }

  get canUndo() {
    return this.#undo.length > 0;
  }

  get canRedo() {
    return this.#redo.length > 0;
  }

  undo() {
    this.#swap(this.#undo, this.#redo);
  }

  redo() {
    this.#swap(this.#redo, this.#undo);
  }

  #swap(from, to) {
    if (!from.length) return;
    to.push(this.#snapshot());
    ({ state: this.state, pinned: this.pinned } = from.pop());
    this.#tell("undo");
  }
}
