import type { RiskInput } from "../input.js";
import type { CascadeMarket, CascadeVault } from "./vault-cascade.js";

export interface VaultNetwork {
  readonly markets: Readonly<Record<string, CascadeMarket>>;
  readonly vaults: Readonly<Record<string, CascadeVault>>;
}

/** `markets` and `vaults` from JSON. @throws {RiskInputError} naming the field. */
export function readNetwork(input: RiskInput): VaultNetwork {
  const markets = input.object("markets");
  const vaults = input.object("vaults");
  return {
    markets: Object.fromEntries(markets.keys().map((id) => [id, readMarket(markets.object(id))])),
    vaults: Object.fromEntries(vaults.keys().map((id) => [id, readVault(vaults.object(id))])),
  };
}

const readMarket = (market: RiskInput): CascadeMarket => ({
  cash: market.number("cash"),
  loans: market.objects("loans").map((loan) => ({
    debt: loan.number("debt"),
    bonus: loan.number("bonus"),
    collateral: loan
      .objects("collateral")
      .map((each) =>
        each.has("external")
          ? { external: each.number("external") }
          : { vault: each.text("vault"), shares: each.number("shares") },
      ),
  })),
});

function readVault(vault: RiskInput): CascadeVault {
  const alloc = vault.object("alloc");
  const reportedPrice = vault.optionalNumber("reportedPrice");
  return {
    idle: vault.number("idle"),
    shares: vault.number("shares"),
    alloc: Object.fromEntries(alloc.keys().map((market) => [market, alloc.number(market)])),
    ...(reportedPrice === undefined ? {} : { reportedPrice }),
  };
}
