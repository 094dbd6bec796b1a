import type { ClassDocument, FundDocument, LayerDocument, TrialDocument } from "./document.js";
import type { Json } from "./notation.js";

/** What a new layer of a policy starts with: parameters that run, and what they need of the pool. */
interface Starter {
  readonly parameters?: (around: Around) => { readonly [key: string]: Json };
  readonly funds?: { readonly [id: string]: FundDocument };
  readonly groups?: { readonly [id: string]: { readonly [account: string]: string } };
  readonly classes?: readonly ClassDocument[];
  readonly seized?: { readonly [asset: string]: string };
  /** Price of the collateral in the pool's asset per base unit, on one scale with the asset's own. */
  readonly prices?: { readonly collateral: string; readonly asset: string };
  readonly before?: readonly { readonly action: string; readonly input: Json }[];
}

/** Names that the pool already has, so that a new layer charges somebody who is there. */
interface Around {
  readonly fund: string;
  readonly senior: string;
  readonly junior: string;
  /** One token in base units. */
  readonly token: (tokens: number) => string;
}

const WAD = "1000000000000000000";
const STAKE = { stake: { balance: "50000000000000000000000", asset: "STK" } };
const MEMBERS = { members: { ann: "60000", bob: "30000", cem: "10000" } };

/** One starter for each policy of the catalogue. */
const STARTERS: { readonly [policy: string]: Starter } = {
  "cash-fund": { parameters: ({ fund }) => ({ fund }) },
  reserve: {},
  deductible: { parameters: ({ token }) => ({ amount: token(1000) }) },
  "stake-slash": {
    funds: STAKE,
    parameters: ({ token }) => ({ fund: "stake", feeBps: "1000", prices: { loss: WAD, stake: token(2) } }),
  },
  "safety-module": {
    funds: { cooler: { balance: "1000000000000" } },
    parameters: () => ({
      fund: "cooler",
      maxSlashableBps: "3000",
      lowerBound: "1000000",
      shares: "1000000000000",
      holders: { ann: "600000000000", bob: "400000000000" },
    }),
  },
  advance: { parameters: ({ fund }) => ({ fund, interestBpsPerYear: "500" }) },
  "share-burn": { parameters: ({ senior }) => ({ class: senior, holder: "treasury" }) },
  "pro-rata": { parameters: ({ senior }) => ({ class: senior }) },
  "index-writedown": {
    classes: [
      {
        id: "indexed",
        assets: "500000000000",
        shares: "480000000000",
        index: { value: "1041666666666666666", divisor: WAD },
      },
    ],
    parameters: () => ({ class: "indexed", rule: "proportional-ceil" }),
  },
  spread: {},
  tranche: { parameters: ({ junior }) => ({ class: junior }) },
  "tranche-senior": { parameters: ({ senior }) => ({ protect: [senior] }) },
  "claim-tranches": {
    parameters: ({ senior, junior, token }) => ({
      claims: [{ class: senior, claim: token(1_000_000) }],
      residual: junior,
    }),
  },
  "target-yield": {
    parameters: ({ senior, token }) => ({
      class: senior,
      tranches: [
        { id: "equity", checkpoint: token(300_000), targetBpsPerYear: "0" },
        { id: "senior", checkpoint: token(1_000_000), targetBpsPerYear: "500" },
      ],
      cash: token(100_000),
      loans: token(1_200_000),
    }),
  },
  members: { groups: MEMBERS, parameters: () => ({ group: "members" }) },
  "debt-pool": { parameters: ({ token }) => ({ debt: token(1_000_000), shares: { ann: "2", bob: "1" } }) },
  "funding-shift": {
    groups: { "open interest": { long: "700000000000000", short: "-650000000000000" } },
    parameters: () => ({ openInterest: "open interest" }),
  },
  "counterparty-close": {
    groups: { winners: { ann: "40000", bob: "30000", cem: "25000" } },
    parameters: () => ({ positions: "winners", order: "offset", bankruptcyPrice: "199" }),
  },
  "stability-pool": {
    funds: { stability: { balance: "0" } },
    seized: { ETH: "40000000000000000000" },
    parameters: () => ({ variant: "epochs", fund: "stability", collateral: "ETH" }),
    before: [
      { action: "deposit", input: { user: "ann", amount: "60000000000" } },
      { action: "deposit", input: { user: "bob", amount: "40000000000" } },
    ],
  },
  redistribution: {
    parameters: () => ({
      troves: {
        ann: { collateral: "10000000000000000000", debt: "9000000000" },
        bob: { collateral: "30000000000000000000", debt: "8000000000" },
      },
    }),
  },
  "vault-redistribution": {
    parameters: () => ({
      debtShares: { ann: "100", bob: "50" },
      debts: { ann: "90", bob: "-4" },
      collateralShares: { ann: "100", bob: "50" },
    }),
  },
  "surplus-debt": {
    parameters: ({ token }) => ({
      wait: "561600",
      sump: token(50_000),
      dump: "250000000000000000000",
      bump: token(10_000),
      hump: token(500_000),
      beg: "1050000000000000000",
      pad: "1500000000000000000",
      ttl: "10800",
      tau: "172800",
    }),
  },
  "fund-auction": {
    parameters: ({ fund }) => ({ fund, incentiveBps: "1000", fundPriceWad: WAD }),
  },
  "exit-mark": { parameters: ({ senior }) => ({ class: senior }) },
  "lateness-mark": {
    parameters: ({ senior }) => ({
      class: senior,
      sharePriceWad: "1100000000000000000",
      shares: "70000000000000000000000000",
    }),
  },
  "redemption-haircut": {
    parameters: ({ senior, token }) => ({
      class: senior,
      collected: token(850_000),
      claims: token(1_000_000),
    }),
  },
  "take-over": { parameters: () => ({ to: "treasury" }) },
  "collateral-sale": {
    seized: { ETH: "40000000000000000000" },
    prices: { collateral: "2000", asset: "1000000000000" },
    parameters: () => ({ collateral: "ETH", discountBps: "500" }),
  },
  "in-kind": {
    seized: { ETH: "40000000000000000000" },
    prices: { collateral: "2000", asset: "1000000000000" },
    parameters: ({ senior }) => ({ class: senior, collateral: "ETH" }),
  },
  carry: {},
  "deferred-cover": { parameters: ({ token }) => ({ offset: token(1000) }) },
  nested: {
    parameters: ({ fund, senior }) => ({
      layers: [
        { id: "fund", policy: "cash-fund", parameters: { fund } },
        { id: "class", policy: "pro-rata", parameters: { class: senior } },
      ],
    }),
  },
};

