import {
  type Effect,
  type LossMoment,
  openWaterfallState,
  type PoolFacts,
  type Position,
  recoverThroughWaterfall,
  runWaterfall,
  type Waterfall,
  type WaterfallOutcome,
  type WaterfallState,
  type WriteOff,
} from "@shortfall/core";
import { max, min } from "@shortfall/math";
import {
  type BearingClass,
  bearingClasses,
  type ClassShifts,
  noShifts,
  planClasses,
  shift,
  splitByWeight,
} from "./classes.js";
import type { WhatIfClass, WhatIfDefinition, WhatIfRule } from "./definition.js";
import type { NativeOutcome } from "./native.js";
import type { Tally } from "./tally.js";

/** One pool under the alternative: its layers' state, its funds, and how far it is from the history by now. */
export class AlternativePool {
  readonly #waterfall: Waterfall;
  readonly #definition: WhatIfDefinition;
  readonly #rule: WhatIfRule;
  readonly #tally: Tally;
  readonly #plan: readonly (WhatIfClass & { readonly of: string })[];
  readonly #shifts: ClassShifts = noShifts();
  /** Written down and not written up again, by class and account. */
  readonly #lost = new Map<string, Map<string, bigint>>();
  #state: WaterfallState;
  #funds: PoolFacts["funds"];
  #groups: PoolFacts["groups"];
  /** Alternative less native. */
  #reservesShift = 0n;
  #moment: LossMoment;
  #classes: readonly BearingClass[];
  #facts: PoolFacts;
  /** Of the last loss. */
  #position: Position = { block: 0, timestamp: 0 };

  constructor(
    waterfall: Waterfall,
    definition: WhatIfDefinition,
    moment: LossMoment,
    options: { readonly rule: WhatIfRule; readonly tally: Tally },
  ) {
    this.#waterfall = waterfall;
    this.#definition = definition;
    this.#rule = options.rule;
    this.#tally = options.tally;
    this.#plan = planClasses(definition, waterfall, moment);
    this.#state = openWaterfallState(waterfall);
    this.#funds = openingFunds(waterfall, definition, moment.pool);
    this.#groups = openingGroups(definition);
    this.#moment = moment;
    this.#classes = bearingClasses(this.#plan, moment, this.#shifts, this.#rule);
    this.#facts = this.#factsOf(moment);
  }

  /** Class of the alternative that an account belongs to; the pool's own name of it where it is in none. */
  classOf(account: string): string {
    return this.#classes.find((entry) => entry.has(account))?.facts.id ?? "none";
  }

  /** Balances as they stand. */
  get funds(): PoolFacts["funds"] {
    return this.#funds;
  }

  /** Runs a loss down the alternative and books who bears it. */
  absorb(writeOff: WriteOff, moment: LossMoment): WaterfallOutcome {
    this.#moment = moment;
    this.#position = writeOff.position;
    this.#classes = bearingClasses(this.#plan, moment, this.#shifts, this.#rule);
    this.#facts = this.#factsOf(moment);
    const outcome = runWaterfall(this.#waterfall, this.#state, this.#facts, {
      deficit: writeOff.id,
      amount: writeOff.recomputed,
      borrower: writeOff.account,
      position: writeOff.position,
    });
    const running = new Running(this.#facts);
    for (const { effects } of outcome.layers) for (const effect of effects) this.#book(effect, running);
    this.#tally.add("alternative", moment, "uncovered", "uncovered", outcome.uncovered);
    this.#take(outcome);
    return outcome;
  }

