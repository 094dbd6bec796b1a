import { AccountTable, Book } from "@shortfall/core";

/* Run by itself: prints the bytes an account takes in one layout. Arguments: layout, number of accounts. */

const [layout, count] = process.argv.slice(2);
const accounts = Number(count);
const address = (k: number): string =>
  `0x${((k * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, "0")}${k.toString(16).padStart(32, "0")}`;
const balance = (k: number): bigint => (BigInt(k) << 50n) + 12_345_678_901n;

/** Three balances by interned id. */
function table(): object {
  const ids = new AccountTable();
  const books = ["supply", "debt", "collateral"].map((name) => new Book(name));
  for (let k = 0; k < accounts; k++) {
    const id = ids.intern(address(k));
    for (const book of books) book.set(id, balance(k));
  }
  return { ids, books };
}

/** Three balances in an object by address. */
function objects(): object {
  const map = new Map<string, { supply: bigint; debt: bigint; collateral: bigint }>();
  for (let k = 0; k < accounts; k++) {
    // Through bytes: a string as a decoder makes it, not one that shares its parts.
    const key = Buffer.from(address(k), "latin1").toString("latin1");
    map.set(key, { supply: balance(k), debt: balance(k) + 1n, collateral: balance(k) + 2n });
  }
  return map;
}

function used(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const before = used();
const kept = layout === "table" ? table() : objects();
const bytes = (used() - before) / accounts;
// Looked at after the measurement, so that it is still there during it.
process.stdout.write(kept === null ? "" : `${bytes.toFixed(1)}\n`);
