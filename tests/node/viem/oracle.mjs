// A second implementation to compare with. Usage: node oracle.mjs SEED COUNT
// Prints COUNT random cases of each kind as JSON lines and an empty line. Then reads raw transactions, one per line,
// and prints for each what it reads out of it.
import { createInterface } from 'node:readline';
import {
  encodeAbiParameters, getAddress, hashTypedData, keccak256, parseTransaction, recoverTransactionAddress, serializeTransaction, stringify, toHex,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';

const [seed, count] = process.argv.slice(2).map(Number);

// mulberry32
let state = seed >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const below = (n) => Math.floor(random() * n);
const pick = (...options) => options[below(options.length)];
const bytes = (n) => Uint8Array.from({ length: n }, () => below(256));
const hex = (n) => toHex(bytes(n));

function unsigned(bits) {
  const top = (1n << BigInt(bits)) - 1n;
  return pick(0n, top, top >> 1n, BigInt(below(256)) & top, BigInt(hex(bits / 8)));
}

const words = ['', 'a', 'market', 'ключ', '数据', '🔑🔑', 'x'.repeat(31), 'y'.repeat(32), 'z'.repeat(33), '\u0000'];

// A random type and a function that makes random values of it.
function randomType(depth) {
  const kind = below(depth > 0 ? 10 : 7);
  if (kind === 0) return uint(8 * (1 + below(32)));
  if (kind === 1) return int(8 * (1 + below(32)));
  if (kind === 2) return { type: 'address', make: () => getAddress(hex(20)) };
  if (kind === 3) return { type: 'bool', make: () => random() < 0.5 };
  if (kind === 4) { const n = 1 + below(32); return { type: `bytes${n}`, make: () => hex(n) }; }
  if (kind === 5) return { type: 'bytes', make: () => hex(pick(0, 1, 31, 32, 33, below(200))) };
  if (kind === 6) return { type: 'string', make: () => pick(...words) };
  if (kind === 7) {
    const members = Array.from({ length: 1 + below(4) }, (_, i) => ({ name: `m${i}`, ...randomType(depth - 1) }));
    return { type: 'tuple', components: members, make: () => Object.fromEntries(members.map((m) => [m.name, m.make()])) };
  }
  const element = randomType(depth - 1);
  const fixed = kind === 8 ? 1 + below(4) : 0;
  return {
    ...element,
    type: `${element.type}[${fixed || ''}]`,
    make: () => Array.from({ length: fixed || below(4) }, element.make),
  };
}
const uint = (bits) => ({ type: `uint${bits}`, make: () => small(bits, unsigned(bits)) });
const int = (bits) => ({ type: `int${bits}`, make: () => small(bits, BigInt.asIntN(bits, unsigned(bits))) });
const small = (bits, value) => (bits <= 48 ? Number(value) : value); // viem's types

const canonical = (p) => (p.type.startsWith('tuple') ? `(${p.components.map(canonical).join(',')})${p.type.slice(5)}` : p.type);
const plain = (v) =>
  Array.isArray(v) ? v.map(plain) : v && typeof v === 'object' ? Object.values(v).map(plain) : typeof v === 'bigint' || typeof v === 'number' ? String(v) : v;

function abiCase() {
  const types = Array.from({ length: 1 + below(4) }, () => randomType(3));
  const values = types.map((t) => t.make());
  return { kind: 'abi', type: `(${types.map(canonical).join(',')})`, values: plain(values), encoded: encodeAbiParameters(types, values) };
}

async function transactionCase() {
  const key = hex(32);
  const account = privateKeyToAccount(key);
  const common = {
    chainId: pick(1, 10, 31337, 42161, 11155111),
    nonce: pick(0, below(100), 2 ** 32 + below(1000)),
    gas: unsigned(64),
    to: random() < 0.2 ? undefined : getAddress(hex(20)),
    value: unsigned(pick(8, 64, 128)),
    data: hex(pick(0, 1, 55, 56, 300)),
  };
  const legacy = random() < 0.3;
  const transaction = legacy
    ? { type: 'legacy', ...common, gasPrice: unsigned(64) }
    : {
        type: 'eip1559', ...common, maxFeePerGas: (1n << 64n) + unsigned(64), maxPriorityFeePerGas: unsigned(64),
        accessList: Array.from({ length: below(3) }, () => ({ address: getAddress(hex(20)), storageKeys: Array.from({ length: below(3) }, () => hex(32)) })),
      };
  const raw = await account.signTransaction(transaction);
  return { kind: 'transaction', ...transaction, key, raw, signingHash: keccak256(serializeTransaction(transaction)), hash: keccak256(raw), sender: account.address };
}

// A message of EIP-4361 with and without each optional field, signed.
async function signInCase() {
  const key = hex(32);
  const account = privateKeyToAccount(key);
  const optional = (make) => (random() < 0.5 ? make() : undefined);
  const time = () => new Date(1_700_000_000_000 + below(1e9) * 1000 + below(1000));
  const fields = {
    address: account.address,
    chainId: pick(1, 10, 31337, 2 ** 40),
    domain: pick('example.com', 'market.example.com:8443', 'localhost:5000', '127.0.0.1:80'),
    expirationTime: optional(time),
    issuedAt: time(),
    nonce: pick('foobarbaz', 'A1b2C3d4', 'x'.repeat(96)),
    notBefore: optional(time),
    requestId: optional(() => pick('1', 'some request/7')),
    resources: optional(() => Array.from({ length: below(3) }, () => pick('ipfs://bafybeigd/', 'https://example.com/my-web2-claim.json'))),
    scheme: optional(() => pick('https', 'http')),
    statement: optional(() => pick('I accept the terms: https://example.com/tos', 'Sign in.')),
    uri: pick('https://example.com/login', 'http://localhost:5000/a?b=c'),
    version: '1',
  };
  const message = createSiweMessage(fields);
  return { kind: 'signIn', ...fields, message, signature: await account.signMessage({ message }) };
}

// Typed data (EIP-712) of a struct with two structs in it, signed.
async function typedCase() {
  const account = privateKeyToAccount(hex(32));
  const signed = (bits) => unsigned(bits) - (1n << BigInt(bits - 1));
  const makers = {
    address: () => getAddress(hex(20)), bytes: () => hex(pick(0, 1, 32, 33, below(200))), bytes32: () => hex(32), string: () => pick(...words),
    uint256: () => unsigned(256), uint64: () => unsigned(64), uint8: () => unsigned(8), int32: () => signed(32), int256: () => signed(256),
  };
  const flat = (prefix) => Array.from({ length: below(6) }, (_, i) => ({ name: `${prefix}${i}`, type: pick(...Object.keys(makers)) }));
  const fill = (members) => Object.fromEntries(members.map((f) => [f.name, makers[f.type]()]));
  const structs = { Part: flat('p'), Annex: flat('a') };
  const fields = [...flat('f'), { name: 'part', type: 'Part' }, { name: 'annex', type: 'Annex' }, { name: 'again', type: 'Part' }];
  const message = Object.fromEntries(fields.map((f) => [f.name, structs[f.type] ? fill(structs[f.type]) : makers[f.type]()]));
  const domain = { name: pick(...words.slice(1)), version: '1', chainId: pick(1, 31337, 2 ** 40), verifyingContract: getAddress(hex(20)) };
  const typed = { domain, types: { Thing: fields, ...structs }, primaryType: 'Thing', message };
  const values = fields.map((f) => (structs[f.type] ? structs[f.type].map((m) => message[f.name][m.name]) : message[f.name]));
  return { kind: 'typed', domain, structs, fields, values: plain(values), hash: hashTypedData(typed), signer: account.address, signature: await account.signTypedData(typed) };
}

const print = (value) => process.stdout.write(stringify(value) + '\n');
for (let i = 0; i < count; i++) {
  const data = hex(pick(0, 1, 135, 136, 137, 271, 272, below(600)));
  print({ kind: 'keccak', data, hash: keccak256(data) });
  print({ kind: 'address', address: getAddress(hex(20)) });
  print(abiCase());
  if (i % 4 === 0) print(await transactionCase());
  if (i % 4 === 1) print(await signInCase());
  if (i % 4 === 2) print(await typedCase());
}
process.stdout.write('\n');

for await (const raw of createInterface({ input: process.stdin })) {
  const { chainId, nonce, gas, to, value, data, type } = parseTransaction(raw);
  print({ sender: await recoverTransactionAddress({ serializedTransaction: raw }), hash: keccak256(raw), chainId, nonce: nonce ?? 0, gas: gas ?? 0n, to, value: value ?? 0n, data: data ?? '0x', type });
}
