import { type FieldFailure, Fields, HeaderError, type HistoryHeader, type Position } from "@shortfall/core";
import { WAD } from "@shortfall/math";
import { ZERO_ADDRESS } from "./constants.js";
import { isMarketId, type MarketParameters, marketId } from "./market.js";
import { loadSnapshot } from "./snapshot.js";
import { BlueState, type Token } from "./state.js";

/** Versions of Morpho Blue modelled; the contract is not upgradeable and has one. */
export const BLUE_VERSIONS: readonly string[] = ["1.0"];

export const headerFailure: FieldFailure = (field, expected, received) =>
  new HeaderError(field, expected, received);

/** Checks format, protocol and version of a header. @throws {HeaderError} */
export function requireHeader(header: HistoryHeader, protocol: string, versions: readonly string[]): Fields {
  const root = new Fields(header, "", headerFailure);
  if (
    root.has("format") &&
    root.string("format") !== "shortfall-trace/1" &&
    root.string("format") !== "shortfall-logs/1"
  ) {
    throw headerFailure("format", "shortfall-trace/1 or shortfall-logs/1", root.string("format"));
  }
  if (root.string("protocol") !== protocol)
    throw headerFailure("protocol", protocol, root.string("protocol"));
  const version = root.string("version");
  if (
    !versions.some(
      (known) =>
        version === known || (/^[^0-9]/.test(version.slice(known.length)) && version.startsWith(known)),
    )
  ) {
    throw headerFailure("version", `a version that starts with ${versions.join(" or ")}`, version);
  }
  return root;
}

/** The state of Morpho Blue that a header describes, and the position it stands at. @throws {HeaderError} */
export function readBlueHeader(root: Fields): { readonly state: BlueState; readonly position: Position } {
  const params = root.object("params");
  const optional = (key: string) => (params.has(key) ? params.address(key) : ZERO_ADDRESS);
  const state = new BlueState({
    morpho: params.address("morpho"),
    adaptiveCurveIrm: optional("adaptiveCurveIrm"),
    mockIrm: optional("mockIrm"),
  });
  readTokens(state, params);
  state.owner = optional("owner");
  for (const irm of [state.deployment.adaptiveCurveIrm, state.deployment.mockIrm, ZERO_ADDRESS])
    state.enable(irm);
  if (params.has("enabledLltvs")) {
    params.strings("enabledLltvs").forEach((text, index) => {
      state.enable(amountFrom(`${params.path}.enabledLltvs[${index}]`, text));
    });
  }
  if (params.has("accounts")) readAccounts(state, params.object("accounts"));
  for (const fields of params.objects("markets")) readMarket(state, fields);
  if (params.has("feeRecipient")) state.feeRecipient = params.address("feeRecipient");
  if (root.has("initialState")) loadSnapshot(state, root.object("initialState"), headerFailure);
  requireComplete(state, root);
  state.undo.clear();
  const start = params.has("startTimestamp") ? Number(params.uint256("startTimestamp")) : 0;
  return { state, position: { block: 0, timestamp: start } };
}

function amountFrom(field: string, text: string): bigint {
  if (!/^\d+$/.test(text)) throw headerFailure(field, "a non-negative decimal integer string", text);
  return BigInt(text);
}

function readTokens(state: BlueState, params: Fields): void {
  if (!params.has("tokens")) return;
  const seen = new Set<string>();
  for (const fields of params.objects("tokens")) {
    const address = fields.address("address");
    const decimals = fields.uint256("decimals");
    if (decimals > 255n) throw headerFailure(`${fields.path}.decimals`, "at most 255", `${decimals}`);
    const symbol = fields.string("symbol");
    // Two tokens of one name would share an account in the books.
    const token: Token = { address, symbol: seen.has(symbol) ? address : symbol, decimals: Number(decimals) };
    seen.add(symbol);
    if (state.tokens.has(address)) throw headerFailure(`${fields.path}.address`, "each token once", address);
    state.tokens.set(address, token);
  }
}