/** The document with one layer more at its end, and with what that layer needs and the pool has not. */
export function addLayer(document: TrialDocument, policy: string, title: string): TrialDocument {
  const starter = STARTERS[policy] ?? {};
  const { pool, waterfall } = document;
  const classes = pool.classes ?? [];
  const around: Around = {
    fund: Object.keys(pool.funds ?? {})[0] ?? "insurance",
    senior: classes[0]?.id ?? "lenders",
    junior: classes[classes.length - 1]?.id ?? "junior",
    token: (tokens) => `${BigInt(tokens) * 10n ** BigInt(pool.decimals)}`,
  };
  const parameters = starter.parameters?.(around) ?? {};
  const id = freeName(title, new Set(waterfall.layers.map((layer) => layer.id)));
  const layer: LayerDocument = { id, policy, parameters };
  const missing = { [around.fund]: { balance: "0" }, ...starter.funds };
  const added = (starter.classes ?? []).filter(({ id: name }) => !classes.some((each) => each.id === name));
  const needed = [around.senior, around.junior].filter(
    (name) => Object.values(parameters).includes(name) && !classes.some((each) => each.id === name),
  );
  const before = (starter.before ?? []).map((step) => ({ layer: id, ...step }));
  return {
    ...document,
    waterfall: { ...waterfall, layers: [...waterfall.layers, layer] },
    pool: {
      ...pool,
      ...(usesFund(parameters, missing)
        ? { funds: { ...pool.funds, ...lacking(missing, parameters, pool.funds ?? {}) } }
        : {}),
      ...(starter.groups ? { groups: { ...starter.groups, ...pool.groups } } : {}),
      ...(starter.prices
        ? { prices: { ETH: starter.prices.collateral, [pool.asset]: starter.prices.asset, ...pool.prices } }
        : {}),
      classes: [...classes, ...added, ...[...new Set(needed)].map((name) => ({ id: name, assets: "0" }))],
    },
    ...(starter.seized ? { seized: { ...starter.seized, ...document.seized } } : {}),
    ...(before.length > 0 ? { before: [...(document.before ?? []), ...before] } : {}),
  };
}

const usesFund = (parameters: { readonly [key: string]: Json }, funds: object): boolean =>
  typeof parameters.fund === "string" && Object.hasOwn(funds, parameters.fund);

/** The fund that the parameters name, unless the pool has it. */
function lacking(
  funds: { readonly [id: string]: FundDocument },
  parameters: { readonly [key: string]: Json },
  there: { readonly [id: string]: FundDocument },
): { readonly [id: string]: FundDocument } {
  const id = parameters.fund as string;
  return Object.hasOwn(there, id) ? {} : { [id]: funds[id]! };
}

/** `Cash fund`, `Cash fund 2`, …: ids are unique in a waterfall. */
export function freeName(title: string, taken: ReadonlySet<string>): string {
  if (!taken.has(title) && title !== "uncovered") return title;
  let number = 2;
  while (taken.has(`${title} ${number}`)) number++;
  return `${title} ${number}`;
}

/** Policies that have a starter, for the test that none is forgotten. */
export const STARTED = Object.keys(STARTERS);
