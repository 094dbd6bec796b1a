import type { HistoryHeader, TraceLine } from "@shortfall/core";
import { EVENTS } from "./model.js";

const RAY = 10n ** 27n;
const POOL = `0x${"0d".repeat(20)}`;
const account = (k: number): string => `0x${(k + 1).toString(16).padStart(40, "0")}`;

/**
 * A history of a pond, recorded from a second program that shares nothing with the model: plain maps, one branch a
 * call. A real adapter is judged by traces of the real contracts; this stands in for them.
 */
export function recordPond(calls: number, seed: number): { header: HistoryHeader; lines: TraceLine[] } {
  const header = {
    format: "shortfall-trace/1",
    protocol: "pond",
    version: "1.0",
    params: { pool: POOL, asset: "FISH", decimals: 6 },
  };
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const shares = new Map<string, bigint>();
  const debts = new Map<string, bigint>();
  let cash = 0n;
  let index = RAY;
  const sum = (book: Map<string, bigint>): bigint => [...book.values()].reduce((a, b) => a + b, 0n);
  const lines: TraceLine[] = [];
  for (let i = 1; i <= calls; i++) {
    const who = account(next(5));
    const assets = BigInt(1 + next(1_000_000));
    const type = ["Supply", "Supply", "Withdraw", "Borrow", "Borrow", "Repay", "Accrue", "BadDebt"][next(8)]!;
    const held = shares.get(who) ?? 0n;
    const owed = debts.get(who) ?? 0n;
    let reverted: string | null = null;
    let args: Record<string, unknown> = {};
    if (type === "Supply") {
      if (index === 0n) reverted = "Error(dead)";
      else {
        const minted = (assets * RAY) / index;
        shares.set(who, held + minted);
        cash += assets;
        args = { account: who, assets, shares: minted };
      }
    } else if (type === "Withdraw") {
      const burned = index === 0n ? 0n : (assets * RAY + index - 1n) / index;
      if (index === 0n) reverted = "Error(dead)";
      else if (burned > held) reverted = "Error(shares)";
      else if (assets > cash) reverted = "Error(cash)";
      else {
        shares.set(who, held - burned);
        cash -= assets;
        args = { account: who, assets, shares: burned };
      }
    } else if (type === "Borrow") {
      if (assets > cash) reverted = "Error(cash)";
      else {
        debts.set(who, owed + assets);
        cash -= assets;
        args = { account: who, assets };
      }
    } else if (type === "Repay") {
      if (assets > owed) reverted = "Error(debt)";
      else {
        debts.set(who, owed - assets);
        cash += assets;
        args = { account: who, assets };
      }
    } else if (type === "Accrue") {
      if (sum(shares) === 0n) reverted = "Error(empty)";
      else {
        index += (assets * RAY) / sum(shares);
        cash += assets;
        args = { interest: assets, indexRay: index };
      }
    } else if (owed === 0n) reverted = "Error(debt)";
    else {
      const supplied = (sum(shares) * index) / RAY;
      index -= owed >= supplied ? index : (index * owed + supplied - 1n) / supplied;
      debts.set(who, 0n);
      args = { account: who, debt: owed, indexRay: index };
    }
    lines.push({
      number: i + 1,
      value: {
        i,
        block: i,
        timestamp: 1_700_000_000 + i * 12,
        action: { type, account: who, assets: `${assets}`, interest: `${assets}` },
        reverted,
        logs: reverted === null ? [encode(type, args)] : [],
        state: { cash: `${cash}`, indexRay: `${index}`, shares: `${sum(shares)}`, debts: `${sum(debts)}` },
      },
    });
  }
  return { header, lines };
}

function encode(
  name: string,
  args: Readonly<Record<string, unknown>>,
): { address: string; topics: string[]; data: string } {
  const codec = [...EVENTS.values()].find((each) => each.name === name)!;
  const word = (value: unknown): string => BigInt(String(value)).toString(16).padStart(64, "0");
  const { account: who, ...rest } = args;
  return {
    address: POOL,
    topics: [codec.topic0, ...(who === undefined ? [] : [`0x${word(who)}`])],
    data: `0x${Object.values(rest).map(word).join("")}`,
  };
}
