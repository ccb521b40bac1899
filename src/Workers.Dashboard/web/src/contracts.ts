import { abi as marketAbi } from "../../../../contracts/abi/DatasetMarket.json";
import { abi as tokenAbi } from "../../../../contracts/abi/MarketToken.json";
import {
  type Abi,
  type AbiParameter,
  BaseError,
  ContractFunctionRevertedError,
  type Log,
  UserRejectedRequestError,
  encodeAbiParameters,
  isAddressEqual,
  parseEventLogs,
  zeroAddress,
  zeroHash,
} from "viem";
import { credits, unitName } from "./format";

// A call of the market can end with an error of the token.
export const market = [...marketAbi, ...tokenAbi.filter((item) => item.type === "error")] as Abi;
export const token = tokenAbi as Abi;

/** IDatasetMarket.Offer. */
export interface Offer {
  price: bigint;
  step: bigint;
  unit: `0x${string}`;
  rateOf: `0x${string}`;
  maxRateAge: number;
  duration: number;
  extension: number;
}

export const saleOffer = (price: bigint): Offer => ({ price, step: 0n, unit: zeroHash, rateOf: zeroAddress, maxRateAge: 0, duration: 0, extension: 0 });

/** An offer as the data of the transfer that brings the token to the market. */
export function offerData(offer: Offer): `0x${string}` {
  const listed = marketAbi.find((item) => item.type === "event" && item.name === "Listed");
  return encodeAbiParameters([listed!.inputs!.find((input) => input.name === "offer") as AbiParameter], [offer]);
}

/**
 * Places (log indices) of the events of a transaction that the market's index keeps: the market's own but for those about money that is
 * set aside, and movements of a dataset's token; token 0 is the credit.
 */
export function keptLogs(logs: Log[], config: { datasetMarket: `0x${string}`; marketToken: `0x${string}` }): number[] {
  const about = parseEventLogs({ abi: marketAbi as Abi, logs })
    .filter((log) => isAddressEqual(log.address, config.datasetMarket) && log.eventName !== "SetAside" && log.eventName !== "Withdrawn")
    .map((log) => log.logIndex);
  const moved = parseEventLogs({ abi: token, logs, eventName: ["TransferSingle", "TransferBatch"] })
    .filter((log) => {
      const { id, value, ids, values } = log.args as unknown as { id?: bigint; value?: bigint; ids?: bigint[]; values?: bigint[] };
      const pairs = ids ? ids.map((each, i) => [each, values![i]!] as const) : [[id!, value!] as const];
      return isAddressEqual(log.address, config.marketToken) && pairs.some(([each, count]) => each !== 0n && count !== 0n);
    })
    .map((log) => log.logIndex);
  return [...about, ...moved];
}

/** What a contract's error means for whoever reads it. */
const meanings: Record<string, (args: readonly unknown[]) => string> = {
  NotAllowed: () => "This account may not do that: it is not the owner, the seller or the one it waits for.",
  InvalidOffer: () => "The market refuses these terms. An auction lasts 1 minute to 90 days and has a step; an extension is at most a day and the duration.",
  WrongStatus: () => "The offer has ended or changed meanwhile. Reload the page.",
  AnotherToken: () => "This offer's number stands for another dataset now. Reload the page.",
  PriceAbove: ([, price]) => `The price has risen to ${credits(price as bigint)} meanwhile. Look again, and buy if you still want it.`,
  StaleRate: ([, unit]) => `The rate of ${unitName(unit as string)} is missing or too old: the sale waits until a new one is published.`,
  BidTooLow: ([, minimum]) => `Somebody was faster: a bid has to be at least ${credits(minimum as bigint)} now.`,
  TooLate: () => "The auction is over.",
  TooEarly: () => "The auction is not over yet.",
  AlreadyBidOn: () => "Somebody has bid: the auction cannot be cancelled any more.",
  NothingToWithdraw: () => "Nothing is set aside for this account.",
  InvalidPublicKey: () => "The market does not accept the key.",
  UnknownDataset: () => "The market knows no such dataset.",
  NotEnoughGas: () => "The transaction has too little gas.",
  ERC20InsufficientBalance: ([, balance, needed]) => `The account has ${credits(balance as bigint)} and needs ${credits(needed as bigint)}.`,
  ERC20InsufficientAllowance: ([, allowed, needed]) => `The market may take ${credits(allowed as bigint)} from this account and needs ${credits(needed as bigint)}.`,
  ERC1155InsufficientBalance: () => "This account does not have the token.",
};

/** Why a transaction failed, as a sentence. */
export function reason(error: unknown): string {
  if (error instanceof BaseError) {
    if (error.walk((e) => e instanceof UserRejectedRequestError)) return "You declined it in the wallet. Nothing was sent.";
    const reverted = error.walk((e) => e instanceof ContractFunctionRevertedError);
    if (reverted instanceof ContractFunctionRevertedError) {
      const { errorName, args = [] } = reverted.data ?? {};
      const meaning = errorName ? meanings[errorName] : undefined;
      return meaning ? `${meaning(args)} (${errorName})` : `The contract refuses it: ${errorName ?? reverted.reason ?? reverted.shortMessage}${args.length ? ` (${args.map(String).join(", ")})` : ""}.`;
    }
    return error.shortMessage;
  }
  return error instanceof Error ? error.message : typeof error === "object" && error !== null && "message" in error ? String(error.message) : String(error);
}

