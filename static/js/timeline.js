// The whole span at a glance: how many journeys are open, how many arrive, what was going on; and the clock's place in it.
// Drag on the curve to seek; drag on the strip above it to choose a stretch that repeats.

import { select, pointer } from "d3-selection";
import { scaleLinear, scaleUtc } from "d3-scale";
import { axisBottom } from "d3-axis";
import { area, line, curveMonotoneX } from "d3-shape";
import { brushX } from "d3-brush";
import { drag } from "d3-drag";
import { max } from "d3-array";
import { utcFormat } from "d3-time-format";
import { utcMonth, utcYear } from "d3-time";
import { DAY } from "./clock.js";
import { count, dayNumber } from "./words.js";

const STRIP = 12;
const BASE = 80;
const TOP = 34;
/** Between the bands of one side and the other's, where two are compared. */
const MIDDLE = 46;

/** @typedef {{label: string, kind: string, from: number, to: number, half?: "upper"|"lower"}} Band  seconds */

/** @param {Date} date */
const tick = (date) => (utcYear(date) < date && utcMonth(date) <= date ? utcFormat("%b") : utcFormat("%Y"))(date);

/**
 * @param {HTMLElement} root
 * @param {{onSeek: (seconds: number) => void, onLoop: (window: [number, number] | null) => void, say: (seconds: number) => string}} on
 */
