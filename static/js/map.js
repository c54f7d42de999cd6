// The map as SVG: lines and stubs under the dots, stations and names over them. Drawn once for a geometry;
// after that only counts, rings and the zoom change.

import { select } from "d3-selection";
import { zoom, zoomIdentity } from "d3-zoom";
import { arc } from "d3-shape";
import { growthOfNames } from "./growth.js";
import { count as countWords } from "./words.js";

/**
 * @typedef {{x: number, y: number, anchor: string, lines: string[]}} LabelPlace
 * @typedef {{index: number, id: string, label: string, kind: "station"|"exit", x: number|null, y: number|null, r: number, zone: string, label_at: LabelPlace}} Place
 * @typedef {{exit: number, at: number, x: number, y: number, d: string, bar: [number, number][], label: string, label_at: LabelPlace}} Stub
 * @typedef {object} Geometry
 * @property {[number, number, number, number]} bounds
 * @property {Place[]} stations
 * @property {Stub[]} stubs
 * @property {{id: string, label: string, colour: string, d: string[]}[]} lines
 * @property {{from: number, to: number, d: string}[]} links
 * @property {{id: string, label: string, x0: number, x1: number}[]} zones
 * @property {{label: string, d: string, label_at: LabelPlace} | null} loop
 * @property {{from: number, to: number, how: string, points: [number, number][]}[]} routes
 */

/** Four digits go into a circle without a comma; more are made smaller. @param {number} figure @param {number} r */
const fitting = (figure, r) => (String(figure).length > 4 ? `scale(${((2 * r - 5) / (String(figure).length * 7.9)).toFixed(3)})` : null);

/** Below this scale names are hard to read; a narrow window shows part of the map and pans instead. */
const LEAST_SCALE = 0.6;
/** Where the whole map is wanted however small, circles and names grow against the map up to this, and lesser names go. */
const MOST_GROWTH = 1.5;
const MARGIN = 14;

/**
 * @param {HTMLElement} stage
 * @param {{onStation: (id: string) => void, onView: (view: {k: number, x: number, y: number}, byHand: boolean) => void, onEmpty: (x: number, y: number) => void}} on
 * @param {{whole?: boolean}} [options]  whole: the whole map is shown, however small
 */
