// Sorting whole numbers in columns: stable, linear, and an order rather than a moved table.

/**
 * The order that sorts `keys` ascending; rows with equal keys keep the order they had in `rows`.
 * Least significant digit first, eleven bits at a time; passes over digits that are all equal are skipped.
 * @param {Int32Array} keys  not negative
 * @param {Uint32Array} [rows]  the rows to sort, in their present order (all rows, if left out); not changed
 * @returns {Uint32Array}
 */
export function orderBy(keys, rows) {
  const n = rows ? rows.length : keys.length;
  let source = new Uint32Array(n), key = new Int32Array(n); // keys travel with their rows, so that memory is read in order
  let top = 0;
  for (let i = 0; i < n; i++) {
    const row = rows ? rows[i] : i;
    source[i] = row;
    top |= key[i] = keys[row];
  }
  let target = new Uint32Array(n), moved = new Int32Array(n);
  for (let shift = 0; shift < 31 && top >>> shift > 0; shift += 11) {
    const place = new Uint32Array(2049);
    for (let i = 0; i < n; i++) place[((key[i] >>> shift) & 2047) + 1]++;
    if (place.includes(n)) continue;
    for (let d = 0; d < 2048; d++) place[d + 1] += place[d];
    for (let i = 0; i < n; i++) {
      const at = place[(key[i] >>> shift) & 2047]++;
      target[at] = source[i];
      moved[at] = key[i];
    }
    [source, target] = [target, source];
    [key, moved] = [moved, key];
  }
  return source;
}

/**
 * Number of entries at or before `t` in ascending `times[from..to)`.
 * @param {Int32Array|Float64Array} times @param {number} t @param {number} [from] @param {number} [to]
 * @returns {number} index of the first entry after t
 */
export function upperBound(times, t, from = 0, to = times.length) {
  let low = from, high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] <= t) low = middle + 1; else high = middle;
  }
  return low;
}

/**
 * A scrambled but fixed number for a row: the same dot gets the same place every time.
 * @param {number} n @returns {number} unsigned 32 bits
 */
export function scramble(n) {
  let x = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
