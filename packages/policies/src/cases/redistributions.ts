import { type Fields, poolFacts } from "@shortfall/core";
import { Bench, layer } from "./bench.js";
import { CaseError } from "./errors.js";
import { amounts } from "./index-cases.js";
import { resultAmount, resultObject, resultObjects } from "./results.js";

/** Divisor of the liquidator's part of the collateral. */
const GAS_DIVISOR = 200n;

/** Debt and collateral of failed borrowers move to the others, by stake. */
export function runStakeRedistribution(inputs: Fields): unknown {
  const troves = inputs.object("troves");
  const bench = new Bench(
    [
      layer("others", "redistribution", {
        troves: Object.fromEntries(
          troves.keys().map((id) => {
            const trove = troves.object(id);
            return [id, { collateral: trove.amount("coll"), debt: trove.amount("debt") }];
          }),
        ),
      }),
    ],
    poolFacts({}),
  );
  const act = (action: string, input: Record<string, unknown>) => {
    const done = bench.act("others", action, input);
    if (!done.ok) throw new CaseError("", action, "an event that the troves accept", done.reason);
    return done.result;
  };
  const step = (event: Fields): Record<string, unknown> => {
    const type = event.string("type");
    const trove = event.string("trove");
    switch (type) {
      case "liquidate": {
        const closed = act("close", { trove });
        const collateral = resultAmount(closed, "collateral");
        const debt = resultAmount(closed, "debt");
        const gas = collateral / GAS_DIVISOR;
        bench.lose(debt, { seized: [{ asset: "collateral", amount: collateral - gas }] });
        return { type, entireColl: collateral, entireDebt: debt, gasComp: gas };
      }
      case "open": {
        const opened = act("open", {
          trove,
          collateral: event.amount("coll"),
          debt: event.amount("debt"),
        });
        return {
          type,
          applied: { coll: opened.collateral, debt: opened.debt },
          newStake: opened.stake,
        };
      }
      case "touch": {
        const touched = act("touch", {
          trove,
          addCollateral: event.has("addColl") ? event.amount("addColl") : 0n,
        });
        return {
          type,
          applied: { coll: touched.collateral, debt: touched.debt },
          newStake: touched.stake,
        };
      }
      default:
        throw new CaseError("", `${event.path}.type`, "liquidate, open or touch", type);
    }
  };
  const steps = inputs.objects("events").map((event) => {
    const result = step(event);
    const standing = act("standing", {});
    return {
      ...result,
      L_coll: standing.collateralPerStake,
      L_debt: standing.debtPerStake,
      collError: standing.collateralError,
      debtError: standing.debtError,
      totalStakes: standing.totalStakes,
      totalStakesSnapshot: standing.stakesSnapshot,
      totalCollateralSnapshot: standing.collateralSnapshot,
      troves: Object.fromEntries(
        resultObjects(resultObject(standing, "troves")).map(([id, trove]) => [
          id,
          {
            coll: trove.collateral,
            debt: trove.debt,
            stake: trove.stake,
            pendingColl: resultObject(trove, "pending").collateral,
            pendingDebt: resultObject(trove, "pending").debt,
          },
        ]),
      ),
    };
  });
  return { steps };
}

/** Collateral by a scale and debt by a value per share, inside a vault. */
export function runVaultRedistribution(inputs: Fields): unknown {
  const bench = new Bench(
    [
      layer("vault", "vault-redistribution", {
        debtShares: amounts(inputs.object("debtShares")),
        debts: amounts(inputs.object("debts"), true),
        collateralShares: amounts(inputs.object("collShares")),
      }),
    ],
    poolFacts({}),
  );
  const steps = inputs.objects("events").map((event) => {
    const done = bench.act("vault", "liquidate", {
      account: event.string("account"),
      reward: event.amount("reward"),
    });
    if (!done.ok) return { ok: false, reason: done.reason };
    const standing = bench.act("vault", "standing", {});
    if (!standing.ok) throw new CaseError("", "vault", "its standing", standing.reason);
    return {
      ok: true,
      collateralLiquidated: done.result.collateral,
      debtLiquidated: done.result.debt,
      scaleModifierD27: standing.result.scaleModifier,
      valuePerShareD27: standing.result.valuePerShare,
      accounts: standing.result.accounts,
    };
  });
  return { steps };
}
