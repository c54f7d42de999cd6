// What the head of the page says: which journeys are shown, how many, the date, and what was going on then.

import { utcFormat } from "d3-time-format";
import { DAY, toDate } from "./clock.js";
import { phrase } from "./behindpanel.js";
import { parse } from "./cohort.js";
import { byId } from "./element.js";
import { count, plural } from "./words.js";

const longDate = utcFormat("%-d %B %Y");
const shortDate = utcFormat("%-d %b %Y");

/** @typedef {import("./periodspanel.js").Period} Period */

/** @param {Date} date */
export const sayDate = (date) => longDate(date);

/** @param {string} iso */
export const sayIso = (iso) => shortDate(new Date(iso));

/**
 * The periods in force on a day, and which day of each it is. @param {Period[]} periods @param {string} today  ISO 8601
 * @returns {{words: string, inspection: boolean}}
 */
export function inForceOn(periods, today) {
  const inForce = periods.filter((period) => period.from <= today && today <= period.to);
  const dayOf = (/** @type {string} */ from) => 1 + Math.round((Date.parse(today) - Date.parse(from)) / 864e5);
  return {
    words: inForce.map((period) => `${period.label}, day ${dayOf(period.from)}`).join(" · "),
    inspection: inForce.some((period) => period.kind === "inspection"),
  };
}

/**
 * @param {{origin: string, facets: any[]}} dataset
 * @param {ReturnType<typeof import("./state.js").createStore>} store
 * @param {() => Period[]} periods
 */
export function createHeadline(dataset, store, periods) {
  let shown = "";

  /** The shown instant in words. @param {number} t */
  const say = (t) => (store.get().together ? `day ${count(Math.floor(t / DAY))}` : longDate(toDate(dataset.origin, t)));

  /** The cohort in words, or why it is none. */
  const sentence = () => {
    try { return parse(store.get().cohort, dataset.facets).sentence(); } catch (error) { return /** @type {Error} */ (error).message; }
  };

  /** @param {number} t */
  function showPeriods(t) {
    const today = toDate(dataset.origin, t).toISOString().slice(0, 10);
    const { words, inspection } = inForceOn(store.get().together ? [] : periods(), today);
    byId("in-force").classList.toggle("quiet", !inspection);
    byId("in-force").textContent = words;
  }

  return {
    say,
    sentence,
    /** Only what changed is written: it is asked at every frame. @param {number} t */
    showTime(t) {
      const written = say(t);
      if (written === shown) return;
      shown = written;
      byId("date").textContent = written.replace(/^day/, "Day");
      showPeriods(t);
    },
    /** The periods or the kind of time have changed, so that the same date must be written again. */
    forget() { shown = ""; },
    /** @param {string} title */
    showTitle(title) { byId("title").textContent = title; },
    /** @param {import("./behind.js").Behind | null} [behind]  the figure whose journeys are shown */
    showSentence(behind = null) {
      byId("sentence").textContent = behind ? phrase(behind) : sentence();
      byId("clear").hidden = !store.get().cohort && !store.get().behind;
      byId("open-behind").hidden = !store.get().behind;
    },
    /** @param {{journeys: number, of: number}} counts */
    showCounts({ journeys, of }) {
      const { cohort, behind } = store.get();
      byId("journeys").textContent = cohort || behind ? `· ${count(journeys)} journeys of ${count(of)}` : `· ${plural(of, "journey")}`;
      if (behind) byId("spoken").textContent = `${byId("sentence").textContent}: ${plural(journeys, "journey")}`;
      else if (cohort) byId("spoken").textContent = `${sentence()}: ${plural(journeys, "journey")}`;
    },
    /** How many findings there are, where that is known. @param {number | null} n */
    showFindings(n) { byId("open-findings").textContent = n ? plural(n, "finding") : "findings"; },
    /** A cohort that is none: what is wrong with it, in place of the sentence. @param {string} message */
    showRefusal(message) {
      byId("journeys").textContent = "· nothing is filtered";
      byId("sentence").textContent = message;
    },
  };
}
