import { createLedger, type Ledger, type PoolDefinition } from "@shortfall/core";
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
function prepare(holders: number, borrowers: number): Ledger {
  const ledger = createLedger({ policies: catalogue, pools: [DEFINITION] });
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

/** Write-offs through four layers, by number of holders. They must cost the same. */
export function writeOffByHolders(options: { full: boolean }): GroupResult {
  const rounds = options.full ? 15 : 9;
  const perRound = options.full ? 1000 : 500;
  const sizes = options.full ? [1_000, 100_000, 1_000_000] : [1_000, 1_000_000];
  const losses: string[] = [];
  const contenders = sizes.map((holders): Contender => {
    const ledger = prepare(holders, perRound * (rounds + 1));
    return {
      name: `write-off, 4 layers, ${holders.toLocaleString("en")} holders`,
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
    group: "write-off by holders",
    timings,
    ratios: [
      ratioOf("1,000,000 holders against 1,000", timings[timings.length - 1]!, timings[0]!, "at-most", 1.3),
    ],
  };
}
