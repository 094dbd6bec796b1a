import type { HistoryHeader } from "@shortfall/core";
import { type ContractEvents, EventDirectory, TOKEN_TRANSFER } from "../ctoken/event-directory.js";
import type { Family } from "../ctoken/family.js";
import { openingOf } from "../ctoken/genesis.js";
import { type CTokenAdapter, CTokenModel } from "../ctoken/model.js";
import { CTokenTraceSession } from "../ctoken/trace-session.js";
import { operationOf } from "./call.js";
import { C_TOKEN_EVENTS, COMPTROLLER_EVENTS, ORACLE_EVENTS } from "./events.js";
import { openState, PROTOCOL, VERSIONS } from "./header.js";
import type { CompoundOperation } from "./operation.js";
import { marketsPricedBy } from "./oracle.js";
import { perform } from "./perform.js";
import { propose } from "./propose.js";
import { compareAction, compareState } from "./recorded.js";
import type { CompoundState } from "./state.js";
import { touchedBy } from "./touch.js";
import { COMPOUND_V2_WATERFALL } from "./waterfall.js";

/** Rewards and refusals by code: a simulation announces them, an observer passes over them. */
const PASSED_OVER = new Set(["DistributedSupplierComp", "DistributedBorrowerComp", "Failure"]);

function familyOf(state: CompoundState, version: string): Family<CompoundOperation> {
  const { pool, constants } = state;
  return {
    protocol: PROTOCOL,
    version,
    pool,
    events: directoryOf(state),
    waterfall: COMPOUND_V2_WATERFALL,
    seizesEnteredOnly: false,
    recognisedBy: "none",
    passedOver: PASSED_OVER,
    slotOf: ({ block }) => BigInt(block),
    perform: (operation, step) => perform(state, operation, step),
    propose: (entries, cursor) => propose(pool, entries, cursor),
    unlogged: () => [],
    movement: ({ address, args }) => {
      const market = pool.asset(address)?.markets.find(({ token }) => token === args.to);
      const { from, value } = args;
      return market && typeof from === "string" && typeof value === "bigint"
        ? { kind: "donate", market, from, assets: value }
        : undefined;
    },
    call: (call, failure) => operationOf(pool, call, failure),
    pricedBy: (entries) =>
      new Set(
        entries.flatMap(({ address, args }) => {
          if (address !== constants.oracle) return [];
          const asset = String(args.asset);
          return [asset, ...marketsPricedBy(pool, asset).map(({ token }) => token)];
        }),
      ),
  };
}

/** Contracts and tokens of a state. Token transfers that touch no market are foreign to the model. */
function directoryOf({ pool, constants }: CompoundState): EventDirectory {
  const contracts = new Map<string, ContractEvents>([
    [pool.comptroller, COMPTROLLER_EVENTS],
    [constants.oracle, ORACLE_EVENTS],
  ]);
  for (const market of pool.markets) contracts.set(market.token, C_TOKEN_EVENTS);
  return new EventDirectory(contracts, pool);
}

const open = (header: HistoryHeader): CTokenModel<CompoundOperation> =>
  new CTokenModel(familyOf(openState(header), header.version), openingOf(header));

/** Compound v2: cTokens under one Comptroller. */
export const compoundV2: CTokenAdapter<CompoundOperation> = {
  protocol: PROTOCOL,
  title: "Compound v2 (cTokens and Comptroller)",
  versions: VERSIONS,
  open,
  traces: {
    open: (header) => {
      const model = open(header);
      return new CTokenTraceSession(
        model,
        {
          touchedBy,
          compareState,
          compareAction: (comparison, line, outcome) =>
            compareAction(comparison, model.family.pool, line, outcome),
        },
        header,
      );
    },
  },
  events: [
    TOKEN_TRANSFER.declaration,
    ...[C_TOKEN_EVENTS, COMPTROLLER_EVENTS, ORACLE_EVENTS].flatMap(({ declarations }) => declarations),
  ],
  eventName: (log) =>
    [C_TOKEN_EVENTS, COMPTROLLER_EVENTS, ORACLE_EVENTS]
      .flatMap(({ modelled, passedOver }) => [modelled, passedOver])
      .map((table) => table.get(log.topics[0] ?? "")?.name)
      .find((name) => name !== undefined),
};
