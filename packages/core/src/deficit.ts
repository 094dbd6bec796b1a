import { DeficitStateError } from "./errors.js";
import type { Position } from "./position.js";

/** What one layer took of a deficit, and what came back to it. */
export interface LayerShare {
  readonly layer: string;
  readonly policy: string;
  readonly taken: bigint;
  readonly restored: bigint;
}

/**
 * A debt that its collateral no longer covers.
 *
 * recognised = Σ taken + uncovered, always. `provisional` marks may be reversed; `carried` is what a carry
 * layer keeps open as an asset until it is covered.
 */
export interface DeficitRecord {
  readonly id: string;
  readonly pool: string;
  readonly asset: string;
  readonly borrower: string;
  readonly recognised: bigint;
  readonly recognisedAt: Position;
  readonly status: "provisional" | "realised" | "reversed";
  readonly layers: readonly LayerShare[];
  /** What no layer took. Explicit, never dropped. */
  readonly uncovered: bigint;
  /** Collected from the borrower or a third party since. */
  readonly recovered: bigint;
  /** Of what was recovered, what exceeded every unreimbursed loss. */
  readonly excess: bigint;
  /** Names the holders' balances that the loss was weighed by. */
  readonly epoch?: number;
}

/** Totals over a register, for roll-forwards: opening + recognised − reversed − recovered = closing. */
export interface DeficitTotals {
  readonly recognised: bigint;
  readonly absorbed: bigint;
  readonly uncovered: bigint;
  readonly recovered: bigint;
  readonly reversed: bigint;
}

export interface NewDeficit {
  readonly id: string;
  readonly pool: string;
  readonly asset: string;
  readonly borrower: string;
  readonly recognised: bigint;
  readonly recognisedAt: Position;
  readonly provisional?: boolean;
  readonly layers: readonly { readonly layer: string; readonly policy: string; readonly taken: bigint }[];
  readonly epoch?: number;
}

/** All deficits of a ledger or a re-executed market, in order of recognition. */
export class DeficitRegister {
  readonly #records = new Map<string, DeficitRecord>();

  /** In order of recognition. */
  all(): readonly DeficitRecord[] {
    return [...this.#records.values()];
  }

  /** Whether an id is in use. */
  has(id: string): boolean {
    return this.#records.has(id);
  }

  /** @throws {DeficitStateError} no such deficit. */
  get(id: string): DeficitRecord {
    const record = this.#records.get(id);
    if (!record) throw new DeficitStateError(id, "be read", "it is not in the register");
    return record;
  }

  /**
   * Adds a deficit with what the layers took of it.
   *
   * @throws {DeficitStateError} id in use, negative amounts, or layers that took more than there was.
   */
  recognise(input: NewDeficit): DeficitRecord {
    if (this.#records.has(input.id))
      throw new DeficitStateError(input.id, "be recognised", "its id is in use");
    let taken = 0n;
    for (const layer of input.layers) {
      if (layer.taken < 0n) {
        throw new DeficitStateError(input.id, "be recognised", `layer "${layer.layer}" took ${layer.taken}`);
      }
      taken += layer.taken;
    }
    if (input.recognised < 0n || taken > input.recognised) {
      throw new DeficitStateError(
        input.id,
        "be recognised",
        `layers took ${taken} of a deficit of ${input.recognised}`,
      );
    }
    const record: DeficitRecord = {
      id: input.id,
      pool: input.pool,
      asset: input.asset,
      borrower: input.borrower,
      recognised: input.recognised,
      recognisedAt: input.recognisedAt,
      status: input.provisional ? "provisional" : "realised",
      layers: input.layers.map((layer) => ({ ...layer, restored: 0n })),
      uncovered: input.recognised - taken,
      recovered: 0n,
      excess: 0n,
      ...(input.epoch === undefined ? {} : { epoch: input.epoch }),
    };
    return this.#replace(record);
  }

  /** Makes a provisional deficit final. @throws {DeficitStateError} it is not provisional. */
  realise(id: string): DeficitRecord {
    const record = this.get(id);
    if (record.status !== "provisional") {
      throw new DeficitStateError(id, "be realised", `it is ${record.status}`);
    }
    return this.#replace({ ...record, status: "realised" });
  }

  /** Takes a provisional deficit back. @throws {DeficitStateError} it is not provisional. */
  reverse(id: string): DeficitRecord {
    const record = this.get(id);
    if (record.status !== "provisional") {
      throw new DeficitStateError(
        id,
        "be reversed",
        `it is ${record.status}; only a provisional mark can be`,
      );
    }
    return this.#replace({ ...record, status: "reversed" });
  }

  /**
   * Books a recovery: what each layer (by index) got back, what reduced the uncovered part, and the excess.
   *
   * @throws {DeficitStateError} a part is negative or above what that slot has not yet got back.
   */
  recover(id: string, restored: readonly bigint[], uncovered: bigint, excess: bigint): DeficitRecord {
    const record = this.get(id);
    if (record.status === "reversed") throw new DeficitStateError(id, "recover", "it was reversed");
    let total = uncovered + excess;
    const layers = record.layers.map((layer, index) => {
      const part = restored[index] ?? 0n;
      if (part < 0n || layer.restored + part > layer.taken) {
        throw new DeficitStateError(
          id,
          "recover",
          `layer "${layer.layer}" would get ${part} with ${layer.taken - layer.restored} outstanding`,
        );
      }
      total += part;
      return { ...layer, restored: layer.restored + part };
    });
    if (uncovered < 0n || uncovered > record.uncovered || excess < 0n) {
      throw new DeficitStateError(id, "recover", `${uncovered} against an uncovered ${record.uncovered}`);
    }
    return this.#replace({
      ...record,
      layers,
      uncovered: record.uncovered - uncovered,
      recovered: record.recovered + total,
      excess: record.excess + excess,
    });
  }

  /**
   * Moves what a carry layer kept open on to the layers that now cover it.
   *
   * @throws {DeficitStateError} more than the layer still carries.
   */
  cover(id: string, carryLayer: string, by: { layer: string; policy: string; taken: bigint }): DeficitRecord {
    const record = this.get(id);
    const carried = record.layers.find((layer) => layer.layer === carryLayer);
    if (!carried || by.taken < 0n || by.taken > carried.taken - carried.restored) {
      throw new DeficitStateError(
        id,
        "be covered",
        `${by.taken} against ${carried ? carried.taken - carried.restored : 0n} carried by "${carryLayer}"`,
      );
    }
    const layers = record.layers
      .map((layer) => (layer === carried ? { ...layer, taken: layer.taken - by.taken } : layer))
      .concat({ ...by, restored: 0n });
    return this.#replace({ ...record, layers });
  }

  /** Sums of one asset's records. */
  totals(asset: string): DeficitTotals {
    const sum = { recognised: 0n, absorbed: 0n, uncovered: 0n, recovered: 0n, reversed: 0n };
    for (const record of this.#records.values()) {
      if (record.asset !== asset) continue;
      sum.recognised += record.recognised;
      if (record.status === "reversed") sum.reversed += record.recognised;
      else {
        for (const layer of record.layers) sum.absorbed += layer.taken;
        sum.uncovered += record.uncovered;
      }
      sum.recovered += record.recovered;
    }
    return sum;
  }

  /** Records are handed out, so they are frozen: what a listener does to one changes nothing. */
  #replace(record: DeficitRecord): DeficitRecord {
    for (const layer of record.layers) Object.freeze(layer);
    Object.freeze(record.layers);
    Object.freeze(record);
    this.#records.set(record.id, record);
    return record;
  }
}
