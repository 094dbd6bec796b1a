import { BPS } from "@shortfall/math";
import { digestValue } from "../journal/canonical.js";
import type { WaterfallDefinition } from "../ports/policy.js";
import { PoolDefinitionError } from "./errors.js";
import type { ShareRule } from "./share-rule.js";
import { plainTotals, virtualShares } from "./totals-rule.js";

/** A class of shares. */
export interface ClassDefinition {
  readonly id: string;
  /** The pool's where absent. */
  readonly shareRule?: ShareRule;
  /** Most assets it may claim after a deposit. */
  readonly supplyCap?: bigint;
  /**
   * Only with a rule that keeps an index. True: policies see the index and state the one they leave (as
   * `index-writedown` does). Otherwise they state amounts, and the rule works the index out.
   */
  readonly policiesMoveIndex?: boolean;
}

/** Capital beside the share classes. */
export interface FundDefinition {
  readonly id: string;
  /** The pool's asset where absent; another one for a stake pool. */
  readonly asset?: string;
  /** Draws may not take it below this. */
  readonly floor?: bigint;
  /** Most it may hold after a top-up. */
  readonly cap?: bigint;
  /** Gives the fund holders of its own: a top-up mints shares, a withdrawal burns them. Rules without index. */
  readonly shareRule?: ShareRule;
}

/** An asset that borrowers may post. */
export interface CollateralDefinition {
  readonly asset: string;
  /** On top of the repaid value, hundredths of a percent. 0 where absent. */
  readonly bonusBps?: bigint;
}

/** What a recovery does with money that nobody had lost. */
export type ExcessRule = "reserves" | "treasury" | "borrower" | "refuse";

/** Whom a class's recovery reaches: those who hold it now, or those who held it when the loss was taken. */
export type RecoveryHolders = "current-holders" | "loss-bearers";

/** One pool: an asset, who has a claim on it, who owes it, and who bears a loss. */
export interface PoolDefinition {
  readonly id: string;
  readonly asset: string;
  readonly decimals: number;
  /** Senior first. */
  readonly classes: readonly ClassDefinition[];
  /** Virtual shares where absent. */
  readonly shareRule?: ShareRule;
  /** How debt shares convert. Plain totals where absent. */
  readonly debtRule?: ShareRule;
  readonly collateral?: readonly CollateralDefinition[];
  readonly funds?: readonly FundDefinition[];
  readonly waterfall: WaterfallDefinition;
  /** Part of interest kept as reserves, hundredths of a percent; rounds down. */
  readonly reserveFactorBps?: bigint;
  /** Part of interest owed to the treasury, hundredths of a percent; rounds down. */
  readonly treasuryFactorBps?: bigint;
  /** Draws may not take the reserves below it. 0 where absent; `none` lets them be negative. */
  readonly reservesFloor?: bigint | "none";
  /** Most of a debt that one liquidation may repay, hundredths of a percent. 10 000 where absent. */
  readonly closeFactorBps?: bigint;
  /** Most that all borrowers may owe after a borrow. */
  readonly borrowCap?: bigint;
  /** How a class's loss is split among its holders when it is written out. `largest-remainder` where absent. */
  readonly haircutRounding?: "largest-remainder" | "floor";
  /** Who keeps rounding dust: the last part of its account's name. `pool` where absent. */
  readonly dustOwner?: string;
  /** `reserves` where absent. */
  readonly recoveryExcess?: ExcessRule;
  /** `current-holders` where absent. */
  readonly recoveryHolders?: RecoveryHolders;
}

/** A definition with every default filled in. */
export interface ResolvedDefinition extends PoolDefinition {
  readonly classes: readonly (ClassDefinition & { readonly shareRule: ShareRule })[];
  readonly debtRule: ShareRule;
  readonly collateral: readonly (CollateralDefinition & { readonly bonusBps: bigint })[];
  readonly funds: readonly (FundDefinition & { readonly asset: string; readonly floor: bigint })[];
  readonly reserveFactorBps: bigint;
  readonly treasuryFactorBps: bigint;
  readonly reservesFloor: bigint | "none";
  readonly closeFactorBps: bigint;
  readonly haircutRounding: "largest-remainder" | "floor";
  readonly dustOwner: string;
  readonly recoveryExcess: ExcessRule;
  readonly recoveryHolders: RecoveryHolders;
}

/**
 * Fills in the defaults and checks what the type cannot.
 *
 * @throws {PoolDefinitionError} naming the field.
 */
