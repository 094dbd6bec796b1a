import { concentration } from "../concentration/concentration.js";
import { runShift } from "../concentration/run.js";
import { efficiency, maxBorrow } from "../constraints/borrow.js";
import { clearing } from "../contagion/clearing.js";
import { crossHoldings } from "../contagion/cross-holdings.js";
import { type DebtRankMode, debtRank } from "../contagion/debt-rank.js";
import { furfine } from "../contagion/furfine.js";
import { readNetwork } from "../contagion/read-network.js";
import { vaultCascade } from "../contagion/vault-cascade.js";
import { allowanceRoll, lossRates, provisionMatrix } from "../credit/allowance.js";
import { asrfRiskWeight, type IrbExposure } from "../credit/basel.js";
import { collateralShortfall } from "../credit/collateral-shortfall.js";
import { type CreditStage, expectedCreditLoss } from "../credit/expected-loss.js";
import { RiskInputError } from "../errors.js";
import { type Fraction, reduce } from "../fraction.js";
import { coverN, fundPath } from "../fund/path.js";
import { cramerLundberg } from "../fund/ruin.js";
import { exitAvoidance, recoverySniping } from "../guards/exit.js";
import { spotManipulationCost, twapDisplacement } from "../guards/manipulation.js";
import { oracleGuard } from "../guards/oracle.js";
import { type SnapshotRule, snapshotAllocation } from "../guards/snapshot.js";
import type { RiskInput } from "../input.js";
import { toFraction, toInteger } from "../input.js";
import { accountStatus } from "../insolvency/account.js";
import { triggerSeries } from "../insolvency/alarm.js";
import { type PoolPosition, poolSolvency } from "../insolvency/pool.js";
import { protocolSolvency } from "../insolvency/protocol.js";
import { cpmmCapacity, sqrtImpactCapacity } from "../liquidation/capacity.js";
import { closeFactorSequence } from "../liquidation/close-factor.js";
import { crashLaw } from "../liquidation/crash-law.js";
import { optimalTwoStep, repayToTarget, thresholds } from "../liquidation/thresholds.js";
import { binomialCdf, kupiec } from "../metrics/backtest.js";
import { layeredLoss } from "../metrics/layers.js";
import { requiredFund } from "../metrics/required-fund.js";
import { varEs } from "../metrics/tail.js";
import { readPositions, readSimulation } from "../simulation/read-settings.js";
import { simulate } from "../simulation/simulate.js";
import { merkleSumTree } from "../transparency/sum-tree.js";
import { ltRamp } from "../winddown/ramp.js";
import { finalSettlement, interimDistributions } from "../winddown/settlement.js";

/** From a case's input to its result, in the shape that cases are written in. */
export type CaseFunction = (input: RiskInput) => unknown;

const poolPosition = (input: RiskInput): PoolPosition => ({
  cash: input.integer("cash"),
  loans: input
    .objects("loans")
    .map((loan) => ({ owed: loan.integer("owed"), recoverable: loan.integer("recoverable") })),
  reserves: input.integer("reserves"),
  insurance: input.integer("insurance"),
  recordedDeficit: input.optionalInteger("recordedDeficit") ?? 0n,
  withdrawalDemand: input.optionalInteger("withdrawalDemand") ?? 0n,
});

/** An integer as text, or `a/b` where it is none. */
const exact = (value: Fraction): string => {
  const { numerator, denominator } = reduce(value);
  return denominator === 1n ? `${numerator}` : `${numerator}/${denominator}`;
};

const cpmmPool = (input: RiskInput) => ({
  reserveCollateral: input.number("reserveCollateral"),
  reserveDebt: input.number("reserveDebt"),
  fee: input.number("fee"),
});

