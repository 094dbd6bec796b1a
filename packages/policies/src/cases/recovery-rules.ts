import { type ClassFacts, type Fields, type PoolFacts, poolFacts } from "@shortfall/core";
import { sharesForDown, shareValueDown } from "../pieces/shares.js";
import { Bench, layer } from "./bench.js";
import { CaseError } from "./errors.js";
import { amounts } from "./index-cases.js";
import { resultAmount, resultObject } from "./results.js";

/** Who gets a recovery: whoever holds the class now, or who held it at the loss. */
export function runRecoveryRule(inputs: Fields): unknown {
  const mode = inputs.object("params").string("mode");
  const holders = new Map(Object.entries(amounts(inputs.object("holders"))));
  const supply = [...holders.values()].reduce((sum, held) => sum + held, 0n);
  const layers =
    mode === "snapshot"
      ? [layer("pool", "pro-rata", { class: "pool", recovery: { snapshot: { holders: "holders" } } })]
      : // The claims are kept beside, so that both rules show what each holder lost.
        [layer("pool", "pro-rata", { class: "pool" })];
  const bench = new Bench(layers, facts(inputs.amount("totalAssets"), supply, holders));
  const claims = new Bench(
    [layer("pool", "pro-rata", { class: "pool", recovery: { snapshot: { holders: "holders" } } })],
    bench.facts,
  );
  const pool = (): ClassFacts => bench.facts.classes[0]!;
  const value = (id: string): bigint => shareValueDown(pool(), holders.get(id) ?? 0n);
  const move = (user: string, shares: bigint, assets: bigint) => {
    holders.set(user, (holders.get(user) ?? 0n) + shares);
    bench.facts = facts(pool().assets + assets, pool().shares + shares, holders);
    claims.facts = bench.facts;
  };
  const standing = () => ({
    totalAssets: pool().assets,
    totalShares: pool().shares,
    holders: Object.fromEntries([...holders.keys()].map((id) => [id, value(id)])),
  });
  const steps = inputs.objects("events").map((event) => {
    const type = event.string("type");
    switch (type) {
      case "loss":
        claims.facts = bench.facts;
        claims.lose(event.amount("amount"));
        bench.lose(event.amount("amount"));
        return { type, claims: openClaims(claims), ...standing() };
      case "withdraw": {
        const shares = event.amount("shares");
        const assets = shareValueDown(pool(), shares);
        move(event.string("user"), -shares, -assets);
        return { type, assets, ...standing() };
      }
      case "deposit": {
        const shares = sharesForDown(pool(), event.amount("amount"));
        move(event.string("user"), shares, event.amount("amount"));
        return { type, shares, ...standing() };
      }
      case "recovery": {
        const before = new Map([...holders.keys()].map((id) => [id, value(id)]));
        const due = openClaims(bench);
        bench.recover(event.amount("amount"));
        if (mode === "snapshot") {
          const left = openClaims(bench);
          return {
            type,
            paid: Object.fromEntries(
              Object.entries(due).map(([id, claim]) => [id, claim - (left[id] ?? 0n)]),
            ),
            claimsLeft: left,
            ...standing(),
          };
        }
        return {
          type,
          paid: Object.fromEntries([...holders.keys()].map((id) => [id, value(id) - (before.get(id) ?? 0n)])),
          ...standing(),
        };
      }
      default:
        throw new CaseError("", `${event.path}.type`, "loss, withdraw, deposit or recovery", type);
    }
  });
  return { steps };
}

function facts(assets: bigint, shares: bigint, holders: ReadonlyMap<string, bigint>): PoolFacts {
  const rows = Object.fromEntries(holders);
  return poolFacts({ classes: [{ id: "pool", assets, shares, holders: rows }], groups: { holders: rows } });
}

/** Claims that a snapshot layer keeps. */
function openClaims(bench: Bench): Record<string, bigint> {
  const standing = bench.act("pool", "claims", {});
  if (!standing.ok) return {};
  const claims = resultObject(standing.result, "claims");
  return Object.fromEntries(Object.keys(claims).map((id) => [id, resultAmount(claims, id)]));
}
