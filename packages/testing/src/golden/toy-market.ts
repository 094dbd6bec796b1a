import {
  AbiError,
  CHART,
  type ChainLog,
  type ChainTransaction,
  Comparison,
  DeficitRegister,
  describePosition,
  digestValue,
  type EventArgs,
  type Execution,
  eventTable,
  Fields,
  type Finding,
  type HaircutTable,
  type HistoryHeader,
  Journal,
  type LiabilityTable,
  LineError,
  type Observation,
  type ObservedOperation,
  type PoolView,
  type Position,
  type Posting,
  type PredictedLog,
  type ProtocolModel,
  type RecordedCall,
  type WaterfallDefinition,
  type WriteOff,
} from "@shortfall/core";
import { allocateFloor, toAssetsDown, toSharesDown } from "@shortfall/math";

/*
 * The smallest market that fills the adapter port: one pool, no interest, a loss falls on all suppliers at
 * once. `Sweep` takes an amount that only its call tells, so that calls, resynchronisation and their counts can
 * be tested. Not a protocol; made for tests of what is built on adapters.
 */

const EVENTS = eventTable([
  "Supply(address indexed account, uint256 assets, uint256 shares)",
  "Borrow(address indexed account, uint256 assets)",
  "Repay(address indexed account, uint256 assets)",
  "WriteOff(address indexed account, uint256 debt)",
  "Sweep()",
]);

/** Name of a toy event, by its topic. */
export const toyEventName = (log: ChainLog): string | undefined => EVENTS.get(log.topics[0] ?? "")?.name;

const VIRTUAL = { assets: 1n, shares: 1n };
const WATERFALL: WaterfallDefinition = {
  format: "shortfall-waterfall/1",
  id: "toy-native",
  version: "1",
  layers: [{ id: "suppliers", policy: "write-down", parameters: {} }],
};

/** Balances of the toy market. */
export interface ToyState {
  cash: bigint;
  loans: bigint;
  totalAssets: bigint;
  totalShares: bigint;
  readonly shares: Map<string, bigint>;
  readonly debts: Map<string, bigint>;
}

/** What one operation would do: its log, its postings, and how the state moves. */
interface Plan {
  readonly log: PredictedLog;
  readonly postings: readonly Posting[];
  readonly account?: string;
  readonly apply: () => void;
}

/** The toy market under re-execution. */
export class ToyModel implements ProtocolModel {
  readonly protocol = "toy";
  readonly version: string;
  readonly journal: Journal;
  readonly deficits = new DeficitRegister();
  readonly pool: string;
  readonly asset: string;
  readonly state: ToyState;
  readonly #writeOffs: WriteOff[] = [];
  readonly #haircuts = new Map<string, HaircutTable>();

  constructor(header: HistoryHeader) {
    const params = new Fields(header).object("params");
    this.version = header.version;
    this.pool = params.address("pool");
    this.asset = params.string("asset");
    const initial = params.object("initial");
    this.state = {
      cash: initial.uint256("cash"),
      loans: 0n,
      totalAssets: initial.uint256("cash"),
      totalShares: 0n,
      shares: new Map(),
      debts: new Map(),
    };
    this.journal = new Journal({
      model: `toy ${header.version}`,
      waterfalls: [
        { pool: this.pool, id: WATERFALL.id, version: WATERFALL.version, digest: digestValue(WATERFALL) },
      ],
    });
  }

