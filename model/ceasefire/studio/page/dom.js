// Elements, SVG and words: the small things that every part of the page uses.

const SVG = "http://www.w3.org/2000/svg";

function build(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (["value", "checked", "indeterminate"].includes(name)) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An HTML element with attributes (`onclick` and the like are listeners) and children. */
export const el = (tag, attributes, ...children) => build(document.createElement(tag), attributes, children);
/** An SVG element. */
export const svg = (tag, attributes, ...children) => build(document.createElementNS(SVG, tag), attributes, children);
export const byId = (id) => document.getElementById(id);
export const button = (text, onclick, attributes) => el("button", { type: "button", onclick, ...attributes }, text);

let made = 0;
export const freshId = (stem) => `${stem}-${++made}`;

/** Put children in place of what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A table: columns are `[heading, right-aligned?]`; the first cell of each row heads it. */
export function table(caption, columns, rows, attributes) {
  const side = (index) => (columns[index]?.[1] ? { class: "figure" } : {});
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    el("table", attributes,
      el("caption", {}, caption),
      el("thead", {}, el("tr", {}, columns.map(([title], index) => el("th", { scope: "col", ...side(index) }, title)))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell, index) =>
        el(index ? "td" : "th", { ...(index ? {} : { scope: "row" }), ...side(index) }, cell ?? "")))))));
}

/** A closed part that is made when it is first opened. */
export function later(title, make, attributes) {
  const body = el("div", { class: "later" });
  const part = el("details", attributes, el("summary", {}, title), body);
  part.addEventListener("toggle", () => part.open && !body.firstChild && fill(body, make()));
  return part;
}

// ------------------------------------------------------------------------------------------------ words

const GROUPED = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
/** To the next whole number, halves to the even one, as the tables of the command line do. */
const rounded = (number) => (Math.abs(number % 1) === 0.5 ? 2 * Math.round(number / 2) : Math.round(number));
export const whole = (number) => GROUPED.format(rounded(number)).replace("-", "−");

/** A share in whole per cent; never 0 or 100 for a share that is not. */
export function percent(share) {
  if (share > 0 && share < 0.01) return "<1 %";
  if (share > 0.99 && share < 1) return ">99 %";
  return `${rounded(Number((share * 100).toFixed(6)))} %`;
}
export function percents(low, high) {
  const [from, to] = [percent(low), percent(high)];
  return from === to ? from : `${/[<>]/.test(from + to) ? from : from.replace(" %", "")} to ${to}`;
}
export const days = (number) => (Math.abs(number) >= 9.95 || !number ? whole(number) : number.toFixed(1).replace("-", "−"));
export const signed = (number, write = days) => (write(number).match(/[1-9]/) ? (number > 0 ? "+" : "") + write(number) : "0");
export const count = (number, one, more = one + "s") => `${whole(number)} ${Math.round(number) === 1 ? one : more}`;

/** A number as short as it can be. */
export function short(number) {
  if (number === null || number === undefined) return "none";
  if (typeof number !== "number") return typeof number === "object" ? JSON.stringify(number) : String(number);
  return Math.abs(number) >= 1000 ? whole(number) : String(Number(number.toPrecision(6))).replace("-", "−");
}

/** Seconds as people say them. */
export function time(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** The date of a day after the start. */
export function dateOf(start, day) {
  const date = new Date(`${start}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + day);
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Copy a text and say so on the button. */
export async function copy(text, pressed) {
  const before = pressed.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { value: text, class: "aside" });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    pressed.focus();
  }
  pressed.textContent = "Copied";
  setTimeout(() => (pressed.textContent = before), 1500);
}
