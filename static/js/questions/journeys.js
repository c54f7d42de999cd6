// From a figure to the journeys that it counts: the audit list of one count of one row of a measure's table.

/**
 * Shows the journeys behind a figure. Every mark of a chart and every count of a table comes here.
 * @param {Pick<import("../api.js").Api, "url">} api @param {string} measure
 * @param {string} query how the measure is asked, and the filter, as its address has them
 * @param {string} row labels of the row, joined by | (rowOf) @param {string} count the column
 */
export function showJourneys(api, measure, query, row, count) {
  open(api.url(`/${measure}/journeys`, { row, count }, query), "_blank", "noopener");
}
