import type { HistoryHeader } from "@shortfall/core";
import {
  type ContractEvents,
  type Entry,
  EventDirectory,
  TOKEN_TRANSFER,
} from "../ctoken/event-directory.js";
import type { Family } from "../ctoken/family.js";
import { openingOf } from "../ctoken/genesis.js";
import { type CTokenAdapter, CTokenModel } from "../ctoken/model.js";
import { CTokenTraceSession } from "../ctoken/trace-session.js";
import { operationOf } from "./call.js";
import { COMPTROLLER_EVENTS, SHORTFALL_EVENTS, V_TOKEN_EVENTS } from "./events.js";
import { openState, PROTOCOL, VERSIONS } from "./header.js";
import type { VenusOperation } from "./operation.js";
import { perform } from "./perform.js";
import { propose } from "./propose.js";
import { compareAction, compareState } from "./recorded.js";
import type { VenusState } from "./state.js";
import { touchedBy } from "./touch.js";
import { VENUS_ISOLATED_WATERFALL } from "./waterfall.js";

function familyOf(state: VenusState, version: string): Family<VenusOperation> {
  const { pool, constants } = state;
  return {
    protocol: PROTOCOL,
    version,
    pool,
    events: directoryOf(state),
    waterfall: VENUS_ISOLATED_WATERFALL,
    seizesEnteredOnly: true,
    recognisedBy: "contract",
    passedOver: new Set(),
    slotOf: ({ block, timestamp }) => BigInt(constants.timeBased ? timestamp : block),
    perform: (operation, step) => perform(state, operation, step),
    propose: (entries, cursor) => propose(state, entries, cursor),
    unlogged: (touched) => (touched.includes(constants.riskFund) ? [{ kind: "riskFundSync" }] : []),
    movement: (entry) => movement(state, entry),
    call: (call, failure) => operationOf(state, call, failure),
    pricedBy: () => new Set(),
  };
}

/** Tokens sent to a market are a donation, whoever sends them; between contracts beside the markets, a movement. */
function movement({ pool }: VenusState, { address, args }: Entry): VenusOperation | undefined {
  const asset = pool.asset(address);
  const { from, to, value } = args;
  if (!asset || typeof from !== "string" || typeof to !== "string" || typeof value !== "bigint")
    return undefined;
  if (asset.markets.some(({ token }) => token === from)) return undefined;
  const market = asset.markets.find(({ token }) => token === to);
  return market
    ? { kind: "donate", market, from, assets: value }
    : { kind: "moveTokens", asset, from, to, assets: value };
}

function directoryOf({ pool, constants }: VenusState): EventDirectory {
  const contracts = new Map<string, ContractEvents>([
    [pool.comptroller, COMPTROLLER_EVENTS],
    [constants.shortfall, SHORTFALL_EVENTS],
  ]);
  for (const market of pool.markets) contracts.set(market.token, V_TOKEN_EVENTS);
  return new EventDirectory(contracts, pool);
}

function opened(header: HistoryHeader): { state: VenusState; model: CTokenModel<VenusOperation> } {
  const state = openState(header);
  const model = new CTokenModel(familyOf(state, header.version), openingOf(header));
  return { state, model };
}

/** Venus isolated pools: VTokens under one Comptroller, with the Shortfall auction and the risk fund. */
export const venusIsolated: CTokenAdapter<VenusOperation> = {
  protocol: PROTOCOL,
  title: "Venus isolated pools (VTokens, Comptroller, Shortfall)",
  versions: VERSIONS,
  open: (header) => opened(header).model,
  traces: {
    open: (header) => {
      const { state, model } = opened(header);
      return new CTokenTraceSession(
        model,
        {
          touchedBy: (line) => touchedBy(state, line),
          compareState: (comparison, _model, line) => compareState(state, comparison, line),
          compareAction,
        },
        header,
      );
    },
  },
  events: [
    TOKEN_TRANSFER.declaration,
    ...[V_TOKEN_EVENTS, COMPTROLLER_EVENTS, SHORTFALL_EVENTS].flatMap(({ declarations }) => declarations),
  ],
  eventName: (log) =>
    [V_TOKEN_EVENTS, COMPTROLLER_EVENTS, SHORTFALL_EVENTS]
      .flatMap(({ modelled, passedOver }) => [modelled, passedOver])
      .map((table) => table.get(log.topics[0] ?? "")?.name)
      .find((name) => name !== undefined),
};
