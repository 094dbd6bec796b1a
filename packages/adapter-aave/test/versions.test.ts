import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { TraceLine } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { aaveV3 } from "../src/adapter.js";
import { profileFor } from "../src/profiles.js";
import { diagnoseHistory, diagnoseIndexes } from "../src/versions/diagnose.js";
import { MARKET_RELEASES } from "../src/versions/market-releases.js";
import { releaseInForce, UnknownReleaseError } from "../src/versions/release-in-force.js";

interface Transition {
  readonly pool: string;
  readonly poolAddress: string;
  readonly lastUpdate0: number;
  readonly lastUpdate1: number;
  readonly liquidityIndex0: string;
  readonly liquidityRate0: string;
  readonly liquidityIndex1: string;
  readonly variableBorrowIndex0: string;
  readonly variableBorrowRate0: string;
  readonly variableBorrowIndex1: string;
  readonly formula: string;
}

const vectors = new URL("../../testing/vectors/", import.meta.url);
const transitions: readonly Transition[] = JSON.parse(
  readFileSync(new URL("aave-v3-state/index-accrual-vectors.json", vectors), "utf8"),
);

const diagnose = (vector: Transition, change = 0n) =>
  diagnoseIndexes({
    seconds: BigInt(vector.lastUpdate1 - vector.lastUpdate0),
    liquidityIndexBeforeRay: BigInt(vector.liquidityIndex0),
    liquidityRateRay: BigInt(vector.liquidityRate0),
    liquidityIndexAfterRay: BigInt(vector.liquidityIndex1),
    borrowIndexBeforeRay: BigInt(vector.variableBorrowIndex0),
    borrowRateRay: BigInt(vector.variableBorrowRate0),
    borrowIndexAfterRay: BigInt(vector.variableBorrowIndex1) + change,
  });

const CHAINS: Readonly<Record<string, number>> = {
  AaveV3Avalanche: 43114,
  AaveV3Ethereum: 1,
  AaveV3Gnosis: 100,
  AaveV3InkWhitelabel: 57073,
  AaveV3Optimism: 10,
  AaveV3Polygon: 137,
};

describe("accruals of live pools", () => {
  it("fit the release of their time to the ray, and name the family that does not", () => {
    expect(transitions).toHaveLength(22);
    let told = 0;
    for (const vector of transitions) {
      const results = diagnose(vector);
      const fitting = results.filter((result) => result.fits).map((result) => result.profile.compounding);
      const expected = vector.formula === "v3.3-binomial" ? "binomial" : "taylor";
      expect(fitting).toContain(expected);
      const other = results.filter((result) => result.profile.compounding !== expected);
      if (other.every((result) => !result.fits)) told++;
    }
    // Over gaps of a minute the two families agree to the ray; longer ones tell them apart.
    expect(told).toBeGreaterThan(10);
  });

  it("agree with the release that the register names, where it names one", () => {
    let named = 0;
    for (const vector of transitions) {
      const chain = CHAINS[vector.pool.replace(".POOL", "")] ?? 0;
      try {
        const profile = releaseInForce(chain, vector.poolAddress, vector.lastUpdate1);
        const result = diagnose(vector).find((entry) => entry.profile === profile);
        expect(result?.fits).toBe(true);
        named++;
      } catch (error) {
        expect(error).toBeInstanceOf(UnknownReleaseError);
      }
    }
    expect(named).toBeGreaterThan(15);
  });

  it("fit no release when a single ray is changed", () => {
    for (const vector of transitions) expect(diagnose(vector, 1n).some((result) => result.fits)).toBe(false);
  });
});

describe("register of releases", () => {
  const at = (iso: string): number => Date.parse(`${iso}T12:00:00Z`) / 1000;
  const ethereum = "0x87870Bca3F3fD6335C3F4ce8392D69350B4fA4E2";

  it("names the release of a quiet day", () => {
    expect(releaseInForce(1, ethereum, at("2025-05-15")).version).toBe("3.3");
    expect(releaseInForce(1, ethereum, at("2025-07-10")).version).toBe("3.4");
    expect(releaseInForce(1, ethereum, at("2025-12-01")).version).toBe("3.5");
  });

  it.each([
    ["around an upgrade", 1, ethereum, "2025-07-01", ["3.3", "3.4"]],
    ["before the first sighting", 1, ethereum, "2023-02-01", []],
    ["after the register ends", 1, ethereum, "2027-01-01", []],
    ["an unknown pool", 1, "0x0000000000000000000000000000000000000001", "2025-05-15", []],
    ["a known pool on another chain", 9999, ethereum, "2025-05-15", []],
  ])("refuses %s", (_what, chain, pool, iso, candidates) => {
    try {
      releaseInForce(chain, pool, at(iso));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UnknownReleaseError);
      expect(error).toMatchObject({ code: "SF_AAVE_UNKNOWN_RELEASE", candidates });
    }
  });

  it("lists each market's releases in order", () => {
    for (const { inForceBy } of MARKET_RELEASES) {
      const days = Object.values(inForceBy);
      expect([...days].sort()).toEqual(days);
      for (const version of Object.keys(inForceBy)) expect(profileFor(version).version).toBe(version);
    }
  });
});

describe("profiles by version", () => {
  it.each([
    ["3.0.2 (npm @aave/core-v3 1.19.3, POOL_REVISION 1)", "3.0"],
    ["3.3.0 (POOL_REVISION 7)", "3.3"],
    ["3.2.1", "3.2"],
    ["3.7.0 (POOL_REVISION 11)", "3.7"],
  ])("reads %s", (spelt, version) => {
    expect(profileFor(spelt).version).toBe(version);
  });

  it.each(["3.8.0", "4.0.0", "", "3", "3.70.0", "v3.7.0", "3.7.0x", "2.5.0 (POOL_REVISION 3)"])(
    "refuses %j",
    (spelt) => {
      expect(() => profileFor(spelt)).toThrowError(
        expect.objectContaining({ code: "SF_HEADER", field: "version" }),
      );
    },
  );
});

describe("a history under the wrong release", () => {
  it.each([
    ["aave-v3-versions/v3.3.0-02-multidebt-s102.jsonl.gz", "3.3"],
    ["aave-v3-versions/v3.5.0-02-mixed-s121.jsonl.gz", "3.5"],
    ["aave-v3/01-mixed-s1.jsonl.gz", "3.7"],
  ])("stops where the right one, of %s, goes on", (file, version) => {
    const [header, ...lines] = gunzipSync(readFileSync(new URL(file, vectors)))
      .toString("utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const session = aaveV3.traces.open(header);
    const transactions = lines.map((value: TraceLine["value"], index: number) =>
      session.transaction({ number: index + 2, value }),
    );
    const [best, ...others] = diagnoseHistory(header, transactions);
    expect(best).toMatchObject({ version, complete: true, explained: lines.length });
    const stopped = others.filter((entry) => !entry.complete);
    expect(stopped.length).toBeGreaterThanOrEqual(6);
  });
});
