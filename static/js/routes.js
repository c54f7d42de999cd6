// From map to pixels. A route is sampled once for the view in force, lane by lane, into a table of pixel addresses:
// a dot's place is then one multiplication and one look-up, however the route bends.

import { LANES, oppositeRoutes } from "./legs.js";

/** @typedef {import("./types.js").Point} Point */
/** @typedef {import("./types.js").View} View */

/** Blank pixels around the picture, so that a dot at the edge needs no test. Also where dots out of sight are put. */
export const MARGIN = 32;
/** How far lanes spread from the middle of a line, in map units: both sides; the right-hand side alone; a thin stub or way back. */
const SPREADS = { both: [-7, 7], right: [1, 9], thin: [-3.5, 3.5] };
/** A dot leaves its station's centre and reaches its lane within so many map units. */
const TAPER = 16;
const MOST_STEPS = 2048;

/**
 * @typedef {object} Path   a route resampled at even distance, in map units
 * @property {number} length
 * @property {Float32Array} x
 * @property {Float32Array} y
 * @property {Float32Array} side  direction to the right of travel: x, y, x, y, …
 *
 * @typedef {object} Raster   how the picture lies in memory
 * @property {number} width   device pixels shown
 * @property {number} height
 * @property {number} stride  pixels in a row of memory, margins included
 * @property {number} rows
 * @property {number} hidden  spot for what is out of sight (in the margin)
 *
 * @typedef {object} Sampled  spots of every track
 * @property {Uint32Array} spot   pixel address × 16 + quarter of a pixel across × 4 + quarter down
 * @property {Int32Array} base    of each track: where its spots begin; -1 = not drawn
 * @property {Int32Array} steps   of each track: spots a lane, less one; 0 = a single place
 */

/** @param {View} view @returns {Raster} */
export function rasterOf({ width, height, dpr }) {
  const w = Math.max(1, Math.round(width * dpr)),
    h = Math.max(1, Math.round(height * dpr));
  const stride = w + 2 * MARGIN;
  return { width: w, height: h, stride, rows: h + 2 * MARGIN, hidden: ((MARGIN >> 1) * stride + (MARGIN >> 1)) * 16 };
}

/**
 * The spot of a point in device pixels (picture's left top = 0, 0).
 * @param {Raster} raster @param {number} px @param {number} py
 */
export function spotAt(raster, px, py) {
  const reach = MARGIN >> 1;
  if (!(px > -reach && py > -reach && px < raster.width + reach && py < raster.height + reach)) return raster.hidden;
  const x = Math.round((px + MARGIN) * 4),
    y = Math.round((py + MARGIN) * 4);
  return ((y >> 2) * raster.stride + (x >> 2)) * 16 + (x & 3) * 4 + (y & 3);
}

/** @param {Raster} raster @param {number} spot @returns {[number, number]} device pixels */
export function placeOf(raster, spot) {
  const at = Math.floor(spot / 16);
  return [(at % raster.stride) + ((spot >> 2) & 3) / 4 - MARGIN, Math.floor(at / raster.stride) + (spot & 3) / 4 - MARGIN];
}

/**
 * Resamples a polyline at about `step` units and gives each sample the direction to its right.
 * @param {Point[]} points @param {number} [step] @returns {Path}
 */
export function makePath(points, step = 2) {
  const along = [0];
  for (let i = 1; i < points.length; i++)
    along.push(along[i - 1] + Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]));
  const length = along[along.length - 1];
  const n = Math.max(2, Math.ceil(length / step) + 1);
  const x = new Float32Array(n),
    y = new Float32Array(n),
    side = new Float32Array(2 * n);
  for (let i = 0, p = 0; i < n; i++) {
    const d = (length * i) / (n - 1);
    while (p < points.length - 2 && along[p + 1] < d) p++;
    const [a, b] = [points[p], points[Math.min(p + 1, points.length - 1)]];
    const part = along[p + 1] > along[p] ? (d - along[p]) / (along[p + 1] - along[p]) : 0;
    x[i] = a[0] + (b[0] - a[0]) * part;
    y[i] = a[1] + (b[1] - a[1]) * part;
  }
  for (let i = 0; i < n; i++) {
    const a = Math.max(0, i - 1),
      b = Math.min(n - 1, i + 1);
    const dx = x[b] - x[a],
      dy = y[b] - y[a],
      size = Math.hypot(dx, dy) || 1;
    side[2 * i] = -dy / size;
    side[2 * i + 1] = dx / size; // y grows downwards, so this is the right hand
  }
  return { length, x, y, side };
}

/** @typedef {keyof typeof SPREADS} Spread */

/**
 * Sideways distance of each lane from the middle of the line, in map units; to the right is positive.
 * @param {Spread} spread
 */
