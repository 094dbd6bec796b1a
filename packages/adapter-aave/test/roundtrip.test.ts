import { describe, expect, it } from "vitest";
import { AaveModel } from "../src/model.js";
import { aaveTraces } from "../src/trace/session.js";
import { encodeLog } from "./support/encode.js";
import { picture, trialBalanceSums } from "./support/picture.js";
import { randomCall } from "./support/random-call.js";
import { filesOf, readTrace, seeded } from "./support/traces.js";

/** Two models of one market at the same point of a history. */
function twins(folder: string, file: string, lines: number): [AaveModel, AaveModel] {
  const trace = readTrace(folder, file);
  const make = (): AaveModel => {
    const session = aaveTraces.open(trace.header);
    const { model } = session;
    if (!(model instanceof AaveModel)) throw new Error("Not a model of this adapter.");
    for (let k = 0; k < lines; k++)
      session.observe({ number: k + 2, value: trace.lines[k]! }, { calls: false });
    return model;
  };
  return [make(), make()];
}

const files: readonly (readonly [string, string])[] = [
  ["aave-v3", "02-crash-s2.jsonl.gz"],
  ["aave-v3", "09-emode-s49.jsonl.gz"],
  ["aave-v3", "13-umbrellathin-s202.jsonl.gz"],
  ...filesOf("aave-v3-versions")
    .filter((file) => /v3.[01].*-01-|v3.[3-6].*-02-|v3.2.*-03-|-04-/.test(file))
    .map((file) => ["aave-v3-versions", file] as const),
];

describe("what a call is predicted to log", () => {
  const done = new Set<string>();

  it.each(files)("explains itself to an observer of %s/%s", (folder, file) => {
    const [actor, observer] = twins(folder, file, 60);
    const random = seeded(31);
    let timestamp = 1_780_000_000;
    const kinds = new Map<string, number>();
    for (let k = 0; k < 400; k++) {
      timestamp += [0, 0, 1, 13, 3_600, 86_400, 900_000][random(7)]!;
      const call = randomCall(actor.opened, random);
      const position = { block: k, timestamp, transaction: `call-${k}` };
      const before = picture(actor);
      const execution = actor.execute(call, position);
      if (!execution.ok) {
        expect(execution.reason).toMatch(/^(0x|[A-Z]\w*\(.*\))$/);
        expect(picture(actor)).toBe(before);
        continue;
      }
      kinds.set(call.type, (kinds.get(call.type) ?? 0) + 1);
      const logs = execution.logs.map(encodeLog);
      const { findings } = observer.observe({ position, logs, reverted: false, touched: [], prices: [] });
      expect(findings.map((finding) => `${call.type}: ${finding.message}`)).toEqual([]);
      expect(picture(observer)).toBe(picture(actor));
    }
    expect(trialBalanceSums(actor).every((sum) => sum === 0n)).toBe(true);
    expect(trialBalanceSums(observer).every((sum) => sum === 0n)).toBe(true);
    expect(observer.deficits.all().map((record) => record.recognised)).toEqual(
      actor.deficits.all().map((record) => record.recognised),
    );
    expect(kinds.size).toBeGreaterThan(12);
    for (const kind of kinds.keys()) done.add(kind);
  });

  it("was tried for every kind of call", () => {
    expect([...done].sort()).toMatchInlineSnapshot(`
      [
        "aTokenTransfer",
        "borrow",
        "configureReserveAsCollateral",
        "coverPendingDeficit",
        "coverReserveDeficit",
        "donate",
        "flashLoanSimple",
        "liquidationCall",
        "mintToTreasury",
        "repay",
        "repayWithATokens",
        "setDeficitOffset",
        "setLiquidationProtocolFee",
        "setPrice",
        "setReserveFactor",
        "setReserveFreeze",
        "setReserveInterestRateData",
        "setReserveLtvzero",
        "setReservePause",
        "setUserEMode",
        "setUserUseReserveAsCollateral",
        "slash",
        "stakeCooldown",
        "stakeDeposit",
        "stakeDonate",
        "stakeRedeem",
        "supply",
        "updateFlashloanPremiumToProtocol",
        "withdraw",
      ]
    `);
  });
});
