import { Column, haircutFloor, haircutLargestRemainder } from "@shortfall/core";
import { type Contender, type GroupResult, measure, ratioOf } from "./measure.js";

/** Seeded 80-bit shares. */
function seededShares(rows: number): { readonly shares: Column; readonly total: bigint } {
  const shares = new Column(128, rows);
  let seed = 0x9e3779b97f4a7c15n;
  let total = 0n;
  for (let id = 0; id < rows; id++) {
    seed = BigInt.asUintN(64, seed * 6364136223846793005n + 1442695040888963407n);
    const value = (seed << 16n) | (seed >> 48n);
    shares.set(id, value);
    total += value;
  }
  return { shares, total };
}

/** A loss of 7 % written out to every holder: limbs against bigint, floor against largest remainder. */
export function haircutByHolder(options: { full: boolean }): GroupResult {
  const rows = options.full ? 1_000_000 : 100_000;
  const { shares, total } = seededShares(rows);
  const loss = (total * 7n) / 100n;
  const copied = new BigUint64Array(shares.words.length);
  const plain = () => {
    const losses = new Column(128, rows);
    let given = 0n;
    for (let id = 0; id < rows; id++) {
      const part = (shares.get(id) * loss) / total;
      losses.set(id, part);
      given += part;
    }
    return { losses, dust: loss - given };
  };
  requireEqual(haircutFloor(shares, rows, loss, total), plain(), rows);
  const contenders: Contender[] = [
    { name: "copy of the column", operations: rows, run: () => copied.set(shares.words) },
    { name: "floor, bigint over lanes", operations: rows, run: plain },
    { name: "floor, limbs", operations: rows, run: () => haircutFloor(shares, rows, loss, total) },
    {
      name: "largest remainder, limbs",
      operations: rows,
      run: () => haircutLargestRemainder(shares, rows, loss, total),
    },
  ];
  const timings = measure(contenders, 9);
  const [, bigint, floor, largest] = timings;
  return {
    group: `haircut of ${rows.toLocaleString("en")} holders, ns a holder`,
    timings,
    ratios: [
      ratioOf("bigint over limbs, floor", bigint!, floor!, "at-least", 2.5),
      ratioOf("largest remainder over floor", largest!, floor!, "at-most", 1.5),
    ],
  };
}

function requireEqual(
  a: { readonly losses: Column; readonly dust: bigint },
  b: { readonly losses: Column; readonly dust: bigint },
  rows: number,
): void {
  if (a.dust !== b.dust) throw new Error(`Dust differs: ${a.dust} and ${b.dust}.`);
  for (let id = 0; id < rows; id++) {
    if (a.losses.get(id) !== b.losses.get(id))
      throw new Error(`Row ${id} differs: ${a.losses.get(id)} and ${b.losses.get(id)}.`);
  }
}
