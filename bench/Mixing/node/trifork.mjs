// Trifork in JavaScript, from the definition. `node trifork.mjs vectors` prints the words that tests/Mechanisms.Tests/Trifork/Vectors.cs holds.
import { createHmac } from 'node:crypto';

export const defaults = (d) => ({ d, shift: Math.floor(d / 2), lags: [[89, 38], [127, 63], [521, 168]] });

function expand(seed, info, length) {
  const blocks = [];
  for (let previous = Buffer.alloc(0), i = 1; blocks.length * 32 < length; i++) {
    previous = createHmac('sha256', seed).update(previous).update(info).update(Buffer.from([i])).digest();
    blocks.push(previous);
  }
  return Buffer.concat(blocks).subarray(0, length);
}

export function vectors(seed, { d, shift, lags }) {
  const mask = (1n << BigInt(d)) - 1n;
  const count = lags.reduce((sum, [r]) => sum + r, 0);
  const info = `data-market/trifork/v1 ${d} ${shift} ${lags.flat().join(' ')} 0`;
  const bytes = expand(seed, Buffer.from(info), count * 8);
  let at = 0;
  return lags.map(([r]) => {
    const words = Array.from({ length: r }, () => bytes.readBigUInt64LE(at++ * 8) & mask);
    words[r - 1] |= 1n;
    return words;
  });
}

export function* words(seed, parameters) {
  const { d, shift, lags } = parameters;
  const [mask, by] = [(1n << BigInt(d)) - 1n, BigInt(shift)];
  const states = vectors(seed, parameters);
  for (;;) {
    const [x, y, z] = states.map((words, i) => (words[0] + words[lags[i][0] - lags[i][1]]) & mask);
    const next = [x ^ (z >> by), y ^ (x >> by), z ^ (y >> by)];
    states.forEach((words, i) => { words.shift(); words.push(next[i]); });
    yield next[0] ^ next[2];
  }
}

if (process.argv[2] === 'vectors') {
  const seed = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
  for (const d of [64, 16]) {
    const drawn = words(seed, defaults(d));
    console.log(`${d}: ${Array.from({ length: 3 }, () => `0x${drawn.next().value.toString(16)}`).join(', ')}`);
  }
}
