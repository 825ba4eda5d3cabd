// Plots in SVG: axes, step curves, bands, strips. All text keeps its size, because a plot is drawn again when its width changes.

import { el, svg } from "./dom.js";

const STEPS = [1, 2, 5, 7, 10, 14, 30, 60, 90, 180, 365, 730, 1825, 3650];

/** Days at which an axis of so many days is marked, with what stands there. */
export function dayTicks(last, room = 6) {
  const step = STEPS.find((each) => last / each <= room) ?? last;
  const ticks = [];
  for (let day = 0; day <= last; day += step) ticks.push(day);
  const years = step >= 365;
  return ticks.map((day) => [day, years ? (day ? `${Math.round(day / 365)} y` : "0") : String(day)]);
}

/** The days of the table behind a curve. */
export const tableDays = (last) =>
  [...new Set([0, 7, 30, 60, 90, 180, 365, 730, 1095, 1460, 1825, 2555, 3650, last])].filter((day) => day <= last).sort((one, other) => one - other);

export const linear = (from, to, start, end) => (value) => start + ((value - from) / (to - from || 1)) * (end - start);
const point = (number) => Math.round(number * 10) / 10;

/** The path of a step function that keeps ys[i] from xs[i] to xs[i + 1], and the last one to `end`. */
export function steps(xs, ys, x, y, end) {
  let path = "";
  xs.forEach((at, index) => (path += index ? `H${point(x(at))}V${point(y(ys[index]))}` : `M${point(x(at))} ${point(y(ys[index]))}`));
  return `${path}H${point(x(end))}`;
}

/** The area between two step functions over the same xs. */
export function between(xs, lows, highs, x, y, end) {
  let back = `L${point(x(end))} ${point(y(lows.at(-1)))}`;
  for (let index = xs.length - 1; index >= 0; index--) back += `${index < xs.length - 1 ? `V${point(y(lows[index]))}` : ""}H${point(x(xs[index]))}`;
  return `${steps(xs, highs, x, y, end)}${back}Z`;
}

/** Value of a step function at x. */
export function at(xs, ys, x) {
  let index = 0;
  while (index + 1 < xs.length && xs[index + 1] <= x) index++;
  return ys[index];
}

/** A frame that calls `draw(width)`, which gives an SVG, whenever there is another width or `redraw` is called: at once, or with the next frame. */
export function plot(holder, draw) {
  let width = 0;
  let asked = false;
  const drawNow = () => {
    const drawn = width && draw(width);
    if (drawn) holder.replaceChildren(drawn);
  };
  const redraw = (now) => {
    if (now === true) drawNow();
    else if (!asked && width) {
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        drawNow();
      });
    }
  };
  new ResizeObserver(([entry]) => {
    const room = Math.floor(entry.contentRect.width);
    if (room && room !== width) {
      width = room;
      redraw();
    }
  }).observe(holder);
  return redraw;
}

/** The bottom axis in days. */
export function dayAxis(x, last, top, bottom, room) {
  return svg("g", { class: "axis" }, dayTicks(last, room).map(([day, words]) => [
    svg("line", { x1: x(day), x2: x(day), y1: top, y2: bottom, class: "grid" }),
    svg("text", { x: x(day), y: bottom + 16, "text-anchor": "middle" }, words),
  ]));
}

/** Labels at the right ends of curves, moved apart where they would overlap: `[y, text, class]`. */
export function endLabels(labels, x, top, bottom, gap = 15) {
  const placed = labels.map(([y, text, kind]) => ({ y, text, kind })).sort((one, other) => one.y - other.y);
  for (let round = 0; round < 8; round++) {
    placed.forEach((label, index) => {
      if (index && label.y - placed[index - 1].y < gap) {
        const missing = (gap - (label.y - placed[index - 1].y)) / 2;
        placed[index - 1].y -= missing;
        label.y += missing;
      }
      label.y = Math.min(bottom - 2, Math.max(top + 8, label.y));
    });
  }
  return placed.map(({ y, text, kind }) => svg("text", { x, y: y + 4, class: `end ${kind}` }, text));
}

/** A key: coloured marks with their words. */
export const key = (entries) =>
  el("ul", { class: "key" }, entries.map(([kind, words]) => el("li", {}, el("span", { class: `mark ${kind}`, "aria-hidden": "true" }), words)));