  observe(transaction: ChainTransaction): Observation {
    const findings: Finding[] = [];
    const operations: ObservedOperation[] = [];
    let callsUsed: 0 | 1 = 0;
    transaction.logs.forEach((log, index) => {
      const position = { ...transaction.position, logIndex: log.logIndex };
      const codec = log.address === this.pool ? EVENTS.get(log.topics[0] ?? "") : undefined;
      if (!codec) {
        findings.push(
          differs(
            "unexplained",
            position,
            this.pool,
            `No operation explains ${log.topics[0] ?? log.address}`,
          ),
        );
        return;
      }
      let args: EventArgs;
      try {
        args = codec.decode(log.topics, log.data);
      } catch (error) {
        if (!(error instanceof AbiError)) throw error;
        findings.push(differs("unreadable", position, this.pool, error.message));
        return;
      }
      let call: RecordedCall = asCall(codec.name, args);
      if (codec.name === "Sweep") {
        const read = transaction.readCall?.();
        if (!read) {
          findings.push({
            class: "resynchronised",
            severity: "incomplete",
            message: `The amount of Sweep at ${describePosition(position)} is not in its log. Allow calls.`,
            position,
            pool: this.pool,
          });
          return;
        }
        call = { ...read, type: codec.name };
        callsUsed = 1;
      }
      const plan = this.#plan(call, position);
      if (typeof plan === "string") {
        findings.push(
          differs("unexplained", position, this.pool, `${codec.name} would have been refused: ${plan}`),
        );
        return;
      }
      const comparison = new Comparison();
      comparison.deep(codec.name, args, plan.log.args);
      for (const { field, recorded, computed } of comparison.mismatches) {
        findings.push({
          ...differs("unexplained", position, this.pool, `${field} differs`),
          field,
          reported: recorded,
          recomputed: computed,
        });
      }
      this.#commit(codec.name, plan, position);
      if (codec.name === "WriteOff") this.#writeOff(args, plan, position);
      operations.push({
        kind: codec.name.toLowerCase(),
        pool: this.pool,
        logs: [index],
        comparisons: comparison.count,
      });
    });
    return { operations, findings, callsUsed };
  }

  execute(call: RecordedCall, position: Position): Execution {
    const plan = this.#plan(call, position);
    if (typeof plan === "string") return { ok: false, reason: plan };
    this.#commit(call.type, plan, position);
    if (call.type === "WriteOff") this.#writeOff(plan.log.args as EventArgs, plan, position);
    return { ok: true, logs: [plan.log] };
  }