const insolvency: Record<string, CaseFunction> = {
  accountStatus: (input) =>
    accountStatus(
      input.objects("collateral").map((each) => ({
        value: each.integer("value"),
        ltBps: each.integer("ltBps"),
        bonusBps: each.integer("bonusBps"),
      })),
      input.integer("debt"),
    ),
  poolSolvency: (input) => {
    const { haircut, ...rest } = poolSolvency(poolPosition(input));
    return { ...rest, haircutNum: haircut.numerator, haircutDen: haircut.denominator };
  },
  protocolSolvency: (input) => {
    const result = protocolSolvency(
      input.objects("pools").map((pool) => ({ ...poolPosition(pool), price: pool.fraction("price") })),
    );
    return {
      ...result,
      uncoveredByPool: result.uncoveredByPool.map(exact),
      uncoveredTotal: exact(result.uncoveredTotal),
      nettedBuffer: exact(result.nettedBuffer),
    };
  },
  triggerSeries: (input) =>
    triggerSeries(
      input.list("ratios", toFraction),
      input.objects("bands").map((band) => ({
        name: band.text("name"),
        enter: band.fraction("enter"),
        exit: band.fraction("exit"),
      })),
    ),
};

const liquidation: Record<string, CaseFunction> = {
  thresholds: (input) => thresholds(input.number("lt"), input.number("bonus")),
  repayToTarget: (input) =>
    repayToTarget(
      input.number("collateral"),
      input.number("debt"),
      input.number("lt"),
      input.number("bonus"),
      input.number("targetHf"),
    ),
  optimalTwoStep: (input) =>
    optimalTwoStep(
      input.number("collateral"),
      input.number("debt"),
      input.number("lt"),
      input.number("bonus"),
      input.number("closeFactor"),
    ),
  closeFactorSequence: (input) => {
    const fullCloseBelowHf = input.optionalNumber("fullCloseBelowHf");
    const { steps, stop, badDebt } = closeFactorSequence(input.number("collateral"), input.number("debt"), {
      lt: input.number("lt"),
      bonus: input.number("bonus"),
      closeFactor: input.number("closeFactor"),
      maxSteps: input.number("maxSteps"),
      ...(fullCloseBelowHf === undefined ? {} : { fullCloseBelowHf }),
    });
    // Cases list the first six loan-to-values.
    return {
      steps: steps.length,
      stop,
      badDebt,
      last: steps.at(-1) ?? null,
      ltvPath: steps.slice(0, 6).map((step) => step.ltv),
    };
  },
  cpmmCapacity: (input) => cpmmCapacity(cpmmPool(input), input.number("oraclePrice"), input.number("bonus")),
  sqrtImpactCapacity: (input) =>
    sqrtImpactCapacity(
      input.number("dailyVolume"),
      input.number("dailyVol"),
      input.number("coefficient"),
      input.number("bonus"),
    ),
  crashLaw: (input) =>
    crashLaw(
      {
        debt: input.number("debt"),
        lt: input.number("lt"),
        bonus: input.number("bonus"),
        latency: input.number("latency"),
        repayRate: input.number("repayRate"),
      },
      input.number("crashRate"),
    ),
};

const simulation: Record<string, CaseFunction> = {
  simulate: (input) => simulate(input.numbers("prices"), readSimulation(input), readPositions(input)),
};

const metrics: Record<string, CaseFunction> = {
  varEs: (input) => varEs(input.numbers("samples"), input.fraction("alpha")),
  layeredLoss: (input) =>
    layeredLoss(
      input.integers("losses"),
      input.objects("layers").map((layer) => ({ id: layer.text("id"), capacity: layer.integer("capacity") })),
      input.fraction("alpha"),
    ),
  requiredFund: (input) =>
    requiredFund(input.integers("losses"), input.fraction("epsilon"), input.fraction("residualBudget")),
  kupiec: (input) => kupiec(input.number("n"), input.number("exceptions"), input.number("p")),
  binomialCdf: (input) => input.numbers("k").map((k) => binomialCdf(input.number("n"), input.number("p"), k)),
};

const fund: Record<string, CaseFunction> = {
  cramerLundberg: (input) =>
    cramerLundberg(
      input.number("initial"),
      input.number("loading"),
      input.number("meanClaim"),
      input.number("eps"),
    ),
  fundPath: (input) => fundPath(input.integer("start"), input.integers("inflows"), input.integers("claims")),
  coverN: (input) => ({ required: coverN(input.integers("exposures"), input.number("n")) }),
};

