import type { BorrowerPosition, Position, ProtocolModel } from "@shortfall/core";
import { accountStatus } from "@shortfall/risk";
import type { AccountInsolventEvent, EventDraft } from "./event.js";

const WHOLE_BPS = 10_000n;

/**
 * Which accounts are insolvent: debt above the value of all collateral, at the last prices that the history told. An
 * account with collateral whose price is not known is left as it was: it cannot be judged.
 */
export class InsolvencyWatch {
  readonly #model: ProtocolModel;
  readonly #insolvent = new Map<string, AccountInsolventEvent["class"]>();

  constructor(model: ProtocolModel) {
    this.#model = model;
  }

  /** What changed since it was last asked, in the order of pools and accounts. */
  changes(position: Position): EventDraft[] {
    const { positions } = this.#model;
    if (!positions) return [];
    const drafts: EventDraft[] = [];
    const pools = new Set(this.#model.pools().map(({ pool }) => pool));
    for (const pool of pools) {
      const owing = new Set<string>();
      for (const held of positions.call(this.#model, pool)) {
        owing.add(keyOf(pool, held.account));
        drafts.push(...this.#judge(pool, held, position));
      }
      for (const key of [...this.#insolvent.keys()]) {
        const [of, account] = key.split("\n") as [string, string];
        if (of !== pool || owing.has(key)) continue;
        this.#insolvent.delete(key);
        drafts.push({ type: "account-solvent", position, pool, account, debt: 0n, collateral: 0n });
      }
    }
    return drafts;
  }

  #judge(pool: string, { account, debt, collateral }: BorrowerPosition, position: Position): EventDraft[] {
    const posted = [];
    for (const { value } of collateral) {
      if (value === undefined) return [];
      // Insolvency asks what the collateral is worth, not what a liquidation would leave of it.
      posted.push({ value, ltBps: WHOLE_BPS, bonusBps: 0n });
    }
    const status = accountStatus(posted, debt);
    const key = keyOf(pool, account);
    const before = this.#insolvent.get(key);
    const worth = status.equity + debt;
    if (status.class === "insolvent" || status.class === "bad-debt") {
      if (before === status.class) return [];
      this.#insolvent.set(key, status.class);
      const { class: kind, balanceSheetShortfall: shortfall } = status;
      return [
        {
          type: "account-insolvent",
          position,
          pool,
          account,
          class: kind,
          debt,
          collateral: worth,
          shortfall,
        },
      ];
    }
    if (before === undefined) return [];
    this.#insolvent.delete(key);
    return [{ type: "account-solvent", position, pool, account, debt, collateral: worth }];
  }
}

const keyOf = (pool: string, account: string): string => `${pool}\n${account}`;
