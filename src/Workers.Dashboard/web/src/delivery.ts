import type { DeliveryKey } from "./keys";

/*
 * Opens a delivery (docs/sealed-blob.md) with the browser's own cryptography: HPKE, RFC 9180, base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256,
 * AES-256-GCM; then the sealed blob, chunk by chunk.
 */

/** What the delivery answers; it is bound to it. */
export interface DeliveryOf {
  chainId: number;
  market: `0x${string}`;
  requestId: number;
}

const text = new TextEncoder();
const magicLength = 16, encLength = 65, sealedKeyLength = encLength + 32 + 16, headerLength = 96, tagLength = 16;

const join = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

const fromHex = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(hex.slice(2).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const number = (value: bigint, length: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * (length - 1 - i))) & 255n));
const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((value, i) => value === b[i]);
const sha256 = async (bytes: Uint8Array<ArrayBuffer>) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/** HMAC-SHA256. An empty key is one of zeros (RFC 2104), and WebCrypto takes no empty one. */
async function hmac(key: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey("raw", key.length ? key : new Uint8Array(32), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, message));
}

/** HKDF-Expand (RFC 5869) of at most 32 bytes. */
const expand = async (prk: Uint8Array<ArrayBuffer>, info: Uint8Array<ArrayBuffer>, length: number) => (await hmac(prk, join(info, Uint8Array.of(1)))).slice(0, length);

/** RFC 9180, section 4: LabeledExtract and LabeledExpand. */
const labeled = (suite: Uint8Array) => ({
  extract: (salt: Uint8Array<ArrayBuffer>, label: string, ikm: Uint8Array) => hmac(salt, join(text.encode("HPKE-v1"), suite, text.encode(label), ikm)),
  expand: (prk: Uint8Array<ArrayBuffer>, label: string, info: Uint8Array, length: number) =>
    expand(prk, join(number(BigInt(length), 2), text.encode("HPKE-v1"), suite, text.encode(label), info), length),
});

async function decrypt(key: Uint8Array<ArrayBuffer>, nonce: Uint8Array<ArrayBuffer>, associated: Uint8Array<ArrayBuffer>, sealed: Uint8Array<ArrayBuffer>, refusal: string): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce, additionalData: associated }, imported, sealed));
  } catch {
    throw new Error(refusal);
  }
}

/** HPKE's SingleShot Open, without associated data. */
async function openHpke(key: DeliveryKey, info: Uint8Array, message: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const none = new Uint8Array();
  const enc = message.slice(0, encLength);
  const refusal = "This delivery is sealed to another key, or was made for another request.";
  const sender = await crypto.subtle.importKey("raw", enc, { name: "ECDH", namedCurve: "P-256" }, false, []).catch(() => { throw new Error(refusal); });
  const dh = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: sender }, key.privateKey, 256));
  const kem = labeled(join(text.encode("KEM"), number(0x0010n, 2)));
  const shared = await kem.expand(await kem.extract(none, "eae_prk", dh), "shared_secret", join(enc, fromHex(key.publicKey)), 32);
  const hpke = labeled(join(text.encode("HPKE"), number(0x0010n, 2), number(0x0001n, 2), number(0x0002n, 2)));
  const context = join(Uint8Array.of(0), await hpke.extract(none, "psk_id_hash", none), await hpke.extract(none, "info_hash", info));
  const secret = await hpke.extract(shared, "secret", none);
  return decrypt(await hpke.expand(secret, "key", context, 32), await hpke.expand(secret, "base_nonce", context, 12), none, message.slice(encLength), refusal);
}

/** Bytes of a stream, as many at a time as are asked for. */
function reader(stream: ReadableStream<Uint8Array>) {
  const source = stream.getReader();
  let held = new Uint8Array();
  const fill = async (length: number) => {
    const parts: Uint8Array[] = [held];
    let have = held.length;
    while (have < length) {
      const { done, value } = await source.read();
      if (done) break;
      parts.push(value);
      have += value.length;
    }
    if (parts.length > 1) held = join(...parts);
  };
  return {
    async take(length: number): Promise<Uint8Array<ArrayBuffer>> {
      await fill(length);
      if (held.length < length) throw new Error("The delivery ends too early. Try again; if it stays so, tell the publisher.");
      const taken = held.slice(0, length);
      held = held.subarray(length);
      return taken;
    },
    async isAtEnd(): Promise<boolean> {
      await fill(1);
      return held.length === 0;
    },
  };
}

/** Opens a delivery. @param tell told how many bytes are open. */
export async function openDelivery(stream: ReadableStream<Uint8Array>, key: DeliveryKey, of: DeliveryOf, tell: (bytes: number) => void): Promise<Blob> {
  const input = reader(stream);
  const info = join(text.encode("data-market/delivery/v1"), number(BigInt(of.chainId), 8), fromHex(of.market), number(BigInt(of.requestId), 32));
  const magic = join(text.encode("DMDELIVR"), Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0));
  if (!same(await input.take(magicLength), magic)) throw new Error("This is no delivery of a dataset.");
  const blobKey = await openHpke(key, info, await input.take(sealedKeyLength));

  const header = await input.take(headerLength);
  const [signed, context] = [header.slice(0, 80), await sha256(info)];
  if (!same(header.slice(0, 10), join(text.encode("DMSEALED"), Uint8Array.of(1, 1)))) throw new Error("The delivery's blob is of a version that this page does not know.");
  if (!same(header.slice(48, 80), context)) throw new Error("The delivery's blob was sealed for something else.");
  const chunkSize = new DataView(header.buffer).getInt32(12);
  const cipherKey = await expand(await hmac(header.slice(16, 48), blobKey), signed, 32);
  await decrypt(cipherKey, new Uint8Array(12).fill(255), signed, header.slice(80), "The delivery's header was changed.");

  const parts: Blob[] = [];
  let bytes = 0;
  for (let chunk = 0n, last = false; !last; chunk++) {
    const start = await input.take(5);
    const [flags, length] = [start[0]!, new DataView(start.buffer).getInt32(1)];
    if (flags > 1 || length < 0 || length > chunkSize) throw new Error(flags & 2 ? "This delivery is compressed, which this page cannot undo: open it with a worker of your own." : "The delivery is damaged.");
    const plain = await decrypt(cipherKey, join(new Uint8Array(4), number(chunk, 8)), join(context, number(chunk, 8), start), await input.take(length + tagLength), "The delivery is damaged.");
    parts.push(new Blob([plain]));
    tell((bytes += plain.length));
    last = flags === 1;
  }
  if (!(await input.isAtEnd())) throw new Error("Something follows the delivery's end.");
  return new Blob(parts, { type: "application/octet-stream" });
}