  pools(): readonly PoolView[] {
    const { cash, loans, totalAssets } = this.state;
    return [
      {
        pool: this.pool,
        asset: this.asset,
        decimals: 6,
        cash,
        loans,
        suppliers: totalAssets,
        reserves: cash + loans - totalAssets,
        treasury: 0n,
        deficitRealised: this.#writeOffs.reduce((sum, writeOff) => sum + writeOff.recomputed, 0n),
        deficitCarried: 0n,
        deficitLatent: 0n,
        backingWad: totalAssets === 0n ? 10n ** 18n : ((cash + loans) * 10n ** 18n) / totalAssets,
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

  liabilities(): readonly LiabilityTable[] {
    const rows = [...this.state.shares].map(([account, shares]) => ({
      account,
      assets: toAssetsDown(shares, this.state, VIRTUAL),
    }));
    return [
      {
        pool: this.pool,
        class: "all",
        asset: this.asset,
        rows: rows.filter(({ assets }) => assets > 0n),
      },
    ];
  }

  nativeWaterfall(): WaterfallDefinition {
    return WATERFALL;
  }

  /** Takes the recorded totals over where a call was not read. */
  resynchronise(recorded: Fields, position: Position): void {
    const cash = recorded.uint256("cash");
    const moved = cash - this.state.cash;
    this.state.cash = cash;
    this.state.totalAssets += moved;
    this.journal.append({
      kind: "resynchronise",
      position,
      postings: [this.#post(CHART.cash, moved), this.#post(CHART.suppliers("all"), -moved)],
    });
  }

  /** What a call does, or the reason for its refusal. */
  #plan(call: RecordedCall, position: Position): Plan | string {
    const { state } = this;
    const input = new Fields(
      call,
      "action",
      (field, expected, received) => new LineError(position.line ?? 0, field, expected, received),
    );
    const log = (args: PredictedLog["args"]): PredictedLog => ({ address: this.pool, name: call.type, args });
    if (call.type === "Sweep") {
      const assets = input.uint256("assets");
      if (assets > state.cash) return "Error(cash)";
      return {
        log: log({}),
        postings: [this.#post(CHART.cash, -assets), this.#post(CHART.suppliers("all"), assets)],
        apply: () => {
          state.cash -= assets;
          state.totalAssets -= assets;
        },
      };
    }
    const account = input.address("account");
    const debt = state.debts.get(account) ?? 0n;
    switch (call.type) {
      case "Supply": {
        const assets = input.uint256("assets");
        const shares = toSharesDown(assets, state, VIRTUAL);
        return {
          account,
          log: log({ account, assets, shares }),
          postings: [this.#post(CHART.cash, assets), this.#post(CHART.suppliers("all"), -assets)],
          apply: () => {
            state.cash += assets;
            state.totalAssets += assets;
            state.totalShares += shares;
            state.shares.set(account, (state.shares.get(account) ?? 0n) + shares);
          },
        };
      }
      case "Borrow":
      case "Repay": {
        const assets = input.uint256("assets");
        const signed = call.type === "Borrow" ? assets : -assets;
        if (signed > state.cash) return "Error(cash)";
        if (debt + signed < 0n) return "Error(debt)";
        return {
          account,
          log: log({ account, assets }),
          postings: [this.#post(CHART.cash, -signed), this.#post(CHART.loans, signed)],
          apply: () => {
            state.cash -= signed;
            state.loans += signed;
            state.debts.set(account, debt + signed);
          },
        };
      }
      case "WriteOff":
        if (debt === 0n) return "Error(debt)";
        return {
          account,
          log: log({ account, debt }),
          postings: [this.#post(CHART.loans, -debt), this.#post(CHART.suppliers("all"), debt)],
          apply: () => {
            state.loans -= debt;
            state.totalAssets -= debt;
            state.debts.set(account, 0n);
          },
        };
      default:
        throw new LineError(position.line ?? 0, "action.type", "an action of the toy market", call.type);
    }
  }

  #commit(kind: string, plan: Plan, position: Position): void {
    this.journal.append({
      kind: kind.toLowerCase(),
      position,
      postings: plan.postings,
      ...(plan.account === undefined ? {} : { account: plan.account }),
    });
    plan.apply();
  }

  #writeOff(args: EventArgs, plan: Plan, position: Position): void {
    const account = String(args.account);
    const recomputed = BigInt(String(plan.log.args.debt));
    const id = `${position.transaction ?? position.block}:${position.logIndex ?? 0}:${account}`;
    const layers = [{ layer: "suppliers", policy: "write-down", amount: recomputed }];
    this.#writeOffs.push({
      id,
      position,
      pool: this.pool,
      asset: this.asset,
      account,
      reported: BigInt(String(args.debt)),
      recomputed,
      source: "WriteOff.debt",
      layers,
      uncovered: 0n,
    });
    this.deficits.recognise({
      id,
      pool: this.pool,
      asset: this.asset,
      borrower: account,
      recognised: recomputed,
      recognisedAt: position,
      layers: layers.map(({ layer, policy, amount }) => ({ layer, policy, taken: amount })),
    });
    const holders = [...this.state.shares].filter(([, shares]) => shares > 0n);
    const losses =
      holders.length === 0
        ? { parts: [], dust: recomputed }
        : allocateFloor(
            recomputed,
            holders.map(([, shares]) => shares),
          );
    this.#haircuts.set(id, {
      writeOff: id,
      pool: this.pool,
      bearer: "suppliers",
      asset: this.asset,
      absorbed: recomputed,
      basis: "realised",
      rows: holders.map(([holder, shares], index) => ({
        account: holder,
        shares,
        loss: losses.parts[index] ?? 0n,
      })),
      dust: losses.dust,
      dustOwner: "pool",
    });
  }

  #post(account: string, amount: bigint): Posting {
    return { pool: this.pool, account, commodity: this.asset, amount };
  }
}

/** Integers as decimal strings, as calls carry them. */
const asCall = (type: string, args: EventArgs): RecordedCall => ({
  type,
  ...Object.fromEntries(Object.entries(args).map(([name, value]) => [name, String(value)])),
});

const differs = (
  kind: "unexplained" | "unreadable",
  position: Position,
  pool: string,
  what: string,
): Finding => ({
  class: kind,
  severity: "differs",
  message: `${what} at ${describePosition(position)}. Check the log against the chain.`,
  position,
  pool,
});
