import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { buildClaimTree, ozStandardV1, singleClaim } from "@shortfall/audit";
import { type Contender, type GroupResult, measure, ratioOf } from "./measure.js";

/** A compensation tree in OpenZeppelin's format, against their own library: same leaves, same root. */
export function claimsTree(options: { full: boolean }): GroupResult {
  const leaves = options.full ? 100_000 : 5_000;
  const rows = Array.from({ length: leaves }, (_, k): [string, bigint] => [
    `0x${((k + 1) * 2_654_435_761).toString(16).padStart(40, "0")}`,
    BigInt(k + 1) * 1_000_003n,
  ]);
  const claims = rows.map(([account, amount]) => singleClaim(account, amount));
  const roots = new Set<string>();
  const contenders: Contender[] = [
    {
      name: "ours",
      operations: leaves,
      run: () => roots.add(buildClaimTree(ozStandardV1, claims).root),
    },
    {
      name: "@openzeppelin/merkle-tree",
      operations: leaves,
      run: () => roots.add(StandardMerkleTree.of(rows, ["address", "uint256"]).root),
    },
  ];
  const timings = measure(contenders, options.full ? 3 : 5);
  if (roots.size !== 1) throw new Error(`The roots differ: ${[...roots].join(", ")}.`);
  return {
    group: `claims tree of ${leaves.toLocaleString("en")} leaves, ns a leaf`,
    timings,
    ratios: [ratioOf("OpenZeppelin's library over ours", timings[1]!, timings[0]!, "at-least", 4)],
  };
}
