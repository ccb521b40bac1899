import { toHex } from "viem";

/**
 * Keys to which data is delivered. The private key stays in this browser (IndexedDB) and in the file that its owner saves; a delivery is
 * sealed to the public key (HPKE, DHKEM(P-256)). Opening deliveries begins with `keyOf`.
 */
export interface DeliveryKey {
  /** Uncompressed P-256 point, 0x hex: 65 bytes that begin with 04. */
  publicKey: `0x${string}`;
  privateKey: CryptoKey;
  tokenId: string;
  createdAt: string;
}

const store = "delivery-keys";

const open = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open("market", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store, { keyPath: "publicKey" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error("This browser keeps no keys (IndexedDB): leave private browsing, or allow this site to store data."));
  });

async function within<T>(mode: IDBTransactionMode, work: (keys: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode);
      const request = work(transaction.objectStore(store));
      // A write counts once its transaction is complete.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(new Error("The key could not be kept in this browser."));
    });
  } finally {
    database.close();
  }
}

/** Makes a key pair and keeps it before anybody can be asked for data under it. */
export async function makeKey(tokenId: string): Promise<DeliveryKey> {
  if (!window.isSecureContext) throw new Error("Keys are made on pages with https (or on this machine's own address) only.");
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const publicKey = toHex(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
  const key = { publicKey, privateKey: pair.privateKey, tokenId, createdAt: new Date().toISOString() };
  await within("readwrite", (keys) => keys.put(key));
  return key;
}

/** The key of a request, if this browser has it. */
export const keyOf = (publicKey: string): Promise<DeliveryKey | undefined> => within("readonly", (keys) => keys.get(publicKey.toLowerCase()));

/** The private key as a file to keep: a JSON Web Key (RFC 7517). */
export async function keyFile(key: DeliveryKey): Promise<Blob> {
  const jwk = await crypto.subtle.exportKey("jwk", key.privateKey);
  return new Blob([JSON.stringify({ tokenId: key.tokenId, publicKey: key.publicKey, createdAt: key.createdAt, key: jwk }, null, 2)], { type: "application/json" });
}
