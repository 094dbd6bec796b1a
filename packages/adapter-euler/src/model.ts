import {
  type ChainTransaction,
  DeficitRegister,
  type Execution,
  type HaircutTable,
  Journal,
  type LiabilityTable,
  type LossMoment,
  type Observation,
  type PoolView,
  type Position,
  type ProtocolModel,
  type RecordedCall,
  type WaterfallDefinition,
  type WriteOff,
  waterfallReference,
} from "@shortfall/core";
import { runCall } from "./execute.js";
import { figuresOf } from "./figures.js";
import { type Explanation, explain } from "./observe/observe.js";
import type { Parameters } from "./parameters.js";
import { postDeed, postOpening } from "./posting.js";
import { Refusal } from "./refusal.js";
import { EulerState } from "./state.js";
import { type SocialisedLoss, Step } from "./step.js";
import { liabilitiesOf, viewOf } from "./view.js";
import { NATIVE_WATERFALL } from "./waterfall.js";
import { WriteOffs } from "./write-off.js";

/** The protocol as headers name it. */
export const PROTOCOL = "euler-v2";

/** The vaults of one history under re-execution. */
export class EulerModel implements ProtocolModel {
  readonly protocol = PROTOCOL;
  readonly version: string;
  readonly journal: Journal;
  readonly deficits = new DeficitRegister();
  readonly state: EulerState;
  readonly #writeOffs: WriteOffs;

  constructor(parameters: Parameters) {
    this.version = parameters.version;
    this.state = new EulerState(parameters);
    this.#writeOffs = new WriteOffs(this.state, this.deficits);
    this.journal = new Journal({
      model: `${PROTOCOL} ${parameters.version}`,
      waterfalls: this.state.vaults.map((vault) => waterfallReference(vault.address, NATIVE_WATERFALL)),
    });
    const position = { block: 0, timestamp: Number(parameters.startTimestamp) };
    for (const vault of this.state.vaults) postOpening(this.journal, vault, figuresOf(vault), position);
  }

  observe(transaction: ChainTransaction): Observation {
    for (const { subject, price } of transaction.prices) this.state.prices.set(subject, price);
    if (transaction.reverted) return revertedObservation(transaction);
    const explanation = explain(this.state, transaction);
    if (!explanation.accepted) {
      this.state.rollback();
      return { operations: [], findings: explanation.findings, callsUsed: 0 };
    }
    this.#commit(explanation.step, transaction.position, explanation);
    return { operations: explanation.operations, findings: explanation.findings, callsUsed: 0 };
  }

  execute(call: RecordedCall, position: Position): Execution {
    const step = new Step(this.state, BigInt(position.timestamp));
    try {
      runCall(step, call, position);
    } catch (error) {
      this.state.rollback();
      if (error instanceof Refusal) return { ok: false, reason: error.reason };
      throw error;
    }
    this.#commit(step, position, undefined);
    return { ok: true, logs: step.logs };
  }

  pools(): readonly PoolView[] {
    return this.state.vaults.map((vault) => viewOf(this.state, vault, this.#writeOffs.realised(vault)));
  }

  writeOffs(): readonly WriteOff[] {
    return this.#writeOffs.all();
  }

  haircuts(writeOffId: string): readonly HaircutTable[] {
    return this.#writeOffs.haircuts(writeOffId);
  }

  lossMoment(writeOffId: string): LossMoment | undefined {
    return this.#writeOffs.momentOf(writeOffId);
  }

  liabilities(): readonly LiabilityTable[] {
    return this.state.vaults.map((vault) => liabilitiesOf(this.state, vault));
  }

  nativeWaterfall(): WaterfallDefinition {
    return NATIVE_WATERFALL;
  }

  /** Nothing can refuse any more: posts what was done, in order, and forgets how to undo it. */
  #commit(step: Step, position: Position, explanation: Explanation | undefined): void {
    this.state.keep();
    for (const deed of step.deeds) {
      const { loss } = deed;
      if (!loss) {
        postDeed(this.journal, deed, position);
        continue;
      }
      const at = lossPosition(loss, position, explanation);
      const id = `${at.transaction ?? at.block}:${at.logIndex}:${loss.account}`;
      postDeed(this.journal, deed, at, id);
      const reported = explanation?.reportedLosses.get(loss.log) ?? loss.assets;
      this.#writeOffs.record(id, deed.vault, loss, reported, at);
    }
  }
}

/** Where the DebtSocialized log stands: as observed, or as predicted. */
function lossPosition(
  loss: SocialisedLoss,
  position: Position,
  explanation: Explanation | undefined,
): Position {
  const observed = explanation?.observedAt.get(loss.log);
  return { ...position, logIndex: observed ? observed.logIndex : loss.log };
}

/** A transaction that reverted did nothing; its receipt has no logs. */
function revertedObservation({ logs, position }: ChainTransaction): Observation {
  const message = `A reverted transaction carries ${logs.length} logs. Check its status.`;
  return {
    operations: [],
    findings:
      logs.length === 0
        ? []
        : [
            {
              class: "unreadable",
              severity: "differs",
              message,
              position,
              field: "logs",
              reported: `${logs.length} logs`,
              recomputed: "none",
            },
          ],
    callsUsed: 0,
  };
}