const credit: Record<string, CaseFunction> = {
  ecl: (input) => {
    const pd = input.numbers("pdMarginal");
    const lgd = input.numbers("lgd");
    const periods = input.numbers("ead").map((ead, k) => ({ ead, pdMarginal: pd[k]!, lgd: lgd[k]! }));
    return { ecl: expectedCreditLoss(periods, input.number("rate"), stage(input.number("stage"))) };
  },
  provisionMatrix: (input) =>
    provisionMatrix(
      input
        .objects("buckets")
        .map((bucket) => ({ gross: bucket.integer("gross"), rateBps: bucket.integer("rateBps") })),
    ),
  lossRate: (input) => ({
    ratesBps: lossRates(
      input.objects("groups").map((group) => ({
        gross: group.integer("gross"),
        observedLossPv: group.integer("observedLossPv"),
      })),
    ),
  }),
  allowanceRoll: (input) => ({
    closing: allowanceRoll(
      input.integer("opening"),
      input.integer("charge"),
      input.integers("writeOffs"),
      input.integers("recoveries"),
    ),
  }),
  collateralShortfall: (input) =>
    collateralShortfall({
      collateralValue: input.number("collateralValue"),
      debt: input.number("debt"),
      bonus: input.number("bonus"),
      drift: input.number("drift"),
      vol: input.number("vol"),
      horizonYears: input.number("horizonYears"),
    }),
  asrfRiskWeights: (input) =>
    input.objects("columns").map((column) =>
      asrfRiskWeight(input.number("pd"), input.number("maturity"), {
        kind: column.text("kind") as IrbExposure["kind"],
        lgd: column.number("lgd"),
        turnover: column.optionalNumber("turnover") ?? null,
      }),
    ),
};

function stage(value: number): CreditStage {
  if (value !== 1 && value !== 2 && value !== 3)
    throw new RiskInputError("stage", "1, 2 or 3", String(value));
  return value;
}

const concentrations: Record<string, CaseFunction> = {
  concentration: (input) => concentration(input.integers("balances"), input.numbers("topK")),
  runShift: (input) => runShift(input.number("assets"), input.number("loss"), input.number("exitAtPar")),
};

const contagion: Record<string, CaseFunction> = {
  clearing: (input) =>
    clearing({
      liabilities: input.matrix("liabilities"),
      assets: input.numbers("assets"),
      external: input.numbers("external"),
      externalSenior: input.raw("externalSenior") === true,
      alpha: input.optionalNumber("alpha") ?? 1,
      beta: input.optionalNumber("beta") ?? 1,
    }),
  debtRank: (input) =>
    debtRank(
      input.matrix("exposure"),
      input.numbers("buffer"),
      input.numbers("shock"),
      input.numbers("weights"),
      debtRankMode(input.text("mode")),
    ),
  furfine: (input) =>
    furfine(input.matrix("exposure"), input.numbers("capital"), input.number("lgd"), input.numbers("seed")),
  crossHoldings: (input) => crossHoldings(input.numbers("external"), input.matrix("holdings")),
  vaultCascade: (input) => {
    const { markets, vaults } = readNetwork(input);
    return vaultCascade(markets, vaults);
  },
};

function debtRankMode(mode: string): DebtRankMode {
  if (mode !== "single-hit" && mode !== "linear")
    throw new RiskInputError("mode", "single-hit or linear", mode);
  return mode;
}

