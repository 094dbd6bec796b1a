import { LedgerEmitter, type LedgerEventName, type LedgerListener } from "../events.js";
import { digestValue } from "../journal/canonical.js";
import type { JournalEntry } from "../journal/entry.js";
import { Journal, type JournalOptions } from "../journal/journal.js";
import type { AnyLossPolicy, PolicyRegistry } from "../ports/policy.js";
import type { Position } from "../position.js";
import type { PolicyTrust } from "../waterfall/consult.js";
import { waterfallReference } from "../waterfall/definition.js";
import { openWaterfall, type Waterfall } from "../waterfall/waterfall.js";
import type { ActionInput, ActionKind, Receipt } from "./actions.js";
import {
  definitionDigest,
  type PoolDefinition,
  type ResolvedDefinition,
  resolveDefinition,
} from "./definition.js";
import { Draft } from "./draft.js";
import { IdempotencyConflictError, PoolDefinitionError, UnknownActionError } from "./errors.js";
import { Pool } from "./pool.js";
import { LedgerReader } from "./reader.js";
import { TRANSITIONS } from "./transitions.js";

export interface LedgerOptions {
  /** Policies that waterfalls may name. */
  readonly policies?: Iterable<AnyLossPolicy> | PolicyRegistry;
  /** Opened at once; their waterfalls stand in the journal's header. */
  readonly pools?: readonly PoolDefinition[];
  /** Where the ledger starts. Block 0 at timestamp 0 where absent. */
  readonly at?: Position;
  /** `checked` where absent: policies see frozen inputs and are asked twice. */
  readonly trust?: PolicyTrust;
  /** Named in the journal's header. `ledger/1` where absent. */
  readonly model?: string;
  /** How much of its journal stays in memory. */
  readonly journal?: JournalOptions;
}

/** A ledger with the pools given. @throws {PoolDefinitionError} @throws {WaterfallDefinitionError} */
export const createLedger = (options: LedgerOptions = {}): Ledger => new Ledger(options);

/**
 * A ledger of pooled lending for teams with positions of their own: deposits, debt, collateral, and what
 * happens when a debt is lost. No protocol is assumed; rules of shares and of loss are plug-ins.
 *
 * Every action checks all that can fail, appends one balanced entry, writes, and then tells the listeners. A
 * refused action throws a named error and leaves no trace.
 */
export class Ledger extends LedgerReader {
  readonly #registry: PolicyRegistry;
  readonly #emitter = new LedgerEmitter();
  readonly #keys = new Map<string, { readonly digest: string; readonly receipt: Receipt<ActionKind> }>();

  constructor(options: LedgerOptions = {}) {
    const policies = registryOf(options.policies ?? []);
    const prepared = (options.pools ?? []).map((definition) => prepare(definition, policies));
    super(
      new Journal(
        {
          model: options.model ?? "ledger/1",
          waterfalls: prepared.map(({ resolved }) => waterfallReference(resolved.id, resolved.waterfall)),
        },
        options.journal,
      ),
      options.trust ?? "checked",
    );
    this.#registry = policies;
    for (const pool of prepared) this.#open(pool, options.at ?? { block: 0, timestamp: 0 });
  }

  /**
   * Opens a pool. The digests of its definition and of its waterfall are part of the entry.
   *
   * @throws {PoolDefinitionError} @throws {WaterfallDefinitionError}
   */
  openPool(definition: PoolDefinition, at: Position): JournalEntry {
    return this.#open(prepare(definition, this.#registry), at);
  }

  #open({ resolved, waterfall }: PreparedPool, at: Position): JournalEntry {
    if (this.pools.has(resolved.id))
      throw new PoolDefinitionError(resolved.id, "id", "is in use by another pool");
    const { id, version, digest } = waterfallReference(resolved.id, resolved.waterfall);
    const entry = this.journal.append({
      kind: "open-pool",
      position: at,
      postings: [],
      memo: `pool ${resolved.id} ${definitionDigest(resolved)}; waterfall ${id} ${version} ${digest}`,
    });
    this.pools.set(resolved.id, new Pool(resolved, waterfall, at.timestamp));
    if (this.#emitter.hasListeners("entry")) this.#emitter.emit("entry", entry);
    return entry;
  }

