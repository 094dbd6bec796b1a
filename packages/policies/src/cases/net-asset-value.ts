import { type Fields, poolFacts } from "@shortfall/core";
import { min, RAY, rayDivHalfUp, zeroFloorSub } from "@shortfall/math";
import { splitByClaims } from "../tranches/claim-tranches.js";
import { Bench, layer } from "./bench.js";
import { CaseError } from "./errors.js";

/** A class with no more shares than this reads price one. */
const SUPPLY_TOLERANCE = 5n;

/** A senior claim and a junior residual over a net asset value that a schedule writes off. */
export function runNetAssetValue(inputs: Fields): unknown {
  const claim = inputs.amount("seniorDebt") + inputs.amount("seniorBalance");
  const supplies = { senior: inputs.amount("seniorSupply"), junior: inputs.amount("juniorSupply") };
  let nav = inputs.amount("nav");
  let reserve = inputs.amount("reserve");
  const [seniorStart, juniorStart] = splitByClaims([claim], nav + reserve);
  const bench = new Bench(
    [
      layer("tranches", "claim-tranches", {
        claims: [{ class: "senior", claim }],
        residual: "junior",
      }),
    ],
    poolFacts({
      classes: [
        { id: "senior", assets: seniorStart!, shares: supplies.senior },
        { id: "junior", assets: juniorStart!, shares: supplies.junior },
      ],
    }),
  );
  const steps = inputs.objects("events").map((event) => {
    const type = event.string("type");
    const before = nav + reserve;
    const kept = event.amount("percentage");
    if (type === "write-off") {
      const debt = event.amount("debt");
      nav = zeroFloorSub(nav, debt) + (debt * kept) / RAY;
    } else if (type === "repay-written-off") {
      const amount = event.amount("amount");
      nav = zeroFloorSub(nav, (amount * kept) / RAY);
      reserve += amount;
    } else throw new CaseError("", `${event.path}.type`, "write-off or repay-written-off", type);
    const after = nav + reserve;
    if (after < before) bench.lose(before - after);
    else bench.recover(after - before);
    const assets = (id: string) => bench.facts.classes.find((entry) => entry.id === id)?.assets ?? 0n;
    return {
      type,
      nav,
      reserve,
      seniorPrice: price(assets("senior"), supplies.senior, after),
      juniorPrice: price(assets("junior"), supplies.junior, after),
      seniorRatioCapped: after === 0n ? 0n : min(RAY, rayDivHalfUp(min(claim, after), after)),
      seniorValue: assets("senior"),
      juniorValue: assets("junior"),
    };
  });
  return { steps };
}

/** Price per share at 27 digits, halves up; one where there is nothing or nearly nobody. */
const price = (assets: bigint, supply: bigint, all: bigint): bigint =>
  all === 0n || supply <= SUPPLY_TOLERANCE ? RAY : rayDivHalfUp(assets, supply);
