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
  const info = `data-market/trifork/v1 ${d} ${shift} ${lags.flat().join(' ')}`;
  const blocks = [];
  for (let i = 0; i * 1000 < count; i++) {
    blocks.push(expand(seed, Buffer.from(`${info} ${i}`), Math.min(1000, count - i * 1000) * 8));
  }
  const bytes = Buffer.concat(blocks);
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

const below = (drawn, d, bound) => {
  for (;;) {
    let bits = bound === 1 ? 0 : (bound - 1).toString(2).length;
    let number = 0n;
    while (bits > 0) {
      const taken = Math.min(bits, d);
      number = (number << BigInt(taken)) | (drawn.next().value >> BigInt(d - taken));
      bits -= taken;
    }
    if (number < BigInt(bound)) {
      return Number(number);
    }
  }
};

export function permute(drawn, d, length) {
  const order = Array.from({ length }, (_, i) => i);
  for (let last = length - 1; last > 0; last--) {
    const other = below(drawn, d, last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

if (process.argv[2] === 'vectors') {
  const seedOf = (i) => Buffer.from(Array.from({ length: 32 }, (_, at) => (at + i) & 255));
  const take = (seed, parameters, skip, count) => {
    const drawn = words(seed, parameters);
    return Array.from({ length: skip + count }, () => drawn.next().value).slice(skip).map((word) => `0x${word.toString(16)}`).join(', ');
  };
  console.log(`first, 64 bits: ${take(seedOf(0), defaults(64), 0, 3)}`);
  console.log(`first, 16 bits: ${take(seedOf(0), defaults(16), 0, 3)}`);
  console.log(`word 1,000 of eight seeds: ${Array.from({ length: 8 }, (_, i) => take(seedOf(i), defaults(64), 1000, 1)).join(', ')}`);
  console.log(`word 1,000 of 2 bits of sixteen seeds: ${Array.from({ length: 16 }, (_, i) => take(seedOf(i), defaults(2), 1000, 1)).join(', ')}`);
  console.log(`long lags: ${take(seedOf(0), { d: 64, shift: 32, lags: [[1000, 1], [1000, 2], [1000, 3]] }, 0, 3)}`);
  console.log(`order of 16, words of 64 and of 3 bits: ${[64, 3].map((d) => permute(words(seedOf(0), defaults(d)), d, 16).join(', ')).join(' | ')}`);
}
