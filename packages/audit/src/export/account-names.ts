import type { Posting } from "@shortfall/core";

/**
 * Account names for text accounting programs: the chart's path, then the pool. Letters, digits and dashes, every part
 * beginning with a capital or a digit, as the strictest of them wants; two accounts never share a name.
 */
export class AccountNames {
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();

  of(posting: Pick<Posting, "account" | "pool">): string {
    const key = `${posting.account}\u0000${posting.pool}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const base = [...posting.account.split(":"), posting.pool].map(part).join(":");
    let name = base;
    for (let count = 2; this.#taken.has(name); count++) name = `${base}-${count}`;
    this.#names.set(key, name);
    this.#taken.add(name);
    return name;
  }
}

function part(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9-]/g, "-").replace(/^-+/, "");
  return plain === "" ? "X" : plain.charAt(0).toUpperCase() + plain.slice(1);
}
