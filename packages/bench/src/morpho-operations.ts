import { Market, MarketParams } from "@morpho-org/blue-sdk";
import { morphoBlue } from "@shortfall/adapter-morpho";
import { concatBytes, keccak, toHex, word } from "@shortfall/core";
import { bareMulDiv } from "./arithmetic.js";
import { type Contender, type GroupResult, measure, ratioOf } from "./measure.js";

const address = (n: number): `0x${string}` => `0x${n.toString(16).padStart(40, "0")}`;
const [MORPHO, CURVE, OWNER, LOAN, COLLATERAL, ORACLE] = [1, 2, 3, 4, 5, 6].map((n) =>
  address(n + 0xa000),
) as [`0x${string}`, `0x${string}`, `0x${string}`, `0x${string}`, `0x${string}`, `0x${string}`];
const LLTV = 860_000_000_000_000_000n;
const MARKET = toHex(
  keccak(concatBytes(...[LOAN, COLLATERAL, ORACLE, CURVE].map((part) => word(BigInt(part))), word(LLTV))),
);
const PLENTY = 10n ** 18n;
const START = 1_700_000_000;
const users = Array.from({ length: 1000 }, (_, k) => address(k + 0xb0000));

interface Totals {
  readonly suppliers: bigint;
  readonly loans: bigint;
}

/** One side of the comparison, driven through the same calls at the same times. */
interface Side {
  supply(assets: bigint, user: number, time: number): void;
  withdraw(assets: bigint, user: number, time: number): void;
  borrow(assets: bigint, user: number, time: number): void;
  repay(assets: bigint, user: number, time: number): void;
  totals(): Totals;
}

/** The adapter as it is used: accounts, predicted logs, undo, journal. */
function adapterSide(): Side {
  const model = morphoBlue.open({
    format: "shortfall-logs/1",
    protocol: "morpho-blue",
    version: "1.0",
    params: {
      morpho: MORPHO,
      adaptiveCurveIrm: CURVE,
      owner: OWNER,
      feeRecipient: OWNER,
      tokens: [],
      markets: [
        {
          id: MARKET,
          loanToken: LOAN,
          collateralToken: COLLATERAL,
          oracle: ORACLE,
          irm: CURVE,
          lltv: `${LLTV}`,
          initialPrice: `${10n ** 36n}`,
          lastUpdate: `${START}`,
        },
      ],
      startTimestamp: `${START}`,
    },
  });
  let block = 0;
  const call = (type: string, user: number, amount: bigint, time: number): void => {
    const from = users[user]!;
    const sides = { onBehalf: from, receiver: from };
    const fields = { type, market: MARKET, from, ...sides, assets: `${amount}`, shares: "0" };
    const result = model.execute(fields, { block: ++block, timestamp: time });
    if (!result.ok) throw new Error(`${type} of ${amount} was refused: ${result.reason}`);
  };
  for (let user = 0; user < users.length; user++) call("supplyCollateral", user, PLENTY, START);
  return {
    supply: (assets, user, time) => call("supply", user, assets, time),
    withdraw: (assets, user, time) => call("withdraw", user, assets, time),
    borrow: (assets, user, time) => call("borrow", user, assets, time),
    repay: (assets, user, time) => call("repay", user, assets, time),
    totals: () => {
      const { suppliers, loans } = model.pools()[0]!;
      return { suppliers, loans };
    },
  };
}

/** The protocol's own SDK: totals of one market, nobody's balances. */
function peerSide(): Side {
  let market = new Market({
    params: new MarketParams({
      loanToken: LOAN,
      collateralToken: COLLATERAL,
      oracle: ORACLE,
      irm: CURVE,
      lltv: LLTV,
    }),
    totalSupplyAssets: 0n,
    totalSupplyShares: 0n,
    totalBorrowAssets: 0n,
    totalBorrowShares: 0n,
    lastUpdate: BigInt(START),
    fee: 0n,
    rateAtTarget: 0n,
  });
  return {
    supply(assets, _, time) {
      market = market.supply(assets, 0n, BigInt(time)).market;
    },
    withdraw(assets, _, time) {
      market = market.withdraw(assets, 0n, BigInt(time)).market;
    },
    borrow(assets, _, time) {
      market = market.borrow(assets, 0n, BigInt(time)).market;
    },
    repay(assets, _, time) {
      market = market.repay(assets, 0n, BigInt(time)).market;
    },
    totals: () => ({ suppliers: market.totalSupplyAssets, loans: market.totalBorrowAssets }),
  };
}

function contender(name: string, side: Side, quads: number): Contender & { readonly side: Side } {
  let time = START;
  const next = (): number => {
    time += 12;
    return time;
  };
  let turn = 0;
  side.supply(PLENTY, 0, next());
  side.borrow(PLENTY / 2n, 0, next());
  return {
    name,
    side,
    operations: quads * 4,
    run() {
      for (let k = 0; k < quads; k++, turn++) {
        const user = (turn * 7919) % users.length;
        const amount = 1_000_000n + BigInt(turn % 997) * 1000n;
        side.supply(amount, user, next());
        side.borrow(amount / 2n, user, next());
        side.repay(amount / 3n, user, next());
        side.withdraw(amount / 4n, user, next());
      }
      return side.totals();
    },
  };
}

/**
 * P2: supply, borrow, repay and withdraw, each with the adaptive curve's accrual before it, against one mulDiv and
 * against the protocol's own SDK on the same calls. The totals of both must be equal after each round.
 */
export function morphoOperations(options: { full: boolean }): GroupResult {
  const quads = options.full ? 2000 : 500;
  const ours = contender("Morpho adapter: books, logs, journal", adapterSide(), quads);
  const peer = contender("@morpho-org/blue-sdk Market: totals only", peerSide(), quads);
  const timings = measure([bareMulDiv(), ours, peer], options.full ? 15 : 9);
  const [a, b] = [ours.side.totals(), peer.side.totals()];
  if (a.suppliers !== b.suppliers || a.loans !== b.loans)
    throw new Error(`The totals differ: ${a.suppliers} and ${a.loans}, ${b.suppliers} and ${b.loans}.`);
  const [mulDiv, adapter, sdk] = timings as [Timed, Timed, Timed];
  return {
    group: "a Morpho operation with its accrual, ns each",
    timings,
    ratios: [
      ratioOf("P2 an operation, journal included, over one mulDiv", adapter, mulDiv, "at-most", 8),
      ratioOf("P2 blue-sdk's Market over the adapter", sdk, adapter, "at-least", 2),
    ],
  };
}

type Timed = ReturnType<typeof measure>[number];