export function resolveDefinition(definition: PoolDefinition): ResolvedDefinition {
  const refuse = (field: string, reason: string): never => {
    throw new PoolDefinitionError(definition.id, field, reason);
  };
  const unique = (field: string, ids: readonly string[]) => {
    const seen = new Set<string>();
    ids.forEach((id, index) => {
      if (id === "") refuse(`${field}[${index}]`, "is empty");
      if (seen.has(id)) refuse(`${field}[${index}]`, `repeats "${id}"`);
      seen.add(id);
    });
  };
  const share = (field: string, value: bigint) => {
    if (value < 0n || value > BPS) refuse(field, `is ${value}; give 0 to 10000 hundredths of a percent`);
  };
  if (definition.id === "") refuse("id", "is empty");
  if (definition.asset === "") refuse("asset", "is empty");
  if (!Number.isInteger(definition.decimals) || definition.decimals < 0 || definition.decimals > 77)
    refuse("decimals", `is ${definition.decimals}; give a whole number from 0 to 77`);
  if (definition.classes.length === 0) refuse("classes", "is empty; a pool needs at least one share class");
  unique(
    "classes",
    definition.classes.map((entry) => entry.id),
  );
  const funds = (definition.funds ?? []).map((fund) => ({
    ...fund,
    asset: fund.asset ?? definition.asset,
    floor: fund.floor ?? 0n,
  }));
  unique(
    "funds",
    funds.map((fund) => fund.id),
  );
  funds.forEach((fund, index) => {
    if (fund.floor < 0n) refuse(`funds[${index}].floor`, `is ${fund.floor}; give 0 or more`);
    if (fund.cap !== undefined && fund.cap < fund.floor)
      refuse(`funds[${index}].cap`, `is ${fund.cap}, below the floor`);
    if (fund.shareRule && fund.shareRule.divisor !== 0n)
      refuse(`funds[${index}].shareRule`, "keeps an index; a fund's shares need a rule on totals");
  });
  const collateral = (definition.collateral ?? []).map((entry) => ({
    ...entry,
    bonusBps: entry.bonusBps ?? 0n,
  }));
  unique(
    "collateral",
    collateral.map((entry) => entry.asset),
  );
  collateral.forEach((entry, index) => {
    if (entry.bonusBps < 0n) refuse(`collateral[${index}].bonusBps`, `is ${entry.bonusBps}; give 0 or more`);
    if (entry.asset === definition.asset)
      refuse(`collateral[${index}].asset`, "is the pool's own asset; its books must stay apart");
  });
  const reserveFactorBps = definition.reserveFactorBps ?? 0n;
  const treasuryFactorBps = definition.treasuryFactorBps ?? 0n;
  const closeFactorBps = definition.closeFactorBps ?? BPS;
  share("reserveFactorBps", reserveFactorBps);
  share("treasuryFactorBps", treasuryFactorBps);
  share("closeFactorBps", closeFactorBps);
  if (reserveFactorBps + treasuryFactorBps > BPS)
    refuse("treasuryFactorBps", "and the reserve factor take more than all interest");
  const shareRule = definition.shareRule ?? virtualShares();
  definition.classes.forEach((entry, index) => {
    if (entry.policiesMoveIndex && (entry.shareRule ?? shareRule).divisor === 0n)
      refuse(`classes[${index}].policiesMoveIndex`, "is set, but the class's share rule keeps no index");
  });
  return {
    ...definition,
    classes: definition.classes.map((entry) => ({ ...entry, shareRule: entry.shareRule ?? shareRule })),
    debtRule: definition.debtRule ?? plainTotals(),
    collateral,
    funds,
    reserveFactorBps,
    treasuryFactorBps,
    reservesFloor: definition.reservesFloor ?? 0n,
    closeFactorBps,
    haircutRounding: definition.haircutRounding ?? "largest-remainder",
    dustOwner: definition.dustOwner ?? "pool",
    recoveryExcess: definition.recoveryExcess ?? "reserves",
    recoveryHolders: definition.recoveryHolders ?? "current-holders",
  };
}

/** SHA-256 of a definition as data: rules by their id and parameters. */
export function definitionDigest(definition: ResolvedDefinition): string {
  const rule = (shareRule: ShareRule | undefined) =>
    shareRule && { id: shareRule.id, parameters: shareRule.parameters };
  const { shareRule: _, ...rest } = definition;
  return digestValue({
    ...rest,
    debtRule: rule(definition.debtRule),
    classes: definition.classes.map((entry) => ({ ...entry, shareRule: rule(entry.shareRule) })),
    funds: definition.funds.map((entry) => ({ ...entry, shareRule: rule(entry.shareRule) })),
  });
}
