import { MAX_UINT } from "../constants.js";
import { borrow, pullDebt, repay, repayWithShares } from "../operations/borrow.js";
import { deposit, mint, skim } from "../operations/deposit.js";
import { convertFees } from "../operations/fees.js";
import {
  changeSettings,
  setConfigFlags,
  setInterestFee,
  setInterestRateModel,
  setLtv,
} from "../operations/governance.js";
import {
  type LiquidationLimit,
  liquidationLimit,
  mustSocialise,
  settleLiquidation,
  termsFor,
} from "../operations/liquidate.js";
import { checkVaultStatus } from "../operations/status.js";
import { transfer } from "../operations/transfer.js";
import { redeem, withdraw } from "../operations/withdraw.js";
import { Refusal, UnknownValueError } from "../refusal.js";
import type { Step } from "../step.js";
import { addressOf, amountOf, type DecodedLog } from "./decoded-log.js";
import type { LogGroup } from "./group.js";

/** One way in which a group of logs may have come about. Says what the liquidation rules have against it. */
export type Proposal = (step: Step) => RuleBreach | undefined;

/** A liquidation whose logs fit the state but not the rules at the prices known here. */
export interface RuleBreach {
  readonly field: string;
  readonly reported: bigint | boolean;
  readonly recomputed: bigint | boolean;
}

/** The calls that a group may be the trace of, likeliest first. All of them that fit have the same effect. */
export function proposals(group: LogGroup): Proposal[] {
  const { key } = group;
  const vault = key.vault;
  if (group.kind === "connector") return [(step) => connect(step, key)];
  if (group.kind === "token-transfer") {
    return [
      (step) => {
        step.pay(key.address, addressOf(key, "from"), addressOf(key, "to"), amountOf(key, "value"));
        return undefined;
      },
    ];
  }
  if (group.kind === "no-effect") return [(step) => restate(step, key)];
  if (!vault) return [];
  const assets = () => amountOf(key, "assets");
  switch (group.kind) {
    case "deposit": {
      const parties = { from: addressOf(key, "sender"), receiver: addressOf(key, "owner") };
      return [
        quiet((step) => deposit(step, vault, { ...parties, amount: assets() })),
        quiet((step) => mint(step, vault, { ...parties, amount: amountOf(key, "shares") })),
      ];
    }
    case "skim": {
      const parties = { from: addressOf(key, "sender"), receiver: addressOf(key, "owner") };
      return [quiet((step) => skim(step, vault, { ...parties, amount: assets() }))];
    }
    case "withdraw": {
      const parties = {
        from: addressOf(key, "sender"),
        owner: addressOf(key, "owner"),
        receiver: addressOf(key, "receiver"),
      };
      return [
        quiet((step) => withdraw(step, vault, { ...parties, amount: assets() })),
        quiet((step) => redeem(step, vault, { ...parties, amount: amountOf(key, "shares") })),
      ];
    }
    case "repay-with-shares": {
      const burned = group.members.find((log) => log.name === "Withdraw");
      if (!burned) return [];
      const parties = { from: addressOf(burned, "owner"), receiver: addressOf(key, "account") };
      return [
        quiet((step) => repayWithShares(step, vault, { ...parties, amount: assets() })),
        quiet((step) => repayWithShares(step, vault, { ...parties, amount: MAX_UINT })),
      ];
    }
    case "borrow":
    case "repay": {
      // Who pays or is paid stands in the token's log alone.
      const payment = group.members.find((log) => log.from === "token");
      if (!payment) return [];
      const account = addressOf(key, "account");
      return group.kind === "borrow"
        ? [
            quiet((step) =>
              borrow(step, vault, { from: account, receiver: addressOf(payment, "to"), amount: assets() }),
            ),
          ]
        : [
            quiet((step) =>
              repay(step, vault, { from: addressOf(payment, "from"), receiver: account, amount: assets() }),
            ),
          ];
    }
    case "pull-debt":
      return [
        quiet((step) =>
          pullDebt(step, vault, {
            from: addressOf(key, "to"),
            debtor: addressOf(key, "from"),
            amount: assets(),
          }),
        ),
      ];
    case "liquidate":
      return [(step) => liquidated(step, group)];
    case "convert-fees":
      return [quiet((step) => convertFees(step, vault, addressOf(key, "sender")))];
    case "transfer":
      return [
        quiet((step) =>
          transfer(step, vault, {
            from: addressOf(key, "from"),
            receiver: addressOf(key, "to"),
            amount: amountOf(key, "value"),
          }),
        ),
      ];
    case "status":
      return [
        (step) => {
          checkVaultStatus(step, vault, amountOf(key, "interestRate"));
          step.settleVaultCheck(vault);
          return undefined;
        },
      ];
    default:
      return [(step) => govern(step, group)];
  }
}

