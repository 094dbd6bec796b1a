import {
  type ChainTransaction,
  DeficitRegister,
  type Execution,
  type Finding,
  type HaircutTable,
  type HistoryHeader,
  Journal,
  type LiabilityTable,
  type LossMoment,
  type Observation,
  type ObservedOperation,
  type PoolView,
  type Position,
  type PredictedLog,
  type ProtocolModel,
  type RecordedCall,
  type WaterfallDefinition,
  type WriteOff,
} from "@shortfall/core";
import { type CoverSource, type FoundReserve, LossBook } from "./books/losses.js";
import { positionOf } from "./books/position.js";
import { type OperationFacts, type PlannedEntry, PostingPlanner } from "./books/posting.js";
import { adminCall } from "./execute/admin-calls.js";
import { Call } from "./execute/call.js";
import { poolCall } from "./execute/pool-calls.js";
import { umbrellaCall } from "./execute/umbrella-calls.js";
import { type OpenedMarket, openMarket } from "./header.js";
import { classifyFailure, ROUNDING_UNITS } from "./observe/classify.js";
import { Directory, decodeLogs } from "./observe/decoded.js";
import type { DisputedWriteOff } from "./observe/match.js";
import { type AcceptedOperation, explainLogs } from "./observe/observer.js";
import { argument } from "./observe/proposal.js";
import { Refusal } from "./refusal.js";
import type { Reserve } from "./reserve.js";
import type { StakeToken } from "./stake-token.js";
import { type Effects, Step } from "./step.js";
import { liabilitiesOf, viewReserve } from "./view.js";
import { nativeWaterfall, waterfallReferences } from "./waterfall.js";

/** An executed operation whose entries wait for the rest of its transaction. */
interface Pending {
  readonly kind: string;
  readonly pool: string;
  readonly effects: Effects;
  readonly entries: readonly PlannedEntry[];
  /** Reserves as its deficits were found. */
  readonly found: readonly FoundReserve[];
  /** Stakers' balances at each slash of it. */
  readonly epochs: readonly number[];
  /** Amounts that the chain logged for its write-offs, where they differ, by place. */
  readonly disputed: ReadonlyMap<number, bigint>;
  /** Places of its `DeficitCreated` and `StakeTokenSlashed` logs. */
  readonly places: { readonly created: readonly number[]; readonly slashed: readonly number[] };
}

/** Operations that are nobody's books: they get no entry. */
const UNPOSTED: ReadonlySet<string> = new Set(["wallet", "price"]);

/**
 * One Aave v3 pool under re-execution: the same transitions, driven by logs (`observe`) or by a call
 * (`execute`). A transaction is all or nothing; its entries are appended once all of it is explained.
 */
export class AaveModel implements ProtocolModel {
  readonly protocol = "aave-v3";
  readonly version: string;
  readonly opened: OpenedMarket;
  readonly journal: Journal;
  readonly deficits = new DeficitRegister();
  readonly #directory: Directory;
  readonly #planner: PostingPlanner;
  readonly #losses: LossBook;
  readonly #writtenOff = new Map<string, bigint>();

  /** @throws {HeaderError} */
  constructor(header: HistoryHeader) {
    this.opened = openMarket(header);
    const { market } = this.opened;
    this.version = header.version;
    this.#directory = new Directory(market);
    this.#planner = new PostingPlanner(market);
    this.#losses = new LossBook(market, this.deficits);
    this.journal = new Journal({
      model: `aave-v3 ${market.profile.version}`,
      waterfalls: waterfallReferences(market),
    });
    this.#append(this.#planner.opening({ block: 0, timestamp: this.opened.startSeconds }));
  }

  observe(transaction: ChainTransaction): Observation {
    const { market } = this.opened;
    if (transaction.reverted) return { operations: [], findings: [], callsUsed: 0 };
    const mark = market.undo.mark();
    try {
      return this.#observe(transaction, mark);
    } catch (error) {
      market.undo.rollback(mark);
      this.#planner.reset();
      throw error;
    }
  }

