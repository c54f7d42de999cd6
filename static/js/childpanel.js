// One child's journeys, by pseudonym: what was reached and when, and how long each step took.

import { element } from "./element.js";
import { plural, wait } from "./words.js";

/**
 * @param {{pseudonym: string, journeys: {journey: number, visit: number, facets: Record<string, string|number|null>, events: {station: string, label: string, time: string}[]}[]}} child
 * @param {{say: (iso: string) => string, onSeek: (iso: string) => void, onStation: (id: string) => void, labels: Record<string, string>, onBack: (() => void) | null}} how
 * @returns {Node[]}
 */
export function childPanel(child, how) {
  return [
    how.onBack ? element("button.link", { type: "button", "data-key": "back", onclick: how.onBack }, "Back to the list") : new Text(),
    element("p.aside", {}, `Pseudonym ${child.pseudonym}. ${plural(child.journeys.length, "journey")} in this dataset. Only the holder of the key file can say who this is.`),
    ...child.journeys.flatMap((journey) => [
      element("h3", {}, `Visit ${journey.visit + 1}`),
      element("p.aside", {}, Object.entries(journey.facets).filter(([key, value]) => value !== null && !["visit", "entry", "year"].includes(key))
        .map(([key, value]) => `${how.labels[key] ?? key}: ${value}`).join(" · ")),
      element("ol.trail", {}, ...journey.events.map((event, i) => {
        const next = journey.events[i + 1];
        const hours = next ? (Date.parse(next.time) - Date.parse(event.time)) / 3.6e6 : null;
        return element("li", {},
          element("button.link", { type: "button", onclick: () => how.onSeek(event.time), title: "Go to this moment" }, event.label),
          element("time", { datetime: event.time }, how.say(event.time), hours === null ? "" : ` · then ${wait(hours)}`));
      })),
    ]),
  ];
}
