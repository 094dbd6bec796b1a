import { createLedger, type Ledger, type PolicyTrust, type PoolDefinition } from "@shortfall/core";
import { catalogue } from "@shortfall/policies";
import { type Contender, type GroupResult, measure, ratioOf } from "./measure.js";

const at = { block: 1, timestamp: 1 };

/** A pool of two classes behind a fund and its reserves: four layers, all touched by every loss. */
const DEFINITION: PoolDefinition = {
  id: "usd",
  asset: "USD",
  decimals: 6,
  classes: [{ id: "senior" }, { id: "junior" }],
  funds: [{ id: "insurance" }],
  waterfall: {
    format: "shortfall-waterfall/1",
    id: "bench",
    version: "1",
    layers: [
      { id: "insurance", policy: "cash-fund", parameters: { fund: "insurance", limits: { fixed: "1" } } },
      { id: "reserves", policy: "reserve", parameters: {}, cap: 1n },
      { id: "junior", policy: "tranche", parameters: { class: "junior" }, cap: 100n },
      { id: "senior", policy: "pro-rata", parameters: { class: "senior" } },
    ],
  },
};

/** A ledger with so many holders, and a borrower for every write-off to come. */
function prepare(holders: number, borrowers: number, trust: PolicyTrust): Ledger {
  const ledger = createLedger({ trust, policies: catalogue, pools: [DEFINITION] });
  const deposits = Array.from(
    { length: holders },
    (_, index) => [`holder-${index}`, 1_000_000n + BigInt(index % 997)] as const,
  );
  ledger.depositMany({ pool: "usd", at, class: "senior", deposits });
  ledger.deposit({ pool: "usd", at, class: "junior", account: "junior", assets: 10n ** 12n });
  ledger.topUpFund({ pool: "usd", at, fund: "insurance", account: "dao", assets: 10n ** 9n });
  ledger.addReserves({ pool: "usd", at, account: "dao", assets: 10n ** 9n });
  for (let index = 0; index < borrowers; index++)
    ledger.borrow({ pool: "usd", at, account: `borrower-${index}`, assets: 1000n });
  return ledger;
}

/**
 * Write-offs through four layers, by number of holders. They must cost the same.
 *
 * All ledgers live in one heap, so each pays its part of collecting all of it. Most of the time is the journal's
 * digest; with `checked` policies most is the watch over them.
 */
export function writeOffByHolders(options: { full: boolean }): GroupResult {
  const rounds = options.full ? 15 : 9;
  const perRound = options.full ? 2000 : 1000;
  const sizes: readonly (readonly [number, PolicyTrust])[] = [
    [1_000, "fast"],
    [1_000_000, "fast"],
    [1_000, "checked"],
  ];
  const losses: string[] = [];
  const contenders = sizes.map(([holders, trust]): Contender => {
    const ledger = prepare(holders, perRound * (rounds + 1), trust);
    return {
      name: `${holders.toLocaleString("en")} holders, policies ${trust}`,
      operations: perRound,
      run(round) {
        let loss = "";
        for (let index = 0; index < perRound; index++) {
          const account = `borrower-${round * perRound + index}`;
          const { layers, uncovered } = ledger.writeOff({ pool: "usd", at, account });
          loss = `${layers.map(({ taken }) => taken)} ${uncovered}`;
        }
        losses.push(loss);
      },
    };
  });
  const timings = measure(contenders, rounds);
  const [first] = losses;
  if (losses.some((loss) => loss !== first))
    throw new Error(`The contenders did different work: ${[...new Set(losses)].join("; ")}`);
  return {
    group: "write-off through four layers, by holders",
    timings,
    ratios: [ratioOf("1,000,000 holders against 1,000", timings[1]!, timings[0]!, "at-most", 1.3)],
  };
}