  #observe(transaction: ChainTransaction, mark: number): Observation {
    const { position } = transaction;
    const { market } = this.opened;
    const findings: Finding[] = [];
    for (const { subject, price } of transaction.prices) {
      const priced = this.#priced(subject);
      if (priced !== undefined) {
        priced.priceBase = price;
        priced.priceKnown = true;
      }
    }
    const decoded = decodeLogs(this.#directory, transaction.logs, position);
    findings.push(...decoded.findings);
    const pending: Pending[] = [];
    const operations: ObservedOperation[] = [];
    const result = decoded.malformed
      ? { ok: false as const, finding: undefined }
      : explainLogs(market, decoded.logs, position, (operation) => {
          pending.push(this.#hold(observedFacts(operation, position), operation));
          operations.push(toObserved(operation));
          for (const dispute of operation.disputed)
            findings.push(describeDispute(dispute, operation, position));
          for (const doubt of operation.step.effects.doubts) {
            findings.push(describeDoubt(doubt, operation, position));
          }
        });
    if (!result.ok) {
      market.undo.rollback(mark);
      this.#planner.reset();
      if (result.finding !== undefined) {
        findings.push(classifyFailure(market, decoded.logs, position, result.finding));
      }
      return { operations: [], findings, callsUsed: 0 };
    }
    market.undo.clear();
    this.#commit(pending, position);
    return { operations, findings, callsUsed: 0 };
  }

  /** What a price update is for: an asset by symbol or address, or a stake token by symbol, address or feed. */
  #priced(subject: string): Reserve | StakeToken | undefined {
    const { market, reserves, stakes } = this.opened;
    const address = subject.toLowerCase();
    return (
      reserves.get(subject) ??
      market.reserveByUnderlying.get(address) ??
      stakes.get(subject) ??
      market.stakes.find((stake) => stake.address === address || stake.priceFeed === address)
    );
  }

  /** Whether an address is one of the market's contracts. */
  knows(address: string): boolean {
    return (
      this.#directory.roleOf(address) !== undefined || address === this.opened.market.addresses.flashReceiver
    );
  }

  /** @throws {LineError} a call that no pool has, or an argument that cannot be read. */
  execute(recorded: RecordedCall, position: Position): Execution {
    const call = new Call(recorded, this.opened, position.line ?? 0);
    const plan = poolCall(call) ?? adminCall(call) ?? umbrellaCall(call) ?? call.unknown();
    const { market } = this.opened;
    const mark = market.undo.mark();
    const step = new Step(market, BigInt(position.timestamp), true);
    let pending: Pending | undefined;
    try {
      plan.run(step);
      if (step.logs.length > 0) {
        const operation = { kind: plan.kind, pool: "", step, places: predictedPlaces(step.logs) };
        pending = this.#hold({ kind: plan.kind, position }, operation);
      }
    } catch (error) {
      market.undo.rollback(mark);
      if (error instanceof Refusal) return { ok: false, reason: error.reason };
      this.#planner.reset();
      throw error;
    }
    market.undo.clear();
    if (pending !== undefined) this.#commit([pending], position);
    return { ok: true, logs: step.logs };
  }

  pools(): readonly PoolView[] {
    const { market } = this.opened;
    return market.reserves.map((reserve) =>
      viewReserve(market, reserve, this.#writtenOff.get(reserve.symbol) ?? 0n),
    );
  }

  writeOffs(): readonly WriteOff[] {
    return this.#losses.writeOffs();
  }

  haircuts(writeOffId: string): readonly HaircutTable[] {
    return this.#losses.haircuts(writeOffId);
  }

  lossMoment(writeOffId: string): LossMoment | undefined {
    return this.#losses.momentOf(writeOffId);
  }

  liabilities(): readonly LiabilityTable[] {
    const { market } = this.opened;
    return market.reserves.map((reserve) => liabilitiesOf(market, reserve));
  }

  nativeWaterfall(): WaterfallDefinition {
    return nativeWaterfall(this.opened.market.profile);
  }

  /** Plans an operation's entries while the state is the one right after it. */
  #hold(
    facts: OperationFacts,
    operation: AcceptedOperation | { kind: string; pool: string; step: Step; places: Pending["places"] },
  ): Pending {
    const { effects } = operation.step;
    const observed = "proposal" in operation;
    const kind = observed ? operation.proposal.kind : operation.kind;
    return {
      kind,
      pool: observed ? operation.proposal.pool : operation.pool,
      effects,
      entries: this.#planner.plan(facts, effects),
      found: effects.created.map(({ reserve, amountAssets }) => this.#found(reserve, amountAssets)),
      epochs: effects.slashes.map((slash) => slash.stake.shares.checkpoint()),
      places: observed ? observedPlaces(operation) : operation.places,
      disputed: new Map(
        observed ? operation.disputed.map(({ log, reportedAssets }) => [log.place, reportedAssets]) : [],
      ),
    };
  }

  #found(reserve: Reserve, deficitAssets: bigint): FoundReserve {
    const { market } = this.opened;
    const at = positionOf(market, reserve);
    const cash = at.cash + reserve.inFlightAssets;
    return {
      cash,
      loans: at.loans + deficitAssets,
      reserves: cash + at.loans + at.deficit - at.suppliers - at.treasury,
      suppliers: at.suppliers,
      supplyScaled: reserve.supplyScaled,
      epoch: reserve.supplies.checkpoint(),
    };
  }

