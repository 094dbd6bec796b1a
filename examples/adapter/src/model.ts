import {
  AbiError,
  CHART,
  type ChainLog,
  type ChainTransaction,
  Comparison,
  DeficitRegister,
  digestValue,
  type Execution,
  eventTable,
  type Finding,
  type HaircutTable,
  type HistoryHeader,
  Journal,
  type Observation,
  type ObservedOperation,
  type PoolView,
  type Position,
  type ProtocolModel,
  type RecordedCall,
  type WaterfallDefinition,
  type WriteOff,
} from "@shortfall/core";
import { allocateLargestRemainder, min, WAD } from "@shortfall/math";
import { PondState } from "./state.js";
import { differs, type Transition, transition } from "./transitions.js";

/** The pond's events, as its contract declares them. */
export const EVENTS = eventTable([
  "Supply(address indexed account, uint96 assets, uint128 shares)",
  "Withdraw(address indexed account, uint96 assets, uint128 shares)",
  "Borrow(address indexed account, uint96 assets)",
  "Repay(address indexed account, uint96 assets)",
  "Accrue(uint96 interest, uint128 indexRay)",
  "BadDebt(address indexed account, uint128 debt, uint128 indexRay)",
]);

/** What the pond does with a loss, in the catalogue's words. */
export const POND_WATERFALL: WaterfallDefinition = {
  format: "shortfall-waterfall/1",
  id: "pond-native",
  version: "1",
  layers: [{ id: "suppliers", policy: "index-writedown", parameters: { class: "suppliers" } }],
};

/** A pond under re-execution. */
export class PondModel implements ProtocolModel {
  readonly protocol = "pond";
  readonly version: string;
  readonly state: PondState;
  readonly journal: Journal;
  readonly deficits = new DeficitRegister();
  readonly #writeOffs: WriteOff[] = [];
  readonly #haircuts = new Map<string, HaircutTable>();

  constructor(header: HistoryHeader) {
    this.version = header.version;
    this.state = new PondState(header);
    this.journal = new Journal({
      model: `pond ${header.version}`,
      waterfalls: [
        {
          pool: this.state.pool,
          id: POND_WATERFALL.id,
          version: POND_WATERFALL.version,
          digest: digestValue(POND_WATERFALL),
        },
      ],
    });
  }

  /** Each event names one operation: propose it, predict its log, compare, write. */
  observe(transaction: ChainTransaction): Observation {
    const operations: ObservedOperation[] = [];
    const findings: Finding[] = [];
    transaction.logs.forEach((log, index) => {
      const position = { ...transaction.position, logIndex: log.logIndex };
      const found = this.#observeLog(log, position);
      if (found instanceof Comparison) {
        operations.push({
          kind: EVENTS.get(log.topics[0]!)!.name,
          pool: this.state.pool,
          logs: [index],
          comparisons: found.count,
        });
        for (const { field, recorded, computed } of found.mismatches) {
          findings.push({
            ...differs(this.state, position, "unexplained", `${field} differs.`),
            field,
            reported: recorded,
            recomputed: computed,
          });
        }
      } else if (found) findings.push(found);
    });
    return { operations, findings, callsUsed: 0 };
  }

