// From a figure to the journeys that it counts: the audit list of one count of one row of a measure's table.

/**
 * The address of the list.
 * @param {Pick<import("../api.js").Api, "url">} api @param {string} measure
 * @param {Record<string, string>} ask how the measure is asked @param {string} cohort
 * @param {string} row labels of the row, joined by | @param {string} count the column
 */
export const journeysAddress = (api, measure, ask, cohort, row, count) => api.url(`/${measure}/journeys`, { ...ask, row, count }, cohort);