  /** Notes what the same loss did in the history: the next moment shows the pool without it. */
  contrast(native: NativeOutcome): void {
    this.#reservesShift += native.reservesDrawn;
    for (const { account, loss } of native.writtenDown) {
      const id = this.classOf(account);
      this.#claim(id, loss);
      shift(this.#shifts.holders, id, account, loss);
    }
    const rest = this.#plan.find(({ holders }) => holders === "rest");
    if (rest !== undefined) this.#claim(rest.id, native.writtenDownDust);
  }

  /** Gives a recovery of the history to those who bore the alternative's losses. */
  recover(amount: bigint): void {
    const position = this.#position;
    const outcome = recoverThroughWaterfall(this.#waterfall, this.#state, this.#facts, { amount, position });
    const running = new Running(this.#facts);
    for (const { effects } of outcome.slots) for (const effect of effects) this.#book(effect, running);
    this.#tally.add("alternative", this.#moment, "uncovered", "uncovered", -outcome.uncovered);
    this.#tally.add("alternative", this.#moment, "excess", "excess", -outcome.excess);
    this.#take(outcome);
  }

  #take(outcome: { readonly state: WaterfallState; readonly facts: PoolFacts }): void {
    this.#state = outcome.state;
    this.#facts = outcome.facts;
    this.#funds = outcome.facts.funds;
    this.#groups = outcome.facts.groups;
  }

  #factsOf(moment: LossMoment): PoolFacts {
    const { prices } = this.#definition;
    return {
      pool: moment.pool,
      asset: moment.asset,
      cash: moment.cash,
      loans: moment.loans,
      reserves: moment.reserves + this.#reservesShift,
      ...(moment.reservesFloor === undefined ? {} : { reservesFloor: moment.reservesFloor }),
      funds: this.#funds,
      classes: this.#classes.map(({ facts }) => facts),
      ...(this.#groups === undefined ? {} : { groups: this.#groups }),
      ...(Object.keys(prices).length === 0 ? {} : { prices: new Map(Object.entries(prices)) }),
    };
  }

  #book(effect: Effect, running: Running): void {
    const add = (kind: Parameters<Tally["add"]>[2], name: string, loss: bigint): void =>
      this.#tally.add("alternative", this.#moment, kind, name, loss);
    switch (effect.kind) {
      case "draw-fund":
      case "slash-stake":
        add("funds", effect.fund, effect.assets);
        return;
      case "fill-fund":
      case "return-stake":
        add("funds", effect.fund, -effect.assets);
        return;
      case "draw-reserve":
        this.#drawReserve(effect.assets, running);
        return;
      case "fill-reserve":
        running.reserves += effect.assets;
        this.#reservesShift += effect.assets;
        add("reserves", "reserves", -effect.assets);
        return;
      case "write-down": {
        // What rounding takes beyond the loss stays with the pool.
        const dust = effect.dust ?? 0n;
        this.#lower(effect.class, effect.assets + dust, running);
        add("reserves", "reserves", -dust);
        return;
      }
      case "write-up": {
        const dust = effect.dust ?? 0n;
        this.#raise(effect.class, effect.assets - dust, running);
        add("reserves", "reserves", -dust);
        return;
      }
      case "mark":
        this.#mark(effect.class, effect.assets, running);
        return;
      case "unmark":
        this.#unmark(effect.class, effect.assets);
        return;
      case "burn-shares":
        this.#moveHolder(effect.class, effect.account, effect.assets, effect.shares, running);
        return;
      case "mint-shares":
        this.#moveHolder(effect.class, effect.account, -effect.assets, -effect.shares, running);
        return;
      case "carry":
        add("carried", "carried", effect.assets);
        return;
      case "uncarry":
        add("carried", "carried", -effect.assets);
        return;
      case "charge":
        this.#holder(effect.group, effect.account, effect.assets);
        return;
      case "refund":
        this.#holder(effect.group, effect.account, -effect.assets);
        return;
      case "transfer-debt":
        add("others", effect.to, effect.assets);
        return;
      case "sale":
        add("others", effect.buyer, effect.assets);
        return;
      case "pay":
        if (this.#tally.has("others", this.#moment.pool, effect.to)) add("others", effect.to, -effect.assets);
        else this.#holder(this.classOf(effect.to), effect.to, -effect.assets);
        return;
      case "give-collateral":
        return;
    }
  }

  /** What the reserves did not have, those whose claims they back would lose. */
  #drawReserve(assets: bigint, running: Running): void {
    const own = min(assets, max(0n, running.reserves));
    running.reserves -= assets;
    this.#reservesShift -= assets;
    this.#tally.add("alternative", this.#moment, "reserves", "reserves", own);
    const borne = assets - own;
    if (borne === 0n) return;
    const { parts, dust } = splitByWeight(
      borne,
      this.#classes.map(({ facts }) => running.assetsOf(facts.id)),
    );
    this.#dust(dust);
    for (const [at, part] of parts.entries()) {
      const entry = this.#classes[at]!;
      this.#share(entry, entry.split(part, max(part, running.assetsOf(entry.facts.id))), 1n);
    }
  }

  #lower(id: string, amount: bigint, running: Running): void {
    const entry = this.#class(id);
    const split = entry.split(amount, running.assetsOf(id));
    running.move(id, -amount);
    this.#claim(id, -amount);
    this.#share(entry, split, 1n, true);
  }

