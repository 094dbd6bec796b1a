import { allocateFloor, allocateLargestRemainder } from "@shortfall/math";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Column } from "../column.js";
import { haircutFloor, haircutLargestRemainder } from "./haircut-kernel.js";

const columnOf = (shares: readonly bigint[]): Column => {
  const column = new Column(128, Math.max(1, shares.length));
  shares.forEach((value, id) => {
    column.set(id, value);
  });
  return column;
};

const rowsOf = (column: Column, rows: number) => Array.from({ length: rows }, (_, id) => column.get(id));

/** Both kernels against the plain bigint allocations. */
function agree(shares: readonly bigint[], loss: bigint): void {
  const total = shares.reduce((sum, value) => sum + value, 0n);
  const column = columnOf(shares);
  const floor = haircutFloor(column, shares.length, loss, total);
  const wantedFloor = allocateFloor(loss, shares);
  expect(rowsOf(floor.losses, shares.length)).toEqual(wantedFloor.parts);
  expect(floor.dust).toBe(wantedFloor.dust);
  const largest = haircutLargestRemainder(column, shares.length, loss, total);
  expect(rowsOf(largest.losses, shares.length)).toEqual(allocateLargestRemainder(loss, shares).parts);
  expect(largest.dust).toBe(0n);
}

const EDGES = [
  1n,
  2n,
  (1n << 24n) - 1n,
  1n << 24n,
  (1n << 48n) + 1n,
  1n << 64n,
  (1n << 64n) - 1n,
  (1n << 96n) - 1n,
  1n << 120n,
];

const share = fc.oneof(
  fc.constantFrom(0n, ...EDGES),
  fc.bigInt(0n, 1000n),
  fc.bigInt(0n, 1n << 80n),
  fc.bigInt(0n, (1n << 124n) - 1n),
);

describe("the bulk haircut", () => {
  it("equals the bigint allocations on any shares and any loss", () => {
    fc.assert(
      fc.property(
        fc.array(share, { minLength: 1, maxLength: 40 }),
        fc.bigInt(0n, 10n ** 9n),
        fc.constantFrom("part", "near nothing", "near everything", "more"),
        (shares, pick, how) => {
          const total = shares.reduce((sum, value) => sum + value, 0n);
          fc.pre(total > 0n && total < 1n << 128n);
          const loss =
            how === "part"
              ? (total * pick) / 10n ** 9n
              : how === "near nothing"
                ? pick % 7n
                : how === "near everything"
                  ? total - (pick % 5n) - 1n
                  : total + pick;
          if (loss >= 0n) agree(shares, loss);
        },
      ),
      { numRuns: 3000, seed: 4 },
    );
  });

  it.each(EDGES)("holds at the edge of a limb: %i", (edge) => {
    for (const other of [1n, edge - 1n > 0n ? edge - 1n : 1n, edge + 1n, 3n]) {
      const total = edge + other;
      for (const loss of [1n, edge, other, total / 2n, total - 1n, total]) agree([edge, other], loss);
    }
  });

  it("orders equal remainders by id and leaves nobody out of the last bucket", () => {
    agree(new Array<bigint>(5000).fill(1n), 1234n);
    agree(new Array<bigint>(5000).fill((1n << 100n) + 7n), 4999n);
    agree([...new Array<bigint>(3000).fill(3n), ...new Array<bigint>(3000).fill(5n)], 7777n);
  });

  it("leaves everything over where nobody holds a share", () => {
    expect(haircutFloor(new Column(), 0, 5n, 0n).dust).toBe(5n);
    expect(haircutLargestRemainder(new Column(), 0, 5n, 0n).dust).toBe(5n);
    expect(haircutFloor(columnOf([7n]), 1, 0n, 7n).dust).toBe(0n);
  });
});