const guards: Record<string, CaseFunction> = {
  oracleGuard: (input) => {
    const config = input.object("config");
    return oracleGuard(
      input.objects("rounds").map((round) => {
        const secondary = round.optionalInteger("secondary");
        return {
          now: round.number("now"),
          updatedAt: round.number("updatedAt"),
          price: round.integer("price"),
          ...(secondary === undefined ? {} : { secondary }),
        };
      }),
      {
        maxAgeSec: config.number("maxAgeSec"),
        maxMoveBps: config.integer("maxMoveBps"),
        secondaryTolBps: config.optionalInteger("secondaryTolBps") ?? 0n,
      },
    );
  },
  spotManipulationCost: (input) => spotManipulationCost(cpmmPool(input), input.number("factor")),
  twapDisplacement: (input) =>
    twapDisplacement(input.number("factor"), input.number("blocksHeld"), input.number("window")),
  snapshotAllocation: (input) => {
    const shares = input.object("shares");
    return snapshotAllocation(
      new Map(shares.keys().map((account) => [account, shares.integer(account)])),
      input.objects("events").map((event) => ({
        block: event.number("block"),
        account: event.text("acct"),
        delta: event.integer("delta"),
      })),
      input.number("lossBlock"),
      input.integer("loss"),
      snapshotRule(input.object("policy")),
    );
  },
  exitAvoidance: (input) =>
    exitAvoidance(
      input.integer("totalAssets"),
      input.integer("totalShares"),
      input.integer("withdrawnShares"),
      input.integer("loss"),
    ),
  recoverySniping: (input) =>
    recoverySniping(
      input.integer("totalAssets"),
      input.integer("totalShares"),
      input.integer("deposit"),
      input.integer("recovery"),
    ),
};

function snapshotRule(policy: RiskInput): SnapshotRule {
  const kind = policy.text("kind");
  switch (kind) {
    case "at-event":
    case "block-before":
      return { kind };
    case "window-max":
    case "window-min":
    case "time-weighted":
      return { kind, blocks: policy.number("blocks") };
    default:
      throw new RiskInputError(
        "policy.kind",
        "at-event, block-before, window-max, window-min or time-weighted",
        kind,
      );
  }
}

const constraints: Record<string, CaseFunction> = {
  maxBorrow: (input) => {
    const optional = (key: string) => {
      const value = input.optionalInteger(key);
      return value === undefined ? {} : { [key]: value };
    };
    return maxBorrow({
      collateral: input
        .objects("collateral")
        .map((each) => ({ value: each.integer("value"), ltvBps: each.integer("ltvBps") })),
      debt: input.integer("debt"),
      ...optional("cap"),
      ...optional("totalBorrow"),
      ...optional("isolationCeiling"),
      ...optional("isolationDebt"),
      ...optional("cash"),
    });
  },
  efficiency: (input) =>
    efficiency(
      input.number("ltv"),
      input.number("loops"),
      input.number("utilisation"),
      input.number("borrowRate"),
      input.number("reserveFactor"),
    ),
};

const winddown: Record<string, CaseFunction> = {
  // Steps are written as numbers in cases: they are small settings, not amounts.
  ltRamp: (input) => ({
    schedule: ltRamp(
      input.integer("ltFromBps"),
      input.integer("ltToBps"),
      input.integer("stepBps"),
      input.objects("positions").map((position) => ({
        collateralValue: position.integer("collateralValue"),
        debt: position.integer("debt"),
      })),
    ).map((step) => ({ ...step, ltBps: Number(step.ltBps) })),
  }),
  finalSettlement: (input) =>
    finalSettlement(
      input.integer("assets"),
      input.objects("classes").map((each) => each.list("claims", toInteger)),
    ),
  interimDistributions: (input) =>
    interimDistributions(input.integers("claims"), input.integers("distributions")),
};

const transparency: Record<string, CaseFunction> = {
  merkleSumTree: (input) => {
    const leaves = input.objects("leaves").map((leaf) => ({
      account: leaf.text("id"),
      salt: leaf.text("salt"),
      balance: leaf.integer("balance"),
    }));
    const tree = merkleSumTree(leaves);
    return {
      root: tree.root,
      total: tree.total,
      leafOrder: tree.commitments,
      proofs: tree.order.map((leaf) => tree.proof(leaf)),
    };
  },
};

/** Functions by `module.fn`, as cases and the command line name them. */
export const RISK_FUNCTIONS: ReadonlyMap<string, CaseFunction> = new Map(
  Object.entries({
    insolvency,
    liquidation,
    simulation,
    metrics,
    fund,
    credit,
    concentration: concentrations,
    contagion,
    guards,
    constraints,
    winddown,
    transparency,
  }).flatMap(([module, functions]) =>
    Object.entries(functions).map(([name, run]) => [`${module}.${name}`, run]),
  ),
);