  #raise(id: string, amount: bigint, running: Running): void {
    const entry = this.#class(id);
    running.move(id, amount);
    this.#claim(id, amount);
    const held = this.#rule === "shares" && entry.weights.some((weight) => weight > 0n);
    const { accounts, weights } = held ? entry : this.#losers(id);
    this.#share({ ...entry, accounts }, splitByWeight(amount, weights), -1n, true);
  }

  /** Where amounts stay, a class's recovery goes to those who bore its losses; so it does where nobody holds it. */
  #losers(id: string): Pick<BearingClass, "accounts" | "weights"> {
    const rows = [...(this.#lost.get(id) ?? [])];
    return { accounts: rows.map(([account]) => account), weights: rows.map(([, loss]) => max(0n, loss)) };
  }

  /** A mark costs those who would leave now; their claims stand. */
  #mark(id: string, amount: bigint, running: Running): void {
    const entry = this.#class(id);
    this.#shifts.marked.set(id, (this.#shifts.marked.get(id) ?? 0n) + amount);
    this.#share(entry, entry.split(amount, max(amount, running.assetsOf(id))), 1n);
  }

  #unmark(id: string, amount: bigint): void {
    const entry = this.#class(id);
    this.#shifts.marked.set(id, (this.#shifts.marked.get(id) ?? 0n) - amount);
    this.#share(entry, splitByWeight(amount, entry.weights), -1n);
  }

  #moveHolder(id: string, account: string, loss: bigint, shares: bigint, running: Running): void {
    running.move(id, -loss);
    this.#claim(id, -loss);
    shift(this.#shifts.burned, id, account, shares);
    shift(this.#shifts.holders, id, account, -loss);
    this.#holder(id, account, loss);
  }

  /** Books a class's loss or gain account by account; `settled` if claims move with it. */
  #share(
    { facts, accounts }: BearingClass,
    { parts, dust }: { readonly parts: readonly bigint[]; readonly dust: bigint },
    sign: 1n | -1n,
    settled = false,
  ): void {
    for (const [at, part] of parts.entries()) {
      const account = accounts[at]!;
      this.#holder(facts.id, account, sign * part);
      if (!settled) continue;
      shift(this.#shifts.holders, facts.id, account, -sign * part);
      shift(this.#lost, facts.id, account, sign * part);
    }
    this.#dust(sign * dust);
  }

  #holder(id: string, account: string, loss: bigint): void {
    this.#tally.addHolder("alternative", this.#moment, { class: id, account }, loss);
  }

  #dust(loss: bigint): void {
    this.#tally.add("alternative", this.#moment, "dust", "dust", loss);
  }

  #claim(id: string, change: bigint): void {
    this.#shifts.claims.set(id, (this.#shifts.claims.get(id) ?? 0n) + change);
  }

  /** The engine has applied the effect already, so the class is there. */
  #class(id: string): BearingClass {
    return this.#classes.find(({ facts }) => facts.id === id)!;
  }
}

/** Reserves and claims while one outcome's effects are booked in order. */
class Running {
  reserves: bigint;
  readonly #assets: Map<string, bigint>;

  constructor(facts: PoolFacts) {
    this.reserves = facts.reserves;
    this.#assets = new Map(facts.classes.map(({ id, assets }) => [id, assets]));
  }

  assetsOf(id: string): bigint {
    return this.#assets.get(id) ?? 0n;
  }

  move(id: string, change: bigint): void {
    this.#assets.set(id, this.assetsOf(id) + change);
  }
}

/** The file's funds of a pool, and an empty one for every fund that a layer charges and the file leaves out. */
function openingFunds(waterfall: Waterfall, definition: WhatIfDefinition, pool: string): PoolFacts["funds"] {
  const funds = new Map<string, { id: string; balance: bigint; floor?: bigint; asset?: string }>();
  for (const { policy, parameters } of waterfall.layers) {
    const bearer = policy.bearer(parameters);
    if (bearer.kind === "fund") funds.set(bearer.id, { id: bearer.id, balance: 0n });
  }
  const specific = (named: boolean): void => {
    for (const { pool: own, ...fund } of definition.funds)
      if (named ? own === pool : own === undefined) funds.set(fund.id, fund);
  };
  specific(false);
  specific(true);
  return funds;
}

function openingGroups(definition: WhatIfDefinition): PoolFacts["groups"] {
  const groups = Object.entries(definition.groups);
  return groups.length === 0
    ? undefined
    : new Map(groups.map(([id, rows]) => [id, new Map(Object.entries(rows))]));
}