export function createMap(stage, on, { whole: always = false } = {}) {
  const under = select(stage).select(".under");
  const over = select(stage).select(".over");
  const ground = under.append("g");
  const top = over.append("g");
  const ring = arc();
  /** @type {Geometry} */ let geometry;
  /** @type {any} */ let stations;
  let fitted = true;
  let growth = 1;
  let roomForNames = 1;
  /** @type {any} */ let names;
  let view = { k: 1, x: 0, y: 0 };
  /** @type {string[]} */ const shown = [];

  const zoomer = /** @type {any} */ (zoom())
    .filter((/** @type {any} */ event) => !event.button && !event.target.closest?.(".moving .station"))
    .on("zoom", (/** @type {any} */ { transform, sourceEvent }) => {
      if (sourceEvent) fitted = false;
      view = { k: transform.k, x: transform.x, y: transform.y };
      grow(transform.k);
      ground.attr("transform", transform);
      top.attr("transform", transform);
      on.onView(view, Boolean(sourceEvent));
    });
  const frame = select(stage).call(zoomer).on("dblclick.zoom", null);
  frame.on("click", (/** @type {any} */ event) => {
    if (event.defaultPrevented || event.target.closest?.(".station")) return;
    const box = stage.getBoundingClientRect();
    on.onEmpty(event.clientX - box.left, event.clientY - box.top);
  });

  /** Circles and names keep a size that can be read, where the whole map is small. @param {number} k */
  function grow(k) {
    const next = always ? Math.round(20 * Math.max(1, Math.min(MOST_GROWTH, LEAST_SCALE / k))) / 20 : 1;
    if (next === growth) return;
    growth = next;
    if (stations) showGrowth();
  }

  function showGrowth() {
    const about = (/** @type {Place} */ { x, y }, /** @type {number} */ by) => `translate(${x},${y})scale(${by})`;
    stage.classList.toggle("small", growth > 1.15);
    stations.attr("transform", (/** @type {Place} */ d) => about(d, growth));
    names.attr("transform", (/** @type {Place} */ d) => `${about(d, Math.min(growth, roomForNames))}translate(${-Number(d.x)},${-Number(d.y)})`);
  }

  function fit() {
    if (!geometry) return;
    const { clientWidth: width, clientHeight: height } = stage;
    const [x0, y0, x1, y1] = geometry.bounds;
    const whole = Math.min((width - 2 * MARGIN) / (x1 - x0), (height - 2 * MARGIN) / (y1 - y0));
    const k = Math.max(always ? 0 : LEAST_SCALE, Math.min(whole, 2.4));
    zoomer.scaleExtent([Math.min(whole, k), 8]).translateExtent([[x0 - 60, y0 - 60], [x1 + 60, y1 + 60]]);
    // What does not fit starts at its left edge: that is where journeys start.
    const x = k * (x1 - x0) <= width ? (width - k * (x1 - x0)) / 2 - k * x0 : MARGIN - k * x0;
    const y = (height - k * (y1 - y0)) * (always ? 0.3 : 0.5) - k * y0; // under a head of its own it keeps near to it
    frame.call(zoomer.transform, zoomIdentity.translate(x, y).scale(k));
    fitted = true;
  }
  new ResizeObserver(() => {
    for (const layer of [under, over]) layer.attr("viewBox", `0 0 ${stage.clientWidth} ${stage.clientHeight}`);
    if (fitted) fit(); else on.onView(view, false);
  }).observe(stage);

  /** @param {any} group @param {LabelPlace} place @param {string} kind */
  function label(group, place, kind) {
    const text = group.append("text").attr("class", kind).attr("x", place.x).attr("y", place.y).attr("text-anchor", place.anchor);
    place.lines.forEach((line, i) => text.attr("aria-hidden", "true").append("tspan").attr("x", place.x).attr("dy", i ? "1.2em" : 0).text(line));
    return text;
  }

  function drawGround() {
    ground.selectAll("*").remove();
    const [, y0, , y1] = geometry.bounds;
    geometry.zones.forEach((zone, i) => {
      if (i) ground.append("line").attr("class", "zone-rule").attr("x1", zone.x0).attr("x2", zone.x0).attr("y1", y0).attr("y2", y1);
      ground.append("text").attr("class", "zone-label").attr("x", zone.x0 + (i ? 12 : 0)).attr("y", y0 + 12).text(zone.label);
    });
    if (geometry.loop) ground.append("path").attr("class", "loop").attr("d", geometry.loop.d).each(arrows);
    for (const link of geometry.links) ground.append("path").attr("class", "link-line").attr("d", link.d);
    for (const line of geometry.lines) {
      ground.append("g").attr("role", "presentation").selectAll("path").data(line.d).join("path")
        .attr("class", "line").attr("data-colour", line.colour).attr("d", (d) => d);
    }
    for (const stub of geometry.stubs) {
      ground.append("path").attr("class", "stub").attr("d", stub.d);
      const [[ax, ay], [bx, by]] = stub.bar;
      ground.append("line").attr("class", "stub-bar").attr("x1", ax).attr("y1", ay).attr("x2", bx).attr("y2", by);
    }
  }

  /** Chevrons say which way the re-referral loop runs. @this {SVGPathElement} */
  function arrows() {
    const length = this.getTotalLength();
    const step = 190;
    for (let at = step; at < length - step / 2; at += step) {
      const a = this.getPointAtLength(at - 2);
      const b = this.getPointAtLength(at + 2);
      const turn = (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI;
      ground.append("path").attr("class", "loop-arrow").attr("d", "M-3,-4L2,0L-3,4")
        .attr("transform", `translate(${(a.x + b.x) / 2},${(a.y + b.y) / 2})rotate(${turn})`);
    }
  }

  function drawStations() {
    top.selectAll("*").remove();
    for (const stub of geometry.stubs) label(top, stub.label_at, "stub-label");
    if (geometry.loop) label(top, geometry.loop.label_at, "loop-label");
    const placed = geometry.stations.filter((place) => place.x !== null);
    stations = top.selectAll("g.station").data(placed, (/** @type {any} */ d) => d.id).join("g")
      .attr("class", (d) => `station station-${d.kind}`).attr("data-id", (d) => d.id)
      .attr("tabindex", 0).attr("role", "button").attr("aria-label", (d) => d.label)
      .attr("transform", (d) => `translate(${d.x},${d.y})`)
      .on("click", (event, d) => { if (!event.defaultPrevented) on.onStation(d.id); })
      .on("keydown", (event, d) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); on.onStation(d.id); } });
    stations.append("circle").attr("class", "halo").attr("r", (/** @type {Place} */ d) => d.r + 6);
    stations.append("circle").attr("class", "disc").attr("r", (/** @type {Place} */ d) => (d.kind === "exit" ? d.r * 0.55 : d.r));
    stations.append("path").attr("class", "late");
    placed.forEach((place) => label(top, place.label_at, "map-label").datum(place));
    names = top.selectAll(".map-label");
    // A circle holds who is here now; an exit's figure is who left there so far, and stands under its name.
    stations.append("text").attr("class", "count").attr("aria-hidden", "true")
      .attr("dy", (/** @type {Place} */ d) => (d.kind === "exit" ? 0 : "0.35em"))
      .attr("x", (/** @type {Place} */ d) => (d.kind === "exit" ? d.label_at.x - /** @type {number} */ (d.x) : 0))
      .attr("y", (/** @type {Place} */ d) => (d.kind === "exit" ? d.label_at.y - /** @type {number} */ (d.y) + 16.8 * d.label_at.lines.length : 0))
      .style("text-anchor", (/** @type {Place} */ d) => (d.kind === "exit" ? d.label_at.anchor : null));
    shown.length = 0;
    if (!always) return;
    roomForNames = growthOfNames(placed.map((place, i) => {
      const { x, y, width, height } = names.nodes()[i].getBBox();
      return { x, y, width, height, of: { x: Number(place.x), y: Number(place.y), r: place.r } };
    }), MOST_GROWTH, MOST_GROWTH);
    showGrowth();
  }

  return {
    /** @param {Geometry} next @param {boolean} [keepView] */
    draw(next, keepView = false) {
      geometry = next;
      over.attr("aria-label", "Stations of the map");
      drawGround();
      drawStations();
      if (!keepView) fit();
    },
    fit,
    /** The whole map again, unless a person has chosen another part of it. */
    refit() { if (fitted) fit(); },
    /** @param {number} factor */
    zoomBy(factor) { fitted = false; frame.call(zoomer.scaleBy, factor); },
    view: () => view,
    /** The same part of the map as beside. @param {{k: number, x: number, y: number}} next */
    lookAt({ k, x, y }) { fitted = false; frame.call(zoomer.transform, zoomIdentity.translate(x, y).scale(k)); },
    stations: () => stations,
    /**
     * Exact figures at the shown instant. Only what changed is touched: most stations stand still from one tick to the next.
     * @param {ArrayLike<number>} counts @param {ArrayLike<number>} overdue @param {ArrayLike<number>} through
     */
    count(counts, overdue, through) {
      if (!stations) return;
      stations.each(function (/** @type {Place} */ d) {
        const figure = d.kind === "exit" ? through[d.index] : counts[d.index];
        const late = d.kind === "exit" || !figure ? 0 : Math.round((48 * overdue[d.index]) / figure) / 48;
        const key = `${figure}/${late}`;
        if (shown[d.index] === key) return;
        shown[d.index] = key;
        // @ts-ignore the group this runs on
        const group = select(this);
        const roomy = d.kind === "exit" ? null : fitting(figure, d.r);
        group.select(".count").text(d.kind === "exit" ? countWords(figure) : String(figure)).attr("transform", roomy);
        group.select(".late").attr("d", late ? ring({ innerRadius: d.r - 2.6, outerRadius: d.r + 2.6, startAngle: 0, endAngle: 2 * Math.PI * late }) : null);
      });
    },
    /** Figures that are not known at the shown instant. */
    blank() {
      if (!stations) return;
      shown.length = 0;
      stations.select(".count").text("–").attr("transform", null);
      stations.select(".late").attr("d", null);
    },
    /** What a screen reader says of each station; said when the clock stands, not ten times a second. */
    describe(/** @type {(place: Place) => string} */ sentence) { stations?.attr("aria-label", sentence); },
    /** Stations to look at. @param {string[]} ids */
    mark(ids) { stations?.classed("marked", (/** @type {Place} */ d) => ids.includes(d.id)); },
    /** @param {string} id */
    open(id) { stations?.classed("open", (/** @type {Place} */ d) => d.id === id).attr("aria-pressed", (/** @type {Place} */ d) => String(d.id === id)); },
    /** @param {string} id */
    focus(id) { stations?.filter((/** @type {Place} */ d) => d.id === id).node()?.focus(); },
  };
}
