import type { ChainLog, ChainTransaction, HistoryHeader, PredictedLog } from "@shortfall/core";
import { eventCodec } from "@shortfall/core";
import type { EulerModel } from "../src/model.js";

/** Test address from a number. */
export const at = (n: number): string => `0x${n.toString(16).padStart(40, "0")}`;

export const EVC = at(0xe0c);
export const GOVERNOR = at(0x90);
export const FEE_RECEIVER = at(0xfee);
export const PROTOCOL_RECEIVER = at(0xfef);
export const USDC = at(0xa1);
export const DAI = at(0xa2);
export const WETH = at(0xa3);
export const USDC_VAULT = at(0xb1);
export const DAI_VAULT = at(0xb2);
export const WETH_VAULT = at(0xb3);
export const LENDERS = [at(0x11), at(0x12)] as const;
/** Borrow in the USDC vault against WETH and shares of the DAI vault. */
export const BORROWERS = [at(0x21), at(0x22), at(0x23)] as const;
export const LIQUIDATOR = at(0x31);
/** Borrows in the DAI vault against WETH. */
export const DAI_BORROWER = at(0x24);
export const START = 1_700_000_000;

const UNIT = at(840);
const E18 = 10n ** 18n;

/** Prices in an 18-decimal unit per base unit of the asset, times 1e18. */
export const PRICES: Readonly<Record<string, bigint>> = {
  [USDC]: 10n ** 30n,
  [DAI]: E18,
  [WETH]: 2_000n * E18,
};

const irm = { baseRate: "0", slope1: "466425127", slope2: "26000000000", kink: "3435973836" };
const ltv = (collateral: string) => ({
  collateral,
  borrowLTV: "8000",
  liquidationLTV: "8500",
  initialLiquidationLTV: "0",
  targetTimestamp: `${START - 100}`,
  rampDuration: "0",
});

const vault = (address: string, asset: string, symbol: string, decimals: number, ltvs: string[]) => ({
  address,
  asset,
  assetSymbol: symbol,
  assetDecimals: `${decimals}`,
  unitOfAccount: UNIT,
  irm: ltvs.length > 0 ? irm : null,
  maxLiquidationDiscount: "1500",
  liquidationCoolOffTime: "0",
  interestFee: "1000",
  feeReceiver: ltvs.length > 0 ? FEE_RECEIVER : at(0),
  ltvs: ltvs.map(ltv),
});

const EMPTY = {
  lastUpdate: `${START}`,
  cash: "0",
  totalShares: "0",
  totalBorrowsOwed: "0",
  accumulatedFees: "0",
  configFlags: "0",
  interestAccumulator: `${10n ** 27n}`,
  interestFee: "1000",
  interestRate: "0",
};

/** Two vaults that lend, one that only keeps collateral; the DAI vault's shares back USDC debt. */
export function header(change: Readonly<Record<string, unknown>> = {}): HistoryHeader & {
  readonly params: Readonly<Record<string, unknown>>;
} {
  const vaults = [USDC_VAULT, DAI_VAULT, WETH_VAULT];
  const each = <T>(value: T) => Object.fromEntries(vaults.map((address) => [address, value]));
  const debtors = [...BORROWERS, LIQUIDATOR];
  return {
    format: "shortfall-trace/1",
    protocol: "euler-v2",
    version: "EVK main",
    params: {
      evc: EVC,
      oracle: at(0x0ac1e),
      oracleSpreadBps: "0",
      protocolFeeShare: "5000",
      protocolFeeReceiver: PROTOCOL_RECEIVER,
      governor: GOVERNOR,
      startTimestamp: `${START}`,
      controllers: Object.fromEntries([
        ...debtors.map((account) => [account, USDC_VAULT]),
        [DAI_BORROWER, DAI_VAULT],
      ]),
      collaterals: Object.fromEntries([
        ...debtors.map((account) => [account, [WETH_VAULT, DAI_VAULT]]),
        [DAI_BORROWER, [WETH_VAULT]],
      ]),
      vaults: [
        vault(USDC_VAULT, USDC, "USDC", 6, [WETH_VAULT, DAI_VAULT]),
        vault(DAI_VAULT, DAI, "DAI", 18, [WETH_VAULT]),
        vault(WETH_VAULT, WETH, "WETH", 18, []),
      ],
      ...change,
    },
    initialState: {
      full: true,
      vaults: each(EMPTY),
      accounts: each({}),
      prices: Object.fromEntries(Object.entries(PRICES).map(([asset, price]) => [asset, `${price}`])),
      balances: each("0"),
    },
  };
}