  #observeLog(log: ChainLog, position: Position): Comparison | Finding | undefined {
    if (log.address !== this.state.pool) return undefined;
    const codec = EVENTS.get(log.topics[0] ?? "");
    if (!codec)
      return differs(this.state, position, "unexplained", `The pond has no event ${log.topics[0]}.`);
    try {
      const args = codec.decode(log.topics, log.data);
      const call = {
        type: codec.name,
        ...Object.fromEntries(Object.entries(args).map(([name, value]) => [name, String(value)])),
      };
      const step = transition(this.state, call, position);
      if (typeof step === "string")
        return differs(this.state, position, "unexplained", `${codec.name} would be refused: ${step}.`);
      const comparison = new Comparison();
      comparison.deep(codec.name, args, step.log.args);
      this.#accept(step, position, args.debt === undefined ? undefined : BigInt(String(args.debt)));
      return comparison;
    } catch (error) {
      if (!(error instanceof AbiError)) throw error;
      return differs(this.state, position, "unreadable", error.message);
    }
  }

  execute(call: RecordedCall, position: Position): Execution {
    const step = transition(this.state, call, position);
    if (typeof step === "string") return { ok: false, reason: step };
    this.#accept(step, position, step.loss);
    return { ok: true, logs: [step.log] };
  }

  /** Writes, then posts what changed: cash and loans as they moved, suppliers by valuation, the rest by name. */
  #accept(step: Transition, position: Position, reported: bigint | undefined): void {
    const { pool, asset } = this.state;
    const before = this.state.supplied;
    const holders = step.loss === undefined ? [] : [...this.state.shares.holders()];
    step.write();
    const suppliers = this.state.supplied - before;
    const rest = step.cash + step.loans - suppliers;
    const post = (account: string, amount: bigint) => ({ pool, account, commodity: asset, amount });
    this.journal.append({
      kind: step.log.name,
      position,
      postings: [
        post(CHART.cash, step.cash),
        post(CHART.loans, step.loans),
        post(CHART.suppliers("suppliers"), -suppliers),
        post(CHART.rounding("pond"), -rest),
      ],
      ...(step.account === undefined ? {} : { account: step.account }),
    });
    this.journal.requireControls(
      pool,
      [
        [CHART.cash, asset, this.state.cash],
        [CHART.loans, asset, this.state.debts.sum],
        [CHART.suppliers("suppliers"), asset, -this.state.supplied],
      ],
      step.log.name,
    );
    if (step.loss !== undefined)
      this.#recordLoss(step, step.loss, min(step.loss, before), holders, position, reported ?? step.loss);
  }

  #recordLoss(
    step: Transition,
    loss: bigint,
    absorbed: bigint,
    holders: readonly (readonly [id: number, shares: bigint])[],
    position: Position,
    reported: bigint,
  ): void {
    const { pool, asset, accounts } = this.state;
    const account = step.account!;
    const id = `${position.transaction ?? position.block}:${position.logIndex ?? 0}:${account}`;
    const layers = [{ layer: "suppliers", policy: "index-writedown", amount: absorbed }];
    this.#writeOffs.push({
      id,
      position,
      pool,
      asset,
      account,
      reported,
      recomputed: loss,
      source: "BadDebt.debt",
      layers,
      uncovered: loss - absorbed,
    });
    this.deficits.recognise({
      id,
      pool,
      asset,
      borrower: account,
      recognised: loss,
      recognisedAt: position,
      layers: [{ layer: "suppliers", policy: "index-writedown", taken: absorbed }],
    });
    const { parts, dust } =
      holders.length === 0
        ? { parts: [], dust: absorbed }
        : allocateLargestRemainder(
            absorbed,
            holders.map(([, shares]) => shares),
          );
    this.#haircuts.set(id, {
      writeOff: id,
      pool,
      bearer: "suppliers",
      asset,
      absorbed,
      basis: "realised",
      rows: holders.map(([holder, shares], k) => ({
        account: accounts.keyOf(holder),
        shares,
        loss: parts[k]!,
      })),
      dust,
      dustOwner: "pond",
    });
  }

  pools(): readonly PoolView[] {
    const { pool, asset, decimals, cash, debts, supplied } = this.state;
    return [
      {
        pool,
        asset,
        decimals,
        cash,
        loans: debts.sum,
        suppliers: supplied,
        reserves: cash + debts.sum - supplied,
        treasury: 0n,
        deficitRealised: this.#writeOffs.reduce((sum, writeOff) => sum + writeOff.recomputed, 0n),
        deficitCarried: 0n,
        deficitLatent: 0n,
        backingWad: supplied === 0n ? WAD : ((cash + debts.sum) * WAD) / supplied,
      },
    ];
  }

  writeOffs(): readonly WriteOff[] {
    return this.#writeOffs;
  }

  haircuts(writeOffId: string): readonly HaircutTable[] {
    const table = this.#haircuts.get(writeOffId);
    return table ? [table] : [];
  }

  nativeWaterfall(): WaterfallDefinition {
    return POND_WATERFALL;
  }
}