/**
 * Takes amounts and the write-off as logged, because prices need not be known; where they are, the rules are
 * checked beside.
 */
function liquidated(step: Step, group: LogGroup): RuleBreach | undefined {
  const { key } = group;
  const vault = key.vault!;
  const parties = {
    from: addressOf(key, "liquidator"),
    violator: addressOf(key, "violator"),
    collateral: addressOf(key, "collateral"),
  };
  const terms = { repay: amountOf(key, "repayAssets"), yieldShares: amountOf(key, "yieldBalance") };
  const socialised = group.members.some((log) => log.name === "DebtSocialized");
  step.open(vault);
  const limit = whereKnown(() => liquidationLimit(step, vault, parties));
  let breach = limit === undefined ? undefined : breachOf(limit, terms.repay, terms.yieldShares);
  settleLiquidation(step, vault, parties, terms, () => {
    if (limit !== undefined) {
      const due = whereKnown(() => mustSocialise(step, vault, parties.violator, limit, terms));
      if (due !== undefined && due !== socialised) {
        breach ??= { field: "DebtSocialized", reported: socialised, recomputed: due };
      }
    }
    return socialised;
  });
  return breach;
}

function breachOf(limit: LiquidationLimit, repay: bigint, yieldShares: bigint): RuleBreach | undefined {
  if (repay > limit.repay) {
    return { field: "Liquidate.repayAssets", reported: repay, recomputed: limit.repay };
  }
  const due = whereKnown(() => termsFor(limit, repay).yieldShares);
  return due === undefined || due === yieldShares
    ? undefined
    : { field: "Liquidate.yieldBalance", reported: yieldShares, recomputed: due };
}

/** A check that prices may not allow: without them, or where the oracle itself would fail, there is none. */
function whereKnown<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof UnknownValueError || error instanceof Refusal) return undefined;
    throw error;
  }
}

function govern(step: Step, group: LogGroup): undefined {
  const { key } = group;
  const vault = key.vault!;
  switch (key.name) {
    case "GovSetInterestFee":
      setInterestFee(step, vault, amountOf(key, "newFee"));
      break;
    case "GovSetConfigFlags":
      setConfigFlags(step, vault, amountOf(key, "newConfigFlags"));
      break;
    case "GovSetLTV":
      setLtv(step, vault, {
        collateral: addressOf(key, "collateral"),
        borrowLtv: amountOf(key, "borrowLTV"),
        liquidationLtv: amountOf(key, "liquidationLTV"),
        rampDuration: amountOf(key, "rampDuration"),
      });
      break;
    case "GovSetInterestRateModel": {
      const status = group.members.find((log) => log.name === "VaultStatus");
      if (!status) return undefined;
      const model = addressOf(key, "newInterestRateModel");
      setInterestRateModel(step, vault, model, amountOf(status, "interestRate"));
      break;
    }
    case "GovSetMaxLiquidationDiscount":
      changeSettings(vault, { maxLiquidationDiscount: amountOf(key, "newDiscount") });
      restate(step, key);
      break;
    case "GovSetLiquidationCoolOffTime":
      changeSettings(vault, { liquidationCoolOffTime: amountOf(key, "newCoolOffTime") });
      restate(step, key);
      break;
    case "GovSetFeeReceiver":
      changeSettings(vault, { feeReceiver: addressOf(key, "newFeeReceiver") });
      restate(step, key);
      break;
    case "GovSetGovernorAdmin":
    case "GovSetCaps":
    case "GovSetHookConfig":
      restate(step, key);
      break;
    default:
    // Part of an operation whose other logs are missing: predicts nothing, so it cannot be accepted.
  }
  return undefined;
}

/** Whose health is checked where, and against what. */
function connect(step: Step, key: DecodedLog): undefined {
  const { connector } = step.state;
  if (key.name === "ControllerStatus") {
    connector.setController(
      addressOf(key, "account"),
      addressOf(key, "controller"),
      key.args.enabled === true,
    );
  } else if (key.name === "CollateralStatus") {
    connector.setCollateral(
      addressOf(key, "account"),
      addressOf(key, "collateral"),
      key.args.enabled === true,
    );
  }
  return restate(step, key);
}

/** A log that stands for itself: nothing about it can be computed. */
function restate(step: Step, key: DecodedLog): undefined {
  step.emit(key.address, key.name, key.args);
  return undefined;
}

/** The transition has nothing to say beyond its logs. */
const quiet =
  (run: (step: Step) => void): Proposal =>
  (step) => {
    run(step);
    return undefined;
  };
