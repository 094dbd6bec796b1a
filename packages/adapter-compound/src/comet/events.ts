import { AbiError, type ChainLog, type EventArgs, type EventCodec, eventTable } from "@shortfall/core";

/** Events of the market contract and its extension. */
export const COMET_EVENTS: ReadonlyMap<string, EventCodec> = eventTable([
  "AbsorbCollateral(address indexed absorber, address indexed borrower, address indexed asset, uint256 collateralAbsorbed, uint256 usdValue)",
  "AbsorbDebt(address indexed absorber, address indexed borrower, uint256 basePaidOut, uint256 usdValue)",
  "Approval(address indexed owner, address indexed spender, uint256 amount)",
  "BuyCollateral(address indexed buyer, address indexed asset, uint256 baseAmount, uint256 collateralAmount)",
  "PauseAction(bool supplyPaused, bool transferPaused, bool withdrawPaused, bool absorbPaused, bool buyPaused)",
  "Supply(address indexed from, address indexed dst, uint256 amount)",
  "SupplyCollateral(address indexed from, address indexed dst, address indexed asset, uint256 amount)",
  "Transfer(address indexed from, address indexed to, uint256 amount)",
  "TransferCollateral(address indexed from, address indexed to, address indexed asset, uint256 amount)",
  "Upgraded(address indexed implementation)",
  "Withdraw(address indexed src, address indexed to, uint256 amount)",
  "WithdrawCollateral(address indexed src, address indexed to, address indexed asset, uint256 amount)",
  "WithdrawReserves(address indexed to, uint256 amount)",
]);

/** Events of the tokens that matter: every balance the market has moves by Transfer. */
export const TOKEN_EVENTS: ReadonlyMap<string, EventCodec> = eventTable([
  "Transfer(address indexed from, address indexed to, uint256 value)",
  "Approval(address indexed owner, address indexed spender, uint256 value)",
]);

/** A decoded log and where it was in its transaction. */
export interface DecodedLog {
  /** Index in the transaction's `logs`. */
  readonly at: number;
  readonly log: ChainLog;
  readonly name: string;
  readonly args: EventArgs;
}

export type Decoding =
  | { readonly ok: true; readonly decoded: DecodedLog }
  | { readonly ok: false; readonly unknown: boolean; readonly reason: string };

/** Decodes a log by a table; failures are values, for findings. */
export function decodeLog(table: ReadonlyMap<string, EventCodec>, log: ChainLog, at: number): Decoding {
  const codec = table.get(log.topics[0] ?? "");
  if (!codec) {
    return { ok: false, unknown: true, reason: `topic ${log.topics[0] ?? "(none)"} is no event of it` };
  }
  try {
    return { ok: true, decoded: { at, log, name: codec.name, args: codec.decode(log.topics, log.data) } };
  } catch (error) {
    if (error instanceof AbiError) return { ok: false, unknown: false, reason: error.message };
    throw error;
  }
}

/** An argument that the codec has typed as an integer. */
export function amountOf(event: DecodedLog, name: string): bigint {
  const value = event.args[name];
  if (typeof value !== "bigint") throw new AbiError(event.name, `${name} as an integer`, String(value));
  return value;
}

/** An argument that the codec has typed as an address. */
export function addressOf(event: DecodedLog, name: string): string {
  const value = event.args[name];
  if (typeof value !== "string") throw new AbiError(event.name, `${name} as an address`, String(value));
  return value;
}
