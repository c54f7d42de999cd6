// Numbers and spans of time as people write them. No dates here: clock.js alone turns seconds into dates.

const whole = new Intl.NumberFormat("en-GB");
const oneDecimal = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });

/** @param {number} n */
export const count = (n) => whole.format(n);

/** A day counted from day 0, before it with a minus. @param {number} n */
export const dayNumber = (n) => `day ${whole.format(n).replace("-", "−")}`;

/** @param {number} n @param {string} one @param {string} [many] */
export const plural = (n, one, many = `${one}s`) => `${whole.format(n)} ${n === 1 ? one : many}`;

/** @param {number} share 0..1, or null where there is nothing to share */
export const percent = (share) => (share === null || !Number.isFinite(share) ? "–" : `${Math.round(share * 100)}%`);

/** Waits span minutes to years: the unit follows the size. @param {number | null} hours */
export function wait(hours) {
  if (hours === null || !Number.isFinite(hours)) return "–";
  if (hours === 0) return "same day";
  if (hours < 1) return `${Math.round(hours * 60)} min`;
  if (hours < 48) return `${oneDecimal.format(hours)} h`;
  return `${oneDecimal.format(hours / 24)} days`;
}

/** @param {number} days data days a second of watching */
export function pace(days) {
  const size = Math.abs(days);
  const written = size < 1 ? `${oneDecimal.format(size * 24)} hours` : `${oneDecimal.format(size)} ${size === 1 ? "day" : "days"}`;
  return `${days < 0 ? "−" : ""}${written} / s`;
}