  /**
   * Does one action given as data: all of it or nothing.
   *
   * @throws {ShortfallError} a named refusal; the ledger is as it was.
   */
  apply<K extends ActionKind>(action: { readonly kind: K } & ActionInput<K>): Receipt<K> {
    return this.#do(action.kind, action);
  }

  /** Calls `listener` after every such event. Returns how to take it off. */
  on<N extends LedgerEventName>(event: N, listener: LedgerListener<N>): () => void {
    return this.#emitter.on(event, listener);
  }

  off<N extends LedgerEventName>(event: N, listener: LedgerListener<N>): void {
    this.#emitter.off(event, listener);
  }

  /** Failures of listeners that nobody could be told about. */
  get lostFailures(): number {
    return this.#emitter.lost;
  }

  #do<K extends ActionKind>(kind: K, input: ActionInput<K>): Receipt<K> {
    const { key } = input;
    if (key === undefined) return this.#run(kind, input);
    const digest = digestValue({ ...input, kind });
    const known = this.#keys.get(key);
    if (known) {
      if (known.digest !== digest || !isKind(known.receipt, kind))
        throw new IdempotencyConflictError(key, known.receipt.entry.sequence);
      return { ...known.receipt, replayed: true };
    }
    // Remembered before anybody is told: a listener that repeats the action finds the key in use.
    return this.#run(kind, input, (receipt) => this.#keys.set(key, { digest, receipt }));
  }

  #run<K extends ActionKind>(
    kind: K,
    input: ActionInput<K>,
    remember?: (receipt: Receipt<K>) => void,
  ): Receipt<K> {
    if (!Object.hasOwn(TRANSITIONS, kind))
      throw new UnknownActionError(String(kind), Object.keys(TRANSITIONS));
    const pool = this.pool(input.pool);
    const draft = new Draft(pool, this.accounts, kind);
    draft.requireTime(input.at.timestamp);
    const outcome = TRANSITIONS[kind](draft, input, this.context);
    const memo = input.memo ?? outcome.memo;
    const entry = this.journal.append({
      kind,
      // A copy: callers reuse and change the object they give.
      position: Object.freeze({ ...input.at }),
      postings: draft.postings(),
      ...(outcome.account === undefined ? {} : { account: outcome.account }),
      ...(outcome.deficit === undefined ? {} : { deficit: outcome.deficit }),
      ...(outcome.reverses === undefined ? {} : { reverses: outcome.reverses }),
      ...(memo === undefined ? {} : { memo }),
    });
    for (const posting of entry.postings) Object.freeze(posting);
    Object.freeze(entry.postings);
    Object.freeze(entry);
    draft.write(input.at.timestamp, entry.sequence);
    const receipt = { kind, pool: pool.id, entry, replayed: false, ...outcome.result };
    Object.freeze(receipt);
    remember?.(receipt);
    this.#tell(kind, receipt);
    return receipt;
  }

  /**
   * After the commit, and only where somebody listens. What a listener does in turn is told when everybody has
   * heard of the first: events keep the order of the journal.
   */
  #tell<K extends ActionKind>(kind: K, receipt: Receipt<K>): void {
    const emitter = this.#emitter;
    const { entry } = receipt;
    if (emitter.hasListeners("entry")) emitter.emit("entry", entry);
    if (emitter.hasListeners(kind)) emitter.emitReceipt(kind, receipt);
    if (entry.deficit !== undefined && emitter.hasListeners("deficit"))
      emitter.emit("deficit", this.deficits.get(entry.deficit));
  }

  deposit(input: ActionInput<"deposit">): Receipt<"deposit"> {
    return this.#do("deposit", input);
  }

  depositMany(input: ActionInput<"deposit-many">): Receipt<"deposit-many"> {
    return this.#do("deposit-many", input);
  }

  mint(input: ActionInput<"mint">): Receipt<"mint"> {
    return this.#do("mint", input);
  }

  withdraw(input: ActionInput<"withdraw">): Receipt<"withdraw"> {
    return this.#do("withdraw", input);
  }

  redeem(input: ActionInput<"redeem">): Receipt<"redeem"> {
    return this.#do("redeem", input);
  }

  transfer(input: ActionInput<"transfer">): Receipt<"transfer"> {
    return this.#do("transfer", input);
  }

  borrow(input: ActionInput<"borrow">): Receipt<"borrow"> {
    return this.#do("borrow", input);
  }

  repay(input: ActionInput<"repay">): Receipt<"repay"> {
    return this.#do("repay", input);
  }

  accrue(input: ActionInput<"accrue">): Receipt<"accrue"> {
    return this.#do("accrue", input);
  }

  postCollateral(input: ActionInput<"post-collateral">): Receipt<"post-collateral"> {
    return this.#do("post-collateral", input);
  }

  withdrawCollateral(input: ActionInput<"withdraw-collateral">): Receipt<"withdraw-collateral"> {
    return this.#do("withdraw-collateral", input);
  }

  liquidate(input: ActionInput<"liquidate">): Receipt<"liquidate"> {
    return this.#do("liquidate", input);
  }

  writeOff(input: ActionInput<"write-off">): Receipt<"write-off"> {
    return this.#do("write-off", input);
  }

  realise(input: ActionInput<"realise">): Receipt<"realise"> {
    return this.#do("realise", input);
  }

  reverse(input: ActionInput<"reverse">): Receipt<"reverse"> {
    return this.#do("reverse", input);
  }

  recover(input: ActionInput<"recover">): Receipt<"recover"> {
    return this.#do("recover", input);
  }

  cover(input: ActionInput<"cover">): Receipt<"cover"> {
    return this.#do("cover", input);
  }

  claim(input: ActionInput<"claim">): Receipt<"claim"> {
    return this.#do("claim", input);
  }

  settleCharge(input: ActionInput<"settle-charge">): Receipt<"settle-charge"> {
    return this.#do("settle-charge", input);
  }

  topUpFund(input: ActionInput<"top-up-fund">): Receipt<"top-up-fund"> {
    return this.#do("top-up-fund", input);
  }

  withdrawFund(input: ActionInput<"withdraw-fund">): Receipt<"withdraw-fund"> {
    return this.#do("withdraw-fund", input);
  }

  recapitalise(input: ActionInput<"recapitalise">): Receipt<"recapitalise"> {
    return this.#do("recapitalise", input);
  }

  retireClass(input: ActionInput<"retire-class">): Receipt<"retire-class"> {
    return this.#do("retire-class", input);
  }

  addReserves(input: ActionInput<"add-reserves">): Receipt<"add-reserves"> {
    return this.#do("add-reserves", input);
  }

  withdrawReserves(input: ActionInput<"withdraw-reserves">): Receipt<"withdraw-reserves"> {
    return this.#do("withdraw-reserves", input);
  }

  payTreasury(input: ActionInput<"pay-treasury">): Receipt<"pay-treasury"> {
    return this.#do("pay-treasury", input);
  }

  layerAction(input: ActionInput<"layer-action">): Receipt<"layer-action"> {
    return this.#do("layer-action", input);
  }
}

const isKind = <K extends ActionKind>(
  receipt: Receipt<ActionKind>,
  kind: K,
): receipt is Receipt<ActionKind> & Receipt<K> => receipt.kind === kind;

interface PreparedPool {
  readonly resolved: ResolvedDefinition;
  readonly waterfall: Waterfall;
}

function prepare(definition: PoolDefinition, policies: PolicyRegistry): PreparedPool {
  const resolved = resolveDefinition(definition);
  // Readers get to see it; what they do to it must not change the rules of a pool that is open.
  for (const part of [resolved.classes, resolved.funds, resolved.collateral]) {
    for (const entry of part) Object.freeze(entry);
    Object.freeze(part);
  }
  Object.freeze(resolved);
  return { resolved, waterfall: openWaterfall(resolved.waterfall, policies) };
}

function registryOf(policies: Iterable<AnyLossPolicy> | PolicyRegistry): PolicyRegistry {
  if ("get" in policies) return policies;
  return new Map([...policies].map((policy) => [policy.id, policy]));
}
