// Mixing, sealing and hashing in JavaScript: Trifork's words, a shuffle of 4 KiB blocks with a quarter of decoys, AES-256-GCM in chunks of
// 256 KiB, SHA-256 of each MiB. Argument: MiB. Prints bytes of the dataset per second, the best of three rounds.
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { defaults, vectors } from './trifork.mjs';

function generator(seed, parameters) {
  const { d, shift, lags } = parameters;
  const [mask, by] = [(1n << BigInt(d)) - 1n, BigInt(shift)];
  const states = vectors(seed, parameters).map((words, i) => ({ words: BigUint64Array.from(words), old: 0, tap: lags[i][0] - lags[i][1] }));
  const sum = (s) => (s.words[s.old] + s.words[s.tap]) & mask;
  const push = (s, word) => {
    s.words[s.old] = word;
    s.old = s.old + 1 === s.words.length ? 0 : s.old + 1;
    s.tap = s.tap + 1 === s.words.length ? 0 : s.tap + 1;
  };
  return () => {
    const [x, y, z] = [sum(states[0]), sum(states[1]), sum(states[2])];
    const [nx, nz] = [x ^ (z >> by), z ^ (y >> by)];
    push(states[0], nx);
    push(states[1], y ^ (x >> by));
    push(states[2], nz);
    return nx ^ nz;
  };
}

const [unit, chunk, leaf] = [4096, 256 << 10, 1 << 20];
const dataset = randomBytes((Number(process.argv[2]) || 64) << 20);
const decoys = randomBytes(dataset.length / 4);
let best = 0;
for (let round = 0; round < 3; round++) {
  const start = performance.now();
  const next = generator(randomBytes(32), defaults(64));
  const below = (bound) => {
    const bits = bound === 1 ? 0 : 32 - Math.clz32(bound - 1);
    for (;;) {
      const number = Number(next() >> BigInt(64 - bits));
      if (number < bound) {
        return number;
      }
    }
  };
  const count = (dataset.length + decoys.length) / unit;
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let last = count - 1; last > 0; last--) {
    const other = below(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  const mixed = Buffer.allocUnsafe(count * unit);
  order.forEach((from, to) => {
    const at = from * unit;
    if (at < dataset.length) {
      dataset.copy(mixed, to * unit, at, at + unit);
    } else {
      decoys.copy(mixed, to * unit, at - dataset.length, at - dataset.length + unit);
    }
  });
  const key = randomBytes(32);
  const sealed = [];
  for (let at = 0, i = 0; at < mixed.length; at += chunk, i++) {
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(i, 8);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    sealed.push(cipher.update(mixed.subarray(at, at + chunk)), cipher.final(), cipher.getAuthTag());
  }
  const blob = Buffer.concat(sealed);
  const digests = [];
  for (let at = 0; at < blob.length; at += leaf) {
    digests.push(createHash('sha256').update(blob.subarray(at, at + leaf)).digest());
  }
  createHash('sha256').update(Buffer.concat(digests)).digest();
  best = Math.max(best, dataset.length / ((performance.now() - start) / 1000));
}
console.log(best);
