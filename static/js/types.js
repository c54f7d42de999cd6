// The shapes that cross from the server to the engine, as docs/contracts.md has them. Types only: nothing here runs.

/**
 * @typedef {{key: string, label: string, kind: "category"|"number", of: "journey"|"child", values?: string[],
 *   min?: number, max?: number, bands?: [number, number|null, string][], counts?: number[]}} Facet
 *
 * @typedef {{id: string, label: string, source?: string, at: number[], since: number|null, limit: string,
 *   near_share: number, due: number[]}} Timescale
 *
 * @typedef {{id: string, label: string, kind: "station"|"exit", events?: number}} Station
 *
 * @typedef {{from: number, to: number, count?: number, same_day?: number, median_seconds?: number}} Route
 *
 * @typedef {object} DatasetInfo
 * @property {string} origin  ISO 8601: second 0 of every time in the browser
 * @property {string} first
 * @property {string} last
 * @property {Station[]} stations  in index order
 * @property {Route[]} routes      in route index order
 * @property {Facet[]} facets
 * @property {{name?: string, exits: boolean}} map
 * @property {Timescale[]} [timescales]
 *
 * @typedef {[number, number]} Point  map units
 *
 * @typedef {{index: number, x: number|null, y: number|null, r?: number, entry?: boolean, kind?: string,
 *   queue?: {x: number, y: number, dx: number, dy: number}|null}} StationShape
 *
 * @typedef {{from: number, to: number, points: Point[], how?: string, at?: number|null}} RouteShape
 *
 * @typedef {{stations: StationShape[], routes: RouteShape[], returns?: RouteShape[], bounds?: number[]}} Geometry
 *
 * @typedef {{width: number, height: number, dpr: number, k: number, x: number, y: number, theme: "light"|"dark"}} View
 *   CSS pixels: px = k * u + x
 *
 * @typedef {{values: number[]} | {range: [number, number]} | {state: "none"|"ontime"|"near"|"overdue"}} ClassTest
 *   which journeys a colour is for: codes of a category, numbers from-to (both ends in), or how a timescale stands
 *
 * @typedef {{label: string, test: ClassTest, colour: string, cohort?: string}} ColourClass
 *
 * @typedef {{by: string, classes: ColourClass[]}} Colouring
 *
 * @typedef {{frames: number, active: number, at: number, playing: boolean, ended: boolean, span: [number, number],
 *   counts: Int32Array, overdue: Int32Array, through: Int32Array, drawMs: number}} Status
 */

export {};
