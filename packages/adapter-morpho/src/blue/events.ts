import { AbiError, type ChainLog, type EventArgs, type EventCodec, eventTable } from "@shortfall/core";

/** Events of Morpho Blue. */
export const BLUE_EVENTS: ReadonlyMap<string, EventCodec> = eventTable([
  "SetOwner(address indexed newOwner)",
  "SetFee(bytes32 indexed id, uint256 newFee)",
  "SetFeeRecipient(address indexed newFeeRecipient)",
  "EnableIrm(address indexed irm)",
  "EnableLltv(uint256 lltv)",
  "CreateMarket(bytes32 indexed id, (address loanToken, address collateralToken, address oracle, address irm, uint256 lltv) marketParams)",
  "Supply(bytes32 indexed id, address indexed caller, address indexed onBehalf, uint256 assets, uint256 shares)",
  "Withdraw(bytes32 indexed id, address caller, address indexed onBehalf, address indexed receiver, uint256 assets, uint256 shares)",
  "Borrow(bytes32 indexed id, address caller, address indexed onBehalf, address indexed receiver, uint256 assets, uint256 shares)",
  "Repay(bytes32 indexed id, address indexed caller, address indexed onBehalf, uint256 assets, uint256 shares)",
  "SupplyCollateral(bytes32 indexed id, address indexed caller, address indexed onBehalf, uint256 assets)",
  "WithdrawCollateral(bytes32 indexed id, address caller, address indexed onBehalf, address indexed receiver, uint256 assets)",
  "Liquidate(bytes32 indexed id, address indexed caller, address indexed borrower, uint256 repaidAssets, uint256 repaidShares, uint256 seizedAssets, uint256 badDebtAssets, uint256 badDebtShares)",
  "FlashLoan(address indexed caller, address indexed token, uint256 assets)",
  "SetAuthorization(address indexed caller, address indexed authorizer, address indexed authorized, bool newIsAuthorized)",
  "IncrementNonce(address indexed caller, address indexed authorizer, uint256 usedNonce)",
  "AccrueInterest(bytes32 indexed id, uint256 prevBorrowRate, uint256 interest, uint256 feeShares)",
]);

/** Events of the adaptive curve. */
export const IRM_EVENTS: ReadonlyMap<string, EventCodec> = eventTable([
  "BorrowRateUpdate(bytes32 indexed id, uint256 avgBorrowRate, uint256 rateAtTarget)",
]);

/** The one event of a token that counts: every balance moves by it. */
export const TOKEN_EVENTS: ReadonlyMap<string, EventCodec> = eventTable([
  "Transfer(address indexed from, address indexed to, uint256 value)",
]);

/** As the contracts' source declares them. */
export const declarationsOf = (tables: readonly ReadonlyMap<string, EventCodec>[]): readonly string[] =>
  tables.flatMap((table) => [...table.values()].map((codec) => codec.declaration));

/** A decoded log and where it was in its transaction. */
export interface DecodedLog {
  /** Index in the transaction's `logs`. */
  readonly at: number;
  readonly address: string;
  readonly name: string;
  readonly args: EventArgs;
}

export type Decoding =
  | { readonly ok: true; readonly decoded: DecodedLog }
  | { readonly ok: false; readonly unknown: boolean; readonly reason: string };

/** Decodes a log by a table; failures are values, for findings. */
export function decodeLog(table: ReadonlyMap<string, EventCodec>, log: ChainLog, at: number): Decoding {
  const codec = table.get(log.topics[0] ?? "");
  if (!codec)
    return { ok: false, unknown: true, reason: `topic ${log.topics[0] ?? "(none)"} is no event of it` };
  try {
    const args = codec.decode(log.topics, log.data);
    return { ok: true, decoded: { at, address: log.address, name: codec.name, args } };
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

/** An argument that the codec has typed as an address or as bytes. */
export function textOf(event: DecodedLog, name: string): string {
  const value = event.args[name];
  if (typeof value !== "string") throw new AbiError(event.name, `${name} as hex`, String(value));
  return value;
}

/** An argument that the codec has typed as a flag. */
export function flagOf(event: DecodedLog, name: string): boolean {
  const value = event.args[name];
  if (typeof value !== "boolean") throw new AbiError(event.name, `${name} as a flag`, String(value));
  return value;
}