  #commit(pending: readonly Pending[], position: Position): void {
    pending.forEach((operation, index) => {
      const { effects, places } = operation;
      const deficits = effects.created.map((created, nth) => {
        const { symbol } = created.reserve;
        this.#writtenOff.set(symbol, (this.#writtenOff.get(symbol) ?? 0n) + created.amountAssets);
        const place = places.created[nth] ?? 0;
        const reported = operation.disputed.get(place) ?? created.amountAssets;
        const at = { ...position, logIndex: place };
        return this.#losses.recognise(created, reported, at, operation.found[nth]!);
      });
      for (const covered of effects.covered) {
        this.#losses.cover(covered, coverSource(operation, pending[index + 1]));
      }
      effects.slashes.forEach((slash, nth) => {
        const at = { ...position, logIndex: places.slashed[nth] ?? 0 };
        this.#losses.slash(slash, operation.epochs[nth] ?? 0, at);
      });
      if (UNPOSTED.has(operation.kind)) return;
      for (const entry of operation.entries) this.#append(withDeficit(entry, deficits[0]));
    });
  }

  #append(entry: PlannedEntry): void {
    const sequence = this.journal.post(entry.draft);
    for (const { pool, totals } of entry.controls) {
      this.journal.requireControls(pool, totals, `${entry.draft.kind} #${sequence}`);
    }
  }
}

const withDeficit = (entry: PlannedEntry, deficit: string | undefined): PlannedEntry =>
  deficit === undefined || entry.draft.kind === "accrue"
    ? entry
    : { ...entry, draft: { ...entry.draft, deficit } };

function observedFacts(operation: AcceptedOperation, position: Position): OperationFacts {
  const { kind, account } = operation.proposal;
  return { kind, account, position: { ...position, logIndex: operation.logs[0]?.place ?? 0 } };
}

function toObserved(operation: AcceptedOperation): ObservedOperation {
  const { kind, pool } = operation.proposal;
  return {
    kind,
    pool,
    logs: operation.logs.map((log) => log.place),
    comparisons: operation.comparisons,
  };
}

function observedPlaces(operation: AcceptedOperation): Pending["places"] {
  const named = (name: string): number[] =>
    operation.logs.filter((log) => log.name === name).map((log) => log.place);
  return { created: named("DeficitCreated"), slashed: named("StakeTokenSlashed") };
}

function predictedPlaces(logs: readonly PredictedLog[]): Pending["places"] {
  const named = (name: string): number[] => logs.flatMap((log, place) => (log.name === name ? [place] : []));
  return { created: named("DeficitCreated"), slashed: named("StakeTokenSlashed") };
}

/** Whom a cover was for: the settlement right behind it says so. */
function coverSource(operation: Pending, next: Pending | undefined): CoverSource {
  if (operation.kind === "cover-pending") return "stake";
  if (operation.kind === "cover-offset") return "offset";
  if (next?.pool !== operation.pool) return "direct";
  if (next.kind === "settle-pending") return "stake";
  return next.kind === "settle-offset" ? "offset" : "direct";
}

function describeDispute(
  dispute: DisputedWriteOff,
  operation: AcceptedOperation,
  position: Position,
): Finding {
  const { log, reportedAssets, recomputedAssets } = dispute;
  const { kind, pool, account } = operation.proposal;
  const difference = recomputedAssets - reportedAssets;
  return {
    class: difference <= ROUNDING_UNITS && difference >= -ROUNDING_UNITS ? "rounding" : "unexplained",
    severity: "differs",
    message: `The write-off of ${argument.text(log, "user")} is reported as ${reportedAssets} and recomputed as ${recomputedAssets}; everything else in its ${kind} agrees.`,
    position: { ...position, logIndex: log.place },
    pool,
    ...(account === undefined ? {} : { account }),
    field: "DeficitCreated.amountCreated",
    reported: reportedAssets.toString(),
    recomputed: recomputedAssets.toString(),
    formula: kind,
    logs: [log.place],
  };
}

function describeDoubt(doubt: string, operation: AcceptedOperation, position: Position): Finding {
  return {
    class: "unexplained",
    severity: "differs",
    message: `${doubt}; check the prices and the pool's version.`,
    position: { ...position, logIndex: operation.logs[0]?.place ?? 0 },
    pool: operation.proposal.pool,
    formula: operation.proposal.kind,
    logs: operation.logs.map((log) => log.place),
  };
}
