import { eventCodec, type RecordedCall } from "@shortfall/core";
import { ToyModel } from "./toy-market.js";

/** Address of the toy market's pool. */
export const TOY_POOL = `0x${"aa".repeat(20)}`;

const SIGNATURES: Readonly<Record<string, string>> = {
  Supply: "Supply(address indexed account, uint256 assets, uint256 shares)",
  Borrow: "Borrow(address indexed account, uint256 assets)",
  Repay: "Repay(address indexed account, uint256 assets)",
  WriteOff: "WriteOff(address indexed account, uint256 debt)",
  Sweep: "Sweep()",
};

/** A header and lines of a trace of the toy market, ready to be written as JSON Lines. */
export interface ToyTrace {
  readonly header: Readonly<Record<string, unknown>> & {
    readonly protocol: string;
    readonly version: string;
  };
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

/** A 20-byte address of the toy market's test accounts. */
export const toyAccount = (index: number): string => `0x${index.toString(16).padStart(40, "0")}`;

/** ABI encoding of a toy event's log. */
export function toyLog(
  name: string,
  args: Readonly<Record<string, unknown>>,
): { address: string; topics: string[]; data: string } {
  const codec = eventCodec(SIGNATURES[name]!);
  const { account, ...rest } = args;
  const word = (value: unknown): string => BigInt(String(value)).toString(16).padStart(64, "0");
  return {
    address: TOY_POOL,
    topics: [codec.topic0, ...(account === undefined ? [] : [`0x${word(account)}`])],
    data: `0x${Object.values(rest).map(word).join("")}`,
  };
}

/**
 * Records a trace by executing calls on the toy market, one line a call. Refused calls are recorded as refused.
 */
export function recordToyTrace(calls: readonly RecordedCall[]): ToyTrace {
  const header = {
    format: "shortfall-trace/1",
    protocol: "toy",
    version: "1.0",
    params: { chainId: "1", pool: TOY_POOL, asset: "TOY", initial: { cash: "0" } },
  };
  const model = new ToyModel(header);
  const lines = calls.map((action, index) => {
    const position = {
      block: 100 + index,
      timestamp: 1_700_000_000 + 12 * index,
      transaction: `${index + 1}`,
    };
    const execution = model.execute(action, position);
    const { cash, loans, totalAssets, totalShares } = model.state;
    return {
      i: index + 1,
      block: position.block,
      timestamp: position.timestamp,
      action,
      reverted: execution.ok ? null : execution.reason,
      logs: execution.ok ? execution.logs.map((log) => toyLog(log.name, log.args)) : [],
      state: {
        cash: `${cash}`,
        loans: `${loans}`,
        totalAssets: `${totalAssets}`,
        totalShares: `${totalShares}`,
      },
    };
  });
  return { header, lines };
}
