// How far the names on a map can grow, each with its station, before one touches another or a circle. Pure.

/** @typedef {{x: number, y: number, width: number, height: number, of: {x: number, y: number, r: number}}} Name  its box, and its station */

const STEP = 0.05;

/**
 * The largest of 1, 1.05, 1.1, … up to `most` at which names touch neither each other nor another's circle.
 * @param {Name[]} names @param {number} circles  how much the circles have grown @param {number} most
 */
export function growthOfNames(names, circles, most) {
  const steps = Math.round((most - 1) / STEP);
  for (let i = steps; i > 0; i--) {
    const growth = 1 + i * STEP;
    if (fits(names.map((name) => grown(name, growth)), circles)) return growth;
  }
  return 1;
}

/** A box as it is when it has grown about its station, which it keeps its side of. @param {Name} name @param {number} growth @returns {Name} */
const grown = ({ x, y, width, height, of }, growth) => ({
  x: of.x + (x - of.x) * growth, y: of.y + (y - of.y) * growth, width: width * growth, height: height * growth, of,
});

/** @param {Name[]} names @param {number} circles */
function fits(names, circles) {
  return names.every((a, i) => names.every((b, j) => {
    if (i === j) return true;
    const reach = b.of.r * circles;
    const apart = a.x > b.of.x + reach || a.x + a.width < b.of.x - reach || a.y > b.of.y + reach || a.y + a.height < b.of.y - reach;
    return apart && (j < i || a.x > b.x + b.width || a.x + a.width < b.x || a.y > b.y + b.height || a.y + a.height < b.y);
  }));
}
