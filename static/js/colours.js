// Colours as numbers: from "#rrggbb" to the order in which ImageData keeps them (red first in memory, so lowest).

/** @param {string} hex "#rrggbb" or "#rgb" @returns {[number, number, number]} 0-255 */
export function channels(hex) {
  const text = hex.length === 4 ? [...hex.slice(1)].map((c) => c + c).join("") : hex.slice(1, 7);
  const n = Number.parseInt(text, 16);
  if (!hex.startsWith("#") || text.length !== 6 || Number.isNaN(n)) throw new Error(`"${hex}" is not a colour of the form #rrggbb.`);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

/** @param {string} hex @param {number} [opacity] 0-1 @returns {number} unsigned 32 bits, alpha not multiplied in */
export function pack(hex, opacity = 1) {
  const [r, g, b] = channels(hex);
  return ((Math.round(opacity * 255) << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** @param {string} from @param {string} to @param {number} part 0 = from, 1 = to @returns {string} */
export function mix(from, to, part) {
  const a = channels(from), b = channels(to);
  return `#${a.map((v, i) => Math.round(v + (b[i] - v) * part).toString(16).padStart(2, "0")).join("")}`;
}

/**
 * One colour over another, neither with its alpha multiplied in.
 * @param {number} over packed @param {number} under packed @returns {number} packed
 */
export function blend(over, under) {
  const a = over >>> 24, below = under >>> 24;
  if (below === 0) return over;
  if (below === 255) {
    const keep = 256 - a - (a >>> 7), put = a + (a >>> 7); // 0-256, so that 255 covers wholly
    const rb = ((over & 0xff00ff) * put + (under & 0xff00ff) * keep) >>> 8;
    const g = ((over & 0xff00) * put + (under & 0xff00) * keep) >>> 8;
    return (0xff000000 | (rb & 0xff00ff) | (g & 0xff00)) >>> 0;
  }
  const rest = (below * (255 - a)) / 255, all = a + rest;
  let out = Math.round(all) << 24;
  for (let shift = 0; shift < 24; shift += 8) {
    out |= Math.round((((over >>> shift) & 255) * a + ((under >>> shift) & 255) * rest) / all) << shift;
  }
  return out >>> 0;
}
