// The clock: where in the data we are, as a pure function of one setting and the wall. The only place that knows dates.

/**
 * @typedef {object} Clock
 * @property {number} at       seconds of data (from the dataset's origin) at the moment `wall`
 * @property {number} wall     milliseconds: performance.timeOrigin + performance.now()
 * @property {number} speed    seconds of data a second; negative runs backwards
 * @property {boolean} playing
 * @property {[number, number]|null} loop  window to repeat
 */

/** Every move is shown for at least this long, whatever the speed (seconds of the viewer's time). */
export const LEAST_SECONDS_ON_SCREEN = 0.3;

/** A day, in seconds of data. */
export const DAY = 86400;

/** @returns {number} milliseconds that page and worker agree on */
export function wallNow() { return performance.timeOrigin + performance.now(); }

/**
 * The instant shown at `wall`.
 * @param {Clock} clock @param {number} wall @param {[number, number]} span  first and last second of the data
 */
export function clockAt(clock, wall, span) {
  const t = clock.playing ? clock.at + ((wall - clock.wall) / 1000) * clock.speed : clock.at;
  const { loop } = clock;
  if (clock.playing && loop && loop[1] > loop[0]) {
    const length = loop[1] - loop[0];
    return loop[0] + ((((t - loop[0]) % length) + length) % length);
  }
  return Math.min(span[1], Math.max(span[0], t));
}

/**
 * Has a playing clock reached the end (or, backwards, the beginning)?
 * @param {Clock} clock @param {number} wall @param {[number, number]} span
 */
export function hasEnded(clock, wall, span) {
  if (!clock.playing || (clock.loop && clock.loop[1] > clock.loop[0])) return false;
  const t = clockAt(clock, wall, span);
  return clock.speed > 0 ? t >= span[1] : clock.speed < 0 && t <= span[0];
}

/**
 * The least time that a move takes on screen, in whole seconds of data. It depends on the speed alone.
 * @param {number} speed
 */
export function hopSeconds(speed) { return Math.max(1, Math.round(LEAST_SECONDS_ON_SCREEN * Math.abs(speed))); }

/** @param {string} origin ISO 8601 @param {number} t seconds from origin @returns {Date} */
export function toDate(origin, t) { return new Date(Date.parse(origin) + t * 1000); }

/** @param {string} origin @param {number} t @returns {string} ISO 8601, whole seconds */
export function toISO(origin, t) { return toDate(origin, t).toISOString().replace(/\.\d+Z$/, "Z"); }

/**
 * Seconds from origin of an ISO date or instant; one without a zone is taken as UTC, as the data are.
 * @param {string} origin @param {string} iso @returns {number} NaN where it is not a date
 */
export function fromISO(origin, iso) {
  const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/.test(iso) || !iso.includes("T") ? iso : `${iso}Z`;
  return (Date.parse(zoned) - Date.parse(origin)) / 1000;
}

/**
 * Calendar year of each instant (UTC). A table of year starts, so that a million rows need no Date.
 * @param {string} origin @param {Int32Array} times @returns {Int16Array}
 */
export function yearsOf(origin, times) {
  let low = 0, high = 0;
  for (let i = 0; i < times.length; i++) { low = Math.min(low, times[i]); high = Math.max(high, times[i]); }
  const from = toDate(origin, low).getUTCFullYear();
  /** @type {number[]} */
  const starts = [];
  for (let y = from; y <= toDate(origin, high).getUTCFullYear() + 1; y++) starts.push((Date.UTC(y, 0, 1) - Date.parse(origin)) / 1000);
  const years = new Int16Array(times.length);
  let k = 0; // journeys come in order of start, so the year is nearly always that of the row before
  for (let i = 0; i < times.length; i++) {
    while (k > 0 && times[i] < starts[k]) k--;
    while (times[i] >= starts[k + 1]) k++;
    years[i] = from + k;
  }
  return years;
}
