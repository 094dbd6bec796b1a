import type { HaircutTable } from "@shortfall/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gatherHolders } from "./holders.js";

const table = (writeOff: string, over: Partial<HaircutTable>): HaircutTable => {
  const rows = over.rows ?? [];
  const dust = over.dust ?? 0n;
  return {
    writeOff,
    pool: "p",
    bearer: "base",
    asset: "A",
    basis: "realised",
    absorbed: rows.reduce((sum, row) => sum + row.loss, dust),
    dustOwner: "pool",
    ...over,
    rows,
    dust,
  };
};
const row = (account: string, loss: bigint) => ({ account, shares: 1n, loss });

describe("holders", () => {
  it("are added up by account, pool, layer, asset and basis, never across", () => {
    const { rows, totals } = gatherHolders(
      [
        table("1", { rows: [row("x", 5n), row("y", 0n)], dust: 1n }),
        table("2", { rows: [row("x", 7n), row("y", 2n)] }),
        table("2", { asset: "B", rows: [row("x", 100n)] }),
        table("2", { basis: "implied", rows: [row("x", 50n)] }),
        table("3", { pool: "q", rows: [row("x", 1n)] }),
      ],
      ["B", "A"],
    );
    expect(
      rows.map(({ asset, basis, pool, account, loss, writeOffs }) => [
        asset,
        basis,
        pool,
        account,
        loss,
        writeOffs,
      ]),
    ).toEqual([
      ["B", "realised", "p", "x", 100n, 1],
      ["A", "realised", "p", "x", 12n, 2],
      ["A", "realised", "p", "y", 2n, 1],
      ["A", "realised", "q", "x", 1n, 1],
      ["A", "implied", "p", "x", 50n, 1],
    ]);
    expect(
      totals.find((total) => total.pool === "p" && total.asset === "A" && total.basis === "realised"),
    ).toMatchObject({
      absorbed: 15n,
      dust: 1n,
      dustOwners: ["pool"],
    });
  });

  it("lose no unit, in any order of tables the same", () => {
    const tables = fc.array(
      fc.record({
        pool: fc.constantFrom("p", "q"),
        asset: fc.constantFrom("A", "B"),
        dust: fc.bigInt(0n, 9n),
        rows: fc.uniqueArray(
          fc.record({
            account: fc.constantFrom("x", "y", "z"),
            shares: fc.constant(1n),
            loss: fc.bigInt(0n, 10n ** 30n),
          }),
          {
            selector: (held) => held.account,
          },
        ),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(tables, (given) => {
        const made = given.map((over, index) => table(`${index}`, over));
        const { rows, totals } = gatherHolders(made, ["A", "B"]);
        for (const total of totals) {
          const lost = rows
            .filter((held) => held.pool === total.pool && held.asset === total.asset)
            .reduce((sum, held) => sum + held.loss, total.dust);
          expect(lost).toBe(total.absorbed);
        }
        expect(gatherHolders([...made].reverse(), ["A", "B"]).rows).toEqual(rows);
      }),
      { seed: 11 },
    );
  });
});