function readAccounts(state: BlueState, accounts: Fields): void {
  for (const key of accounts.keys()) {
    if (!/^0x[0-9a-fA-F]{40}$/.test(key)) throw headerFailure(accounts.path, "addresses as keys", key);
    const address = key.toLowerCase();
    state.accounts.intern(address);
    if (accounts.string(key) === "poor") state.penniless.add(address);
  }
}

function readMarket(state: BlueState, fields: Fields): void {
  const id = fields.string("id").toLowerCase();
  const parameters: MarketParameters = {
    loanToken: fields.address("loanToken"),
    collateralToken: fields.address("collateralToken"),
    oracle: fields.address("oracle"),
    irm: fields.address("irm"),
    lltv: fields.uint256("lltv"),
  };
  if (parameters.lltv >= WAD) throw headerFailure(`${fields.path}.lltv`, "below 1e18", `${parameters.lltv}`);
  if (!isMarketId(id) || id !== marketId(parameters)) {
    throw headerFailure(`${fields.path}.id`, `the hash of its parameters, ${marketId(parameters)}`, id);
  }
  if (state.markets.has(id)) throw headerFailure(`${fields.path}.id`, "each market once", id);
  const market = state.addMarket(id, parameters);
  if (fields.has("irmKind")) {
    const kind = fields.string("irmKind");
    if (kind !== market.rateModel) {
      throw headerFailure(`${fields.path}.irmKind`, `${market.rateModel}, as its address says`, kind);
    }
  }
  if (fields.has("initialPrice")) state.prices.set(parameters.oracle, fields.uint256("initialPrice"));
  if (fields.has("initialFee")) market.fee = fields.uint256("initialFee");
  if (fields.has("lastUpdate")) market.lastUpdate = fields.uint256("lastUpdate");
  state.enable(parameters.irm);
  state.enable(parameters.lltv);
  for (const [prefix, address] of [
    ["loan", parameters.loanToken],
    ["collateral", parameters.collateralToken],
  ] as const) {
    const key = `${prefix}Decimals`;
    if (!fields.has(key)) continue;
    const { decimals } = state.token(address);
    if (fields.uint256(key) !== BigInt(decimals)) {
      throw headerFailure(`${fields.path}.${key}`, `${decimals}, as the token says`, String(fields.raw(key)));
    }
  }
}

/** Rows must add up and the tokens must be there. A market without a last update is yet to be created. */
function requireComplete(state: BlueState, root: Fields): void {
  for (const market of state.markets.values()) {
    for (const [name, total, rows] of [
      ["totalSupplyShares", market.totalSupplyShares, market.supply.sum],
      ["totalBorrowShares", market.totalBorrowShares, market.borrow.sum],
    ] as const) {
      if (total !== rows) {
        throw headerFailure(
          `initialState.markets.${market.id}.${name}`,
          `${rows}, the sum of the positions`,
          `${total}`,
        );
      }
    }
    if (market.totalBorrowAssets > market.totalSupplyAssets) {
      throw headerFailure(
        `initialState.markets.${market.id}.totalBorrowAssets`,
        `at most ${market.totalSupplyAssets}, the assets supplied`,
        `${market.totalBorrowAssets}`,
      );
    }
  }
  const recorded = root.has("initialState") && root.object("initialState").has("balances");
  for (const token of state.tokens.keys()) {
    const accounted = state.accountedBalance(token);
    const held = state.balance(state.deployment.morpho, token);
    if (!recorded || held === 0n) state.setBalance(state.deployment.morpho, token, accounted);
    else if (held < accounted) {
      throw headerFailure(
        `initialState.balances.${token}`,
        `at least ${accounted}, what the markets account for`,
        `${held}`,
      );
    } else state.addDonation(token, held - accounted);
  }
}