export function laneOffsets(spread) {
  const [low, high] = SPREADS[spread];
  return Float32Array.from({ length: LANES }, (_, lane) => low + ((high - low) * (lane + 0.5)) / LANES);
}

/**
 * The paths of every moving track: dataset routes, then (after the stations, which have none) the ways back.
 * @param {import("./types.js").Geometry} geometry
 * @param {{routes: number, stations: number, returns: number, all: number}} tracks
 * @returns {{paths: (Path|null)[], spreads: Spread[]}}
 */
export function pathsOf(geometry, tracks) {
  /** @type {(Path|null)[]} */
  const paths = new Array(tracks.all).fill(null);
  /** @type {Spread[]} */
  const spreads = new Array(tracks.all).fill("both");
  const twoWay = oppositeRoutes(geometry.routes);
  const drawn = (/** @type {import("./types.js").RouteShape|undefined} */ r) => (r && r.points.length > 1 ? makePath(r.points) : null);
  for (let r = 0; r < tracks.routes; r++) {
    paths[r] = drawn(geometry.routes[r]);
    spreads[r] = geometry.routes[r]?.how === "stub" ? "thin" : twoWay[r] ? "right" : "both";
  }
  for (let r = 0; r < tracks.returns; r++) {
    const track = tracks.routes + tracks.stations + r;
    paths[track] = drawn(geometry.returns?.[r]);
    spreads[track] = "thin";
  }
  return { paths, spreads };
}

/** @param {Path} path @param {number} scale device pixels a unit @param {number} density samples a pixel */
function stepsOf(path, scale, density) {
  return Math.max(8, Math.min(MOST_STEPS, Math.ceil(path.length * scale * density)));
}

/**
 * Samples every path for a view.
 * @param {{paths: (Path|null)[], spreads: Spread[]}} shape @param {View} view @param {Raster} raster
 * @param {number} [density] samples a device pixel
 * @returns {Sampled}
 */
export function sample({ paths, spreads }, view, raster, density = 1) {
  const scale = view.k * view.dpr;
  const base = new Int32Array(paths.length).fill(-1),
    steps = new Int32Array(paths.length);
  let total = 0;
  paths.forEach((path, track) => {
    if (!path) return;
    base[track] = total;
    steps[track] = stepsOf(path, scale, density);
    total += (steps[track] + 1) * LANES;
  });
  const spot = new Uint32Array(total);
  const offsets = { both: laneOffsets("both"), right: laneOffsets("right"), thin: laneOffsets("thin") };
  paths.forEach((path, track) => {
    if (path)
      samplePath(
        path,
        offsets[spreads[track]],
        steps[track],
        spot,
        base[track],
        { scale, x: view.x * view.dpr, y: view.y * view.dpr },
        raster,
      );
  });
  return { spot, base, steps };
}

/**
 * @param {Path} path @param {Float32Array} offsets @param {number} steps @param {Uint32Array} spot @param {number} base
 * @param {{scale: number, x: number, y: number}} to @param {Raster} raster
 */
function samplePath(path, offsets, steps, spot, base, to, raster) {
  const points = path.x.length - 1,
    reach = MARGIN >> 1;
  const { stride, hidden } = raster;
  const right = raster.width + reach,
    bottom = raster.height + reach;
  for (let s = 0; s <= steps; s++) {
    const at = (s / steps) * points,
      i = Math.min(points - 1, Math.floor(at)),
      part = at - i;
    const x = (path.x[i] + (path.x[i + 1] - path.x[i]) * part) * to.scale + to.x;
    const y = (path.y[i] + (path.y[i + 1] - path.y[i]) * part) * to.scale + to.y;
    const near = Math.min(1, ((Math.min(s, steps - s) / steps) * path.length) / TAPER);
    const swing = near * near * (3 - 2 * near) * to.scale;
    const sx = (path.side[2 * i] + (path.side[2 * i + 2] - path.side[2 * i]) * part) * swing;
    const sy = (path.side[2 * i + 1] + (path.side[2 * i + 3] - path.side[2 * i + 1]) * part) * swing;
    for (let lane = 0, here = base + s; lane < LANES; lane++, here += steps + 1) {
      const px = x + sx * offsets[lane],
        py = y + sy * offsets[lane];
      if (px > -reach && py > -reach && px < right && py < bottom) {
        const qx = ((px + MARGIN) * 4 + 0.5) | 0,
          qy = ((py + MARGIN) * 4 + 0.5) | 0;
        spot[here] = ((qy >> 2) * stride + (qx >> 2)) * 16 + (qx & 3) * 4 + (qy & 3);
      } else spot[here] = hidden;
    }
  }
}
