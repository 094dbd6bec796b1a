import type { Claim } from "./claim.js";
import { requireAddress, requireAmount, singleClaim } from "./claim.js";
import { ClaimError } from "./errors.js";

/** A claim list under the name of its tree; a file with one list has one, named "". */
export interface ClaimList {
  readonly name: string;
  readonly claims: readonly Claim[];
}

/**
 * Reads claim lists from parsed JSON, in any of the shapes that published trees come in:
 *
 * - `[[address, amount], …]` or `[{ account | address | holder, amount | value | balance }, …]`
 * - `{ address: amount, … }`
 * - `[[index, address, [[token, amount], …]], …]`, indices 0, 1, 2 …
 * - `{ name: list in one of these shapes, … }`: several trees
 * - a `standard-v1` dump of OpenZeppelin's library: `{ format, values: [{ value: [address, amount] }] }`
 *
 * @throws {ClaimError} naming the entry, what was expected and what came.
 */
export function parseClaims(document: unknown): ClaimList[] {
  if (Array.isArray(document)) return [{ name: "", claims: document.map(parseEntry) }];
  if (!isObject(document)) throw new ClaimError("file", "a list or an object", typeof document);
  if ("values" in document && Array.isArray(document.values)) {
    const claims = document.values.map((entry, index) =>
      parseEntry(isObject(entry) && Array.isArray(entry.value) ? entry.value : entry, index),
    );
    return [{ name: "", claims }];
  }
  const entries = Object.entries(document);
  if (entries.every(([, value]) => !isObject(value) && !Array.isArray(value))) {
    const claims = entries.map(([account, amount]) =>
      singleClaim(
        requireAddress(account, `account "${account}"`),
        requireAmount(amount, `amount of ${account}`),
      ),
    );
    return [{ name: "", claims }];
  }
  return entries.map(([name, value]) => {
    const lists = parseClaims(value);
    if (lists.length !== 1 || lists[0]!.name !== "")
      throw new ClaimError(`list "${name}"`, "one list", "several");
    return { name, claims: lists[0]!.claims };
  });
}

/** Reads `account,amount` lines; a header line is recognised by its first cell. */
export function parseClaimsCsv(text: string): ClaimList[] {
  const rows = text.split(/\r?\n/).map((line) => line.split(",").map((cell) => cell.trim()));
  const claims: Claim[] = [];
  rows.forEach(([account = "", amount = ""], index) => {
    if (account === "" && amount === "") return;
    if (index === 0 && !account.startsWith("0x")) return;
    claims.push(
      singleClaim(
        requireAddress(account, `line ${index + 1}, account`),
        requireAmount(amount, `line ${index + 1}, amount`),
      ),
    );
  });
  return [{ name: "", claims }];
}

function parseEntry(entry: unknown, index: number): Claim {
  const at = `entry ${index}`;
  if (Array.isArray(entry) && entry.length === 2) {
    return singleClaim(requireAddress(entry[0], `${at}, account`), requireAmount(entry[1], `${at}, amount`));
  }
  if (Array.isArray(entry) && entry.length === 3 && Array.isArray(entry[2])) {
    if (requireAmount(entry[0], `${at}, index`) !== BigInt(index)) {
      throw new ClaimError(`${at}, index`, `${index}: indices count up from 0`, String(entry[0]));
    }
    return {
      account: requireAddress(entry[1], `${at}, account`),
      amounts: entry[2].map((pair: unknown, k) => {
        if (!Array.isArray(pair) || pair.length !== 2) {
          throw new ClaimError(`${at}, amount ${k}`, "[token, amount]", JSON.stringify(pair));
        }
        return {
          token: requireAddress(pair[0], `${at}, token ${k}`),
          amount: requireAmount(pair[1], `${at}, amount ${k}`),
        };
      }),
    };
  }
  if (isObject(entry)) {
    const account = entry.account ?? entry.address ?? entry.holder;
    const amount = entry.amount ?? entry.value ?? entry.balance;
    return singleClaim(requireAddress(account, `${at}, account`), requireAmount(amount, `${at}, amount`));
  }
  throw new ClaimError(
    at,
    "[account, amount], [index, account, [[token, amount], …]] or an object",
    JSON.stringify(entry),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
