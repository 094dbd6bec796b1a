import {
  type ChainTransaction,
  DeficitRegister,
  type Execution,
  type FieldFailure,
  type Fields,
  type HaircutTable,
  type HistoryHeader,
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
import { type CallResult, runBlueCall, runCall } from "../blue/calls.js";
import { anchored, backwards, numbered } from "../blue/model.js";
import { readTransaction } from "../blue/observe.js";
import { BlueBooks } from "../blue/posting.js";
import { type Accepted, NOTHING_READ, type Reading } from "../blue/reading.js";
import { loadSnapshot } from "../blue/snapshot.js";
import type { BlueState } from "../blue/state.js";
import { liabilitiesOf, viewMarket } from "../blue/view.js";
import { BLUE_WATERFALL } from "../blue/waterfall.js";
import { BlueLosses } from "../blue/write-off.js";
import { vaultRunner } from "./calls.js";
import { readVaultHeader, VAULT_PROTOCOL } from "./header.js";
import { VaultReader } from "./observe.js";
import { VaultBooks } from "./posting.js";
import { loadVaults } from "./snapshot.js";
import { totalAssets } from "./valuation.js";
import type { Vault } from "./vault.js";
import { isVaultStep } from "./vault-step.js";
import { vaultLiabilities, viewVault } from "./view.js";
import { vaultWaterfall } from "./waterfall.js";
import { VaultLosses } from "./write-off.js";

/** MetaMorpho vaults and the Morpho Blue markets under them. */
export class MetaMorphoModel implements ProtocolModel {
  readonly protocol = VAULT_PROTOCOL;
  readonly version: string;
  /** Seconds at which the header's state stands. */
  readonly start: number;
  readonly state: BlueState;
  readonly vaults: ReadonlyMap<string, Vault>;
  readonly journal: Journal;
  readonly deficits = new DeficitRegister();
  readonly #reader: VaultReader;
  readonly #blueBooks: BlueBooks;
  readonly #vaultBooks: VaultBooks;
  readonly #blueLosses: BlueLosses;
  readonly #vaultLosses: VaultLosses;
  #last: Position;

  /** @throws {HeaderError} */
  constructor(header: HistoryHeader) {
    const { state, vaults, position } = readVaultHeader(header);
    this.version = header.version;
    this.state = state;
    this.vaults = vaults;
    this.#last = position;
    this.start = position.timestamp;
    this.journal = new Journal({
      model: `${VAULT_PROTOCOL} ${header.version}`,
      waterfalls: [
        waterfallReference(state.deployment.morpho, BLUE_WATERFALL),
        ...[...vaults.values()].map((vault) =>
          waterfallReference(vault.address, vaultWaterfall(vault.version)),
        ),
      ],
    });
    this.#reader = new VaultReader(vaults);
    this.#blueBooks = new BlueBooks(state, this.journal);
    this.#vaultBooks = new VaultBooks(state, this.journal);
    this.#blueLosses = new BlueLosses(state, this.deficits);
    this.#vaultLosses = new VaultLosses(state, this.deficits);
    this.#blueBooks.open(position);
    for (const vault of vaults.values()) this.#vaultBooks.reset(vault, "open", position);
  }

  observe(transaction: ChainTransaction): Observation {
    const { operations, findings, callsUsed } = this.read(transaction);
    return { operations, findings, callsUsed };
  }

  /** Observation with the steps behind it. */
  read(transaction: ChainTransaction): Reading {
    const { position } = transaction;
    if (position.timestamp < this.#last.timestamp) return backwards(position, this.#last);
    for (const { subject, price } of transaction.prices) this.state.prices.set(subject, price);
    this.#last = position;
    if (transaction.reverted) return NOTHING_READ;
    const reading = readTransaction(this.state, transaction, this.#reader);
    this.#commit(reading.accepted, position, (at) => transaction.logs[at]!.logIndex);
    return reading;
  }

  execute(call: RecordedCall, position: Position): Execution {
    const result = this.run(call, position);
    return "reason" in result
      ? { ok: false, reason: result.reason }
      : { ok: true, logs: result.order.map(({ log }) => log) };
  }

  /** Execution with the steps behind it. @throws {MorphoCallError} a malformed call; nothing is written. */
  run(call: RecordedCall, position: Position): CallResult {
    const result = runCall(this.state, call, position, [vaultRunner(this.vaults), runBlueCall]);
    if ("reason" in result) return result;
    this.#last = position;
    this.#commit(numbered(result), position, (at) => at);
    return result;
  }

  /** Takes over a recorded state; the journal says so. @throws what `failure` makes. */
  resynchronise(recorded: Fields, position: Position, failure: FieldFailure): void {
    loadSnapshot(this.state, recorded, failure);
    loadVaults(this.state, this.vaults, recorded, failure);
    this.state.undo.clear();
    this.#blueBooks.resynchronise(position);
    for (const vault of this.vaults.values()) this.#vaultBooks.reset(vault, "resynchronise", position);
  }

  /** `totalAssets()` of a vault at the last position: what its share price is made from. */
  totalAssetsOf(vault: Vault): bigint {
    return totalAssets(this.state, vault, BigInt(this.#last.timestamp));
  }

  /** Vaults first, then the markets. */
  pools(): readonly PoolView[] {
    const time = BigInt(this.#last.timestamp);
    const vaults = [...this.vaults.values()].map((vault) =>
      viewVault(this.state, vault, time, this.#vaultLosses.realised(vault.address)),
    );
    const markets = [...this.state.markets.values()].map((market) =>
      viewMarket(this.state, market, this.#blueLosses.realised(market.id)),
    );
    return [...vaults, ...markets];
  }

  /** Those of the markets, then what reached the vaults. The second are not further losses. */
  writeOffs(): readonly WriteOff[] {
    return [...this.#blueLosses.writeOffs, ...this.#vaultLosses.writeOffs];
  }

  haircuts(writeOffId: string): readonly HaircutTable[] {
    return this.#vaultLosses.has(writeOffId)
      ? this.#vaultLosses.haircuts(writeOffId)
      : this.#blueLosses.haircuts(writeOffId);
  }

  lossMoment(writeOffId: string): LossMoment | undefined {
    return this.#vaultLosses.has(writeOffId)
      ? this.#vaultLosses.momentOf(writeOffId)
      : this.#blueLosses.momentOf(writeOffId);
  }

  /** Vaults first, then the markets, where a vault is one of the suppliers. */
  liabilities(): readonly LiabilityTable[] {
    const time = BigInt(this.#last.timestamp);
    return [
      ...[...this.vaults.values()].map((vault) => vaultLiabilities(this.state, vault, time)),
      ...[...this.state.markets.values()].map((market) => liabilitiesOf(this.state, market)),
    ];
  }

  /** Of the markets, where every loss begins. A vault's own is `vaultWaterfall(version)`. */
  nativeWaterfall(): WaterfallDefinition {
    return BLUE_WATERFALL;
  }

  #commit(accepted: readonly Accepted[], position: Position, indexOf: (at: number) => number): void {
    this.state.undo.clear();
    for (const { step, logs, reportedLoss } of accepted) {
      const at = anchored(position, logs, indexOf);
      if (isVaultStep(step)) this.#vaultBooks.post(step, at, this.#vaultLosses.record(step, at));
      else this.#blueBooks.post(step, at, this.#blueLosses.record(step, at, reportedLoss));
    }
  }
}