/** Arguments come in declaration order and the indexed ones come first, in every event of the kit. */
const DECLARATIONS: Readonly<Record<string, readonly [indexed: number, ...types: string[]]>> = {
  Transfer: [2, "address", "address", "uint256"],
  Approval: [2, "address", "address", "uint256"],
  Deposit: [2, "address", "address", "uint256", "uint256"],
  Withdraw: [3, "address", "address", "address", "uint256", "uint256"],
  Borrow: [1, "address", "uint256"],
  Repay: [1, "address", "uint256"],
  InterestAccrued: [1, "address", "uint256"],
  Liquidate: [2, "address", "address", "address", "uint256", "uint256"],
  PullDebt: [2, "address", "address", "uint256"],
  DebtSocialized: [1, "address", "uint256"],
  ConvertFees: [3, "address", "address", "address", "uint256", "uint256"],
  VaultStatus: [0, "uint256", "uint256", "uint256", "uint256", "uint256", "uint256", "uint256"],
  GovSetInterestFee: [0, "uint16"],
  GovSetConfigFlags: [0, "uint32"],
  GovSetLTV: [1, "address", "uint16", "uint16", "uint16", "uint48", "uint32"],
  GovSetInterestRateModel: [0, "address"],
  GovSetMaxLiquidationDiscount: [0, "uint16"],
  GovSetLiquidationCoolOffTime: [0, "uint16"],
  GovSetFeeReceiver: [1, "address"],
  GovSetCaps: [0, "uint16", "uint16"],
  ControllerStatus: [2, "address", "address", "bool"],
  CollateralStatus: [2, "address", "address", "bool"],
  AccountStatusCheck: [2, "address", "address"],
};

/** ABI encoding of a log. */
export function encodeLog(log: PredictedLog, logIndex: number): ChainLog {
  const declared = DECLARATIONS[log.name];
  if (!declared) throw new Error(`no declaration of ${log.name}`);
  const [indexed, ...types] = declared;
  const words = Object.values(log.args).map((value) =>
    BigInt(typeof value === "boolean" ? Number(value) : String(value))
      .toString(16)
      .padStart(64, "0"),
  );
  return {
    address: log.address,
    topics: [
      eventCodec(`${log.name}(${types.join(",")})`).topic0,
      ...words.slice(0, indexed).map((word) => `0x${word}`),
    ],
    data: `0x${words.slice(indexed).join("")}`,
    logIndex,
  };
}

/** A transaction of these logs, nothing else known. */
export function transactionOf(logs: readonly PredictedLog[], timestamp: number, id = "1"): ChainTransaction {
  return {
    position: { block: timestamp - START, timestamp, transaction: id },
    logs: logs.map(encodeLog),
    reverted: false,
    touched: [],
    prices: [],
  };
}

/** Everything a model knows of its vaults, as plain data. */
export function snapshot(model: EulerModel): unknown {
  const { state } = model;
  const accounts = state.accounts.keys();
  return state.vaults.map((entry) => ({
    balance: entry.balance,
    cash: entry.cash,
    totalShares: entry.totalShares,
    totalBorrowsOwed: entry.totalBorrowsOwed,
    accumulatedFees: entry.accumulatedFees,
    interestAccumulator: entry.interestAccumulator,
    interestRate: entry.interestRate,
    interestFee: entry.interestFee,
    lastUpdate: entry.lastUpdate,
    configFlags: entry.configFlags,
    settings: entry.settings,
    rows: Object.fromEntries(
      accounts
        .map(
          (key, id) => [key, [entry.shares.get(id), entry.owed.get(id), entry.accumulators.get(id)]] as const,
        )
        .filter(([, row]) => row.some((value) => value !== 0n)),
    ),
  }));
}