export function createTimeline(root, on) {
  const svg = select(root).append("svg").attr("aria-hidden", "true").attr("focusable", "false");
  const ground = svg.append("g");
  const brushed = svg.append("g").attr("class", "brush");
  const head = document.createElement("div");
  head.className = "playhead";
  const knob = document.createElement("span");
  for (const [key, value] of Object.entries({ role: "slider", tabindex: "0", "aria-label": "Time", "aria-valuemin": "0", "aria-valuenow": "0" })) knob.setAttribute(key, value);
  head.append(knob);
  root.append(head);

  let first = 0;
  let span = 1;
  let origin = 0;
  let together = false;
  /** @type {{start: number[], stock: number[], arrivals: number[]} | null} */ let series = null;
  /** A second curve over the first. @type {{start: number[], stock: number[]} | null} */ let beside = null;
  let what = "open journeys";
  /** @type {Band[]} */ let periods = [];
  /** @type {[number, number] | null} */ let loop = null;
  /** @type {any} */ let x = scaleLinear();
  let width = 0;
  let shownAt = NaN;

  /** @param {number} seconds */
  const place = (seconds) => x(together ? seconds / DAY : new Date((origin + seconds) * 1000));
  /** @param {number} px */
  const secondsAt = (px) => Math.max(first, Math.min(span, together ? x.invert(px) * DAY : x.invert(px).getTime() / 1000 - origin));

  const brush = /** @type {any} */ (brushX()).on("end", (/** @type {any} */ event) => {
    if (!event.sourceEvent) return;
    on.onLoop(event.selection ? [secondsAt(event.selection[0]), secondsAt(event.selection[1])] : null);
  });

  const seekTo = (/** @type {any} */ event) => on.onSeek(secondsAt(Math.max(0, Math.min(width, pointer(event.sourceEvent ?? event, root)[0]))));
  const dragging = /** @type {any} */ (drag()).container(root).on("start drag", seekTo);
  select(knob).call(/** @type {any} */ (drag()).container(root).on("drag", seekTo));

  function draw() {
    width = root.clientWidth;
    if (!width || !series) return;
    const { start, stock, arrivals } = series;
    x = together ? scaleLinear([first / DAY, span / DAY], [0, width])
      : scaleUtc([new Date((origin + first) * 1000), new Date((origin + span) * 1000)], [0, width]);
    const y = scaleLinear([0, Math.max(max(stock) ?? 0, max(beside?.stock ?? []) ?? 0) * 1.08 || 1], [BASE, TOP]);
    const bars = scaleLinear([0, (max(arrivals) ?? 1) * 2.6 || 1], [0, BASE - TOP]);
    ground.selectAll("*").remove();
    drawPeriods();
    const index = start.map((_, i) => i);
    const at = (/** @type {number} */ i) => place(start[i]);
    const level = (/** @type {number} */ i) => y(stock[i]);
    const step = start.length > 1 ? at(1) - at(0) : width;
    ground.append("path").attr("class", "area").attr("d", area().x(/** @type {any} */ (at)).y0(BASE).y1(/** @type {any} */ (level)).curve(curveMonotoneX)(/** @type {any} */ (index)));
    if (!beside) ground.append("path").attr("class", "bars").attr("d", index.map((i) => {
      const high = bars(arrivals[i]);
      return `M${at(i).toFixed(1)},${BASE}v${(-high).toFixed(1)}h${Math.max(0.5, step - 0.6).toFixed(1)}V${BASE}Z`;
    }).join(""));
    ground.append("path").attr("class", "curve").attr("d", line().x(/** @type {any} */ (at)).y(/** @type {any} */ (level)).curve(curveMonotoneX)(/** @type {any} */ (index)));
    if (beside) drawBeside(beside, y);
    const axis = together ? axisBottom(x).ticks(Math.max(3, width / 110)).tickFormat((days) => dayNumber(Number(days)))
      : axisBottom(x).ticks(Math.max(3, width / 90)).tickFormat(/** @type {any} */ (tick));
    ground.append("g").attr("class", "axis").attr("transform", `translate(0,${BASE})`).call(/** @type {any} */ (axis).tickSizeOuter(0).tickSize(5));
    const peak = max(stock) ?? 0;
    ground.append("text").attr("class", "caption").attr("x", 4).attr("y", STRIP + 12).text(beside ? what : `${what}, at most ${count(peak)}; bars: arrivals`);
    drawLoop();
    ground.append("rect").attr("class", "overlay").attr("y", STRIP).attr("width", width).attr("height", BASE - STRIP + 20).call(dragging);
    brush.extent([[0, 0], [width, STRIP]]);
    brushed.call(brush);
    brushed.call(brush.move, loop ? [place(loop[0]), place(loop[1])] : null);
    knob.setAttribute("aria-valuemax", String(Math.round(span)));
    const was = shownAt;
    shownAt = NaN;
    move(was);
  }

  /** @param {NonNullable<typeof beside>} second @param {(stock: number) => number} y */
  function drawBeside({ start, stock }, y) {
    const points = start.map((second, i) => /** @type {[number, number]} */ ([place(second), y(stock[i])]));
    ground.append("path").attr("class", "curve beside").attr("d", line().curve(curveMonotoneX)(points));
  }

  /** Bands first; then names, the longest periods' first, where there is room for them. The header says the rest. */
  function drawPeriods() {
    const bands = periods.filter((period) => period.to > first && period.from < span).map((period) => {
      const from = place(Math.max(first, period.from));
      const [top, bottom] = period.half === "upper" ? [STRIP + 2, MIDDLE] : period.half === "lower" ? [MIDDLE, BASE] : [STRIP + 2, BASE];
      return { ...period, x: from, wide: Math.max(2, place(Math.min(span, period.to)) - from), top, high: bottom - top };
    });
    for (const band of bands) {
      ground.append("rect").attr("class", "band").attr("data-kind", band.kind).attr("x", band.x).attr("y", band.top).attr("width", band.wide).attr("height", band.high)
        .append("title").text(band.label);
    }
    const above = /** @type {[number, number][]} */ ([[0, 5.6 * what.length + (beside ? 10 : 170)]]);
    const below = /** @type {[number, number][]} */ ([]);
    const important = (/** @type {{kind: string}} */ band) => (band.kind === "inspection" ? 0 : 1);
    for (const band of bands.sort((a, b) => important(a) - important(b) || b.wide - a.wide)) {
      const taken = band.half === "lower" ? below : above;
      const wide = 6.4 * band.label.length + 8;
      const middle = band.x + band.wide / 2;
      const spots = /** @type {[number, "start"|"middle"|"end"][]} */ ([[band.x + band.wide + 4, "start"], [band.x - 4, "end"], ...(band.wide > wide ? [[middle, "middle"]] : [])]);
      for (const [x0, anchor] of spots.reverse()) {
        const left = anchor === "start" ? x0 : anchor === "end" ? x0 - wide : x0 - wide / 2;
        if (left < 0 || left + wide > width || taken.some(([a, b]) => left < b && left + wide > a)) continue;
        taken.push([left, left + wide]);
        ground.append("text").attr("class", "band-label").attr("data-kind", band.kind).attr("x", x0).attr("y", band.half === "lower" ? BASE - 5 : STRIP + 12).attr("text-anchor", anchor).text(band.label);
        break;
      }
    }
  }

  function drawLoop() {
    if (!loop) return;
    const [from, to] = [place(loop[0]), place(loop[1])];
    for (const [a, b] of [[0, from], [to, width]]) {
      ground.append("rect").attr("class", "loop-shade").attr("x", a).attr("y", STRIP).attr("width", Math.max(0, b - a)).attr("height", BASE - STRIP);
    }
  }

  /** @param {number} seconds */
  function move(seconds) {
    if (!series || !width || seconds === shownAt || Number.isNaN(seconds)) { shownAt = seconds; return; }
    shownAt = seconds;
    head.style.transform = `translateX(${place(seconds).toFixed(2)}px)`;
  }

  new ResizeObserver(draw).observe(root);
  return {
    /** @param {{first?: number, span: number, origin: number, together: boolean}} next  first and last second; origin as Unix seconds */
    setSpan(next) {
      ({ first = 0, span, origin, together } = next);
      knob.setAttribute("aria-valuemin", String(Math.round(first)));
      draw();
    },
    /**
     * @param {NonNullable<typeof series>} next @param {string} [caption] what the curve is of
     * @param {typeof beside} [second]  another curve over it: then the caption says all, and arrivals are left out
     */
    setSeries(next, caption = "open journeys", second = null) { series = next; what = caption; beside = second; draw(); },
    /** @param {typeof periods} next */
    setPeriods(next) { periods = next; draw(); },
    /** @param {typeof loop} next */
    setLoop(next) { loop = next; draw(); },
    move,
    /** Said to assistive technology when the clock stands or is moved by hand. @param {number} seconds */
    describe(seconds) {
      knob.setAttribute("aria-valuenow", String(Math.round(seconds)));
      knob.setAttribute("aria-valuetext", on.say(seconds));
    },
  };
}
