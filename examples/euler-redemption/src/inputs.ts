import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { WAD } from "@shortfall/math";
import { parseAmount } from "@shortfall/math/decimal";

/** A market of the protocol. */
export interface Market {
  readonly token: string;
  readonly decimals: number;
  /** Collateral markets are shared out through the recovered pool only, never in kind. */
  readonly collateral: boolean;
}

/** What a sub-account holds in one market, base units. */
export interface Row {
  readonly token: string;
  deposit: bigint;
  readonly staked: bigint;
  debt: bigint;
}

export interface SubAccount {
  readonly address: string;
  readonly rows: Row[];
}

export interface Account {
  readonly address: string;
  readonly subAccounts: SubAccount[];
}

export interface PositionEvent {
  readonly kind: "Borrow" | "Repay" | "Withdraw";
  readonly subAccount: string;
  readonly token: string;
  readonly amount: bigint;
}

/** Tokens recovered, shared by net asset value. */
export interface Pool {
  readonly weth: bigint;
  readonly dai: bigint;
  readonly usdc: bigint;
}

export interface Inputs {
  readonly markets: ReadonlyMap<string, Market>;
  readonly snapshot: readonly Account[];
  readonly events: readonly PositionEvent[];
  /** Positions after events and exclusions, as published; the computation must arrive at them. */
  readonly published: readonly Account[];
  /** The protocol's own deposit, by market. */
  readonly reserves: ReadonlyMap<string, bigint>;
  /** Tokens still in the protocol, by market. */
  readonly available: ReadonlyMap<string, bigint>;
  /** Wei of ETH per whole token. */
  readonly settlementPrices: ReadonlyMap<string, bigint>;
  readonly redemptionPrices: ReadonlyMap<string, bigint>;
  readonly pool: Pool;
  readonly capWad: bigint;
  /** 1 in the ratios between the steps: 1e18 as published. More digits are another method. */
  readonly ratioOne: bigint;
  /** Prices at which a claim in kind lowers the alternative net asset value: settlement in the published scripts. */
  readonly alternativeCost: "settlement" | "redemption";
  readonly tokens: { readonly weth: string; readonly dai: string; readonly usdc: string };
  readonly attackers: ReadonlySet<string>;
  readonly excluded: ReadonlySet<string>;
  /** Contract accounts: where their leaf goes, or null if they get none in this tree. */
  readonly contracts: ReadonlyMap<string, string | null>;
  /** What the contract accounts are called in their source. */
  readonly contractNames: ReadonlyMap<string, string>;
}

/** Reads the data folder. Token addresses are the keys everywhere; published symbols are not reliable. */
export function readInputs(folder: URL): Inputs {
  const text = (name: string): string => {
    const bytes = readFileSync(new URL(name, folder));
    return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  };
  const json = (name: string): never => JSON.parse(text(name)) as never;

  const markets = new Map<string, Market>();
  const tokenOf = new Map<string, string>();
  for (const row of csv(text("markets.csv"))) {
    const token = row.underlying!.toLowerCase();
    markets.set(token, { token, decimals: Number(row.decimals), collateral: row.collateralTier === "1" });
    tokenOf.set(row.symbol!, token);
  }
  const units = (token: string, amount: string): bigint =>
    parseAmount(amount, requireMarket(markets, token).decimals);

  const accounts = (rows: readonly Record<string, string>[]): Account[] => {
    const byAddress = new Map<string, Account>();
    for (const row of rows) {
      const token = (row.underlying ?? tokenOf.get(row.symbol!) ?? "").toLowerCase();
      const account = getOrAdd(byAddress, row.account!.toLowerCase(), (address) => ({
        address,
        subAccounts: [],
      }));
      const subAddress = row.subAddress!.toLowerCase();
      let sub = account.subAccounts.find((each) => each.address === subAddress);
      if (!sub) {
        sub = { address: subAddress, rows: [] };
        account.subAccounts.push(sub);
      }
      sub.rows.push({
        token,
        deposit: units(token, row.deposit!),
        staked: units(token, (row.staked ?? row["staked deposit"])!),
        debt: units(token, row.debt!),
      });
    }
    return [...byAddress.values()];
  };

  const parameters = json("parameters.json") as {
    pool: Record<keyof Pool, string>;
    cap: string;
    tokens: Inputs["tokens"];
    excludedAccounts: Record<string, string>;
    attackerAccounts: string[];
  };
  const reserves = json("balancesReserves.json") as Record<
    string,
    Record<string, { markets?: { underlying: string; eTokenBalanceUnderlying: string }[] }>
  >;
  const balances = json("currentEulerBalances.json") as {
    markets: { underlying: string; balance: string }[];
  };
  const events = json("eventsBetweenUpgrades.json") as {
    event: PositionEvent["kind"];
    account: string;
    underlying: string;
    amountUnderlying: string;
  }[];

  return {
    markets,
    snapshot: accounts(csv(text("positions-upgrade-block.csv.gz"))),
    events: events.map((event) => ({
      kind: event.event,
      subAccount: event.account.toLowerCase(),
      token: event.underlying.toLowerCase(),
      amount: units(event.underlying.toLowerCase(), event.amountUnderlying),
    })),
    published: accounts(csv(text("user-positions.csv.gz"))),
    reserves: new Map(
      Object.values(reserves)
        .flatMap((reserve) => Object.values(reserve).flatMap((sub) => sub?.markets ?? []))
        .map(({ underlying, eTokenBalanceUnderlying }) => {
          const token = underlying.toLowerCase();
          return [token, units(token, eTokenBalanceUnderlying)];
        }),
    ),
    available: new Map(
      balances.markets.map(({ underlying, balance }) => {
        const token = underlying.toLowerCase();
        return [token, units(token, balance)];
      }),
    ),
    settlementPrices: prices(json("prices_pause.json")),
    redemptionPrices: prices(json("prices_redemption.json")),
    pool: {
      weth: BigInt(parameters.pool.weth),
      dai: BigInt(parameters.pool.dai),
      usdc: BigInt(parameters.pool.usdc),
    },
    capWad: BigInt(parameters.cap),
    ratioOne: WAD,
    alternativeCost: "settlement",
    tokens: parameters.tokens,
    attackers: new Set(parameters.attackerAccounts.map((each) => each.toLowerCase())),
    excluded: new Set(Object.values(parameters.excludedAccounts).map((each) => each.toLowerCase())),
    contractNames: new Map(
      csv(text("contracts.csv")).map((row) => [row.account!.toLowerCase(), row.contractName!]),
    ),
    contracts: new Map(
      csv(text("contracts.csv")).map((row) => [
        row.account!.toLowerCase(),
        row.treatment === "excluded" ? null : row.leafAddress!.toLowerCase(),
      ]),
    ),
  };
}

/** @throws {Error} a token that markets.csv does not list. */
export function requireMarket(markets: ReadonlyMap<string, Market>, token: string): Market {
  const market = markets.get(token);
  if (!market) throw new Error(`Token ${token} is not in markets.csv.`);
  return market;
}

const prices = (raw: Record<string, string>): ReadonlyMap<string, bigint> =>
  new Map(Object.entries(raw).map(([token, price]) => [token.toLowerCase(), BigInt(price)]));

function csv(text: string): Record<string, string>[] {
  const [head = "", ...lines] = text.trim().split(/\r?\n/);
  const names = head.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(names.map((name, k) => [name, cells[k] ?? ""]));
  });
}

function getOrAdd<V>(map: Map<string, V>, key: string, make: (key: string) => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make(key);
  map.set(key, value);
  return value;
}
