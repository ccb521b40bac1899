import { formatUnits, hexToString, parseUnits } from "viem";
import type { Dataset, Listing } from "./api";

/** A whole or decimal number with at most 18 decimals, in credits. */
export function parseCredits(text: string): bigint | null {
  const trimmed = text.trim();
  if (!/^\d{1,20}(\.\d{1,18})?$/.test(trimmed)) return null;
  const amount = parseUnits(trimmed, 18);
  return amount > 0n && amount < 1n << 128n ? amount : null;
}

/** An amount as people read it: grouped, without needless zeros. */
export function decimal(amount: string | bigint): string {
  const [whole = "0", rest] = formatUnits(BigInt(amount), 18).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
  return rest ? `${grouped}.${rest}` : grouped;
}

export const credits = (amount: string | bigint): string => `${decimal(amount)} ${amount.toString() === (10n ** 18n).toString() ? "credit" : "credits"}`;

/** A unit of account's name as it stands in 32 bytes. */
export function unitName(unit: string): string {
  const name = hexToString(unit as `0x${string}`, { size: 32 }).replace(/\0/g, "").trim();
  return /^[\x20-\x7e]{1,32}$/.test(name) ? name : `${unit.slice(0, 10)}…`;
}

/** What an offer asks for. */
export const price = (listing: Listing): string => (listing.unit === null ? credits(listing.price) : `${decimal(listing.price)} ${unitName(listing.unit)}`);

export const short = (hex: string): string => `${hex.slice(0, 6)}…${hex.slice(-4)}`.toLowerCase();

/** A dataset whose metadata cannot be shown goes by its token's number. */
export const title = (dataset: Pick<Dataset, "name" | "tokenId">): string => dataset.name ?? `Dataset ${short(dataset.tokenId)}`;

export const same = (a: string | null | undefined, b: string | null | undefined): boolean => !!a && !!b && a.toLowerCase() === b.toLowerCase();

export const count = (n: number): string => n.toLocaleString("en").replaceAll(",", "\u202f");

export function size(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? bytes : value.toFixed(value < 10 ? 1 : 0)} ${units[power]}`;
}

export const moment = (iso: string): string => new Date(iso).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** A span of time in its two largest units. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  return first < 0 ? "0 s" : parts.slice(first, first + 2).map(([n, unit]) => `${n} ${unit}`).join(" ");
}
