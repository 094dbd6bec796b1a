import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseEvidence, reconcileEvidence } from "./index.js";

const vectors = new URL("../../../testing/vectors/", import.meta.url);

/** A description beside the vectors, changed where a test says so, put to its files. */
function reconcile(
  path: string,
  change: (description: Record<string, unknown>) => void = () => {},
  extra: Record<string, string> = {},
) {
  const url = new URL(`${path}.evidence.json`, vectors);
  const document = JSON.parse(readFileSync(url, "utf8")) as Record<string, unknown>;
  change(document);
  const description = parseEvidence(document, path);
  const texts = description.files.map(
    (file) => [file, extra[file] ?? readFileSync(new URL(file, url), "utf8")] as const,
  );
  return reconcileEvidence(description, new Map(texts));
}

const ONE = 10n ** 18n;
const classes = (report: { findings: readonly { class: string }[] }): string[] =>
  report.findings.map((each) => each.class);

describe("the Fuse redemption of 2022", () => {
  it("is short of its budget by 29.787152941494960831 FEI", () => {
    const report = reconcile("rari-fuse-redemption/funding");
    expect(report.holds).toBe(false);
    expect(report.figures).toMatchObject({
      leaves: 55,
      payout: 2184712063486540102714056n,
      total: 12680913787152941494960831n,
      budget: 12680884n * ONE,
      short: 29787152941494960831n,
    });
    expect(report.verdict).toBe(
      "The claims pay 12,680,913.787152941494960831 FEI, 29.787152941494960831 FEI more than the 12,680,884 FEI set aside.",
    );
  });

  it("shows which claims no balance explains, once there is a list of balances", () => {
    const balances = JSON.parse(readFileSync(new URL("rari-fuse-redemption/balances.json", vectors), "utf8"));
    const market = "0xbb025d470162cc5ea24daf7d4566064ee7f5f111";
    const added = ["500000000000000", "2157278420236737"];
    const holders = balances[market] as Record<string, string>;
    for (const [holder, amount] of Object.entries(holders))
      if (added.includes(amount)) delete holders[holder];
    const report = reconcile(
      "rari-fuse-redemption/funding",
      (description) => {
        description.sources = [
          { file: "held.json", rows: "/*/*", columns: { market: "*1", account: "*2", amount: "." } },
        ];
        description.stated = [];
        description.budget = [{ label: "whole tokens", amount: "2184708000000000000000000" }];
      },
      { "held.json": JSON.stringify(balances) },
    );
    const unexplained = report.figures.unexplained as { market: string; amount: bigint; payout: bigint }[];
    expect(unexplained.map((each) => [each.market, String(each.amount)])).toEqual([
      [market, "2157278420236737"],
      [market, "500000000000000"],
    ]);
    const rate = 1804260873432940675072n;
    const paid = added.map((amount) => (BigInt(amount) * rate) / ONE).reduce((a, b) => a + b, 0n);
    expect(report.figures.unexplainedPayout).toBe(paid);
    expect(report.figures.sourcePayout).toBe(2184712063486540102714056n - paid);
    expect(report.findings.at(-1)).toMatchObject({ severity: "note", class: "budget-without-extras" });
    expect(report.verdict).toMatch(/FEI set aside; 2 claims that no balance explains take 4\.794\d+ FEI\.$/);
  });
});

describe("Frontier, 2022 to 2025", () => {
  it("has repayments that do not explain its debt, in every market", () => {
    const { figures, findings, holds } = reconcile("inverse-frontier-repayments/roll-forward");
    expect(holds).toBe(false);
    const close = (text: string): bigint => BigInt(text.replace(".", "").padEnd(text.indexOf(".") + 18, "0"));
    const expected = [
      ["WBTC", 29, "103.87050326", "42.57744878", "61.29305448", "52.57513178", "8.71792270", 23, 28],
      ["ETH", 19, "1721.19757128", "344.14119932", "1377.05637196", "1279.22869066", "97.82768131", 12, 18],
      ["YFI", 35, "91.17057987", "29.83902509", "61.33155478", "57.80025740", "3.53129739", 30, 34],
    ] as const;
    const markets = figures.markets as Record<string, bigint | number | string>[];
    expected.forEach(([market, events, opening, repaid, left, closing, fell, exactSteps, steps], index) => {
      const roll = markets[index]!;
      expect(roll).toMatchObject({ market, events, exactSteps, steps });
      const near = (amount: unknown, text: string): void => {
        const off = (amount as bigint) - close(text);
        // Half a unit of the eighth decimal, to which the published table is rounded.
        expect(off < 0n ? -off : off).toBeLessThanOrEqual(5n * 10n ** 9n);
      };
      near(roll.opening, opening);
      near(roll.repaid, repaid);
      near(roll.expected, left);
      near(roll.closing, closing);
      near(-(roll.unexplained as bigint), fell);
    });
    const says = findings.map(({ message }) => message).join("\n");
    expect(says).toContain(
      "WBTC: 5 of 28 steps move without a repayment (5 falls of 8.71792265); the largest, -8.52004969, ends on 2022-08-04. Falls only",
    );
    expect(says).toContain("the largest, -52.67858479529308, ends on 2022-08-04. Falls only");
    expect(says).toContain("the largest, -1.27985080990145, ends on 2025-04-29. Falls only");
    const yfi = markets[2]!.moves as unknown as { to: string; amount: bigint }[];
    expect(yfi.find(({ to }) => to === "2022-08-04")!.amount / 10n ** 10n).toBe(-83556628n);
    expect(says).toContain(
      "WBTC: 52.57397585 are stated at the end, the last repayment left 52.57513178: -0.00115593.",
    );
    expect(says).toContain("the last repayment left 1,279.2286906557: -0.96533370859.");
    expect(says).toContain("the last repayment left 57.8002573960691: -0.0081194666355.");
  });

  it("has a curve that its own changes explain but for the last two points", () => {
    const { figures, findings, verdict } = reconcile("inverse-frontier-repayments/curve");
    expect(figures).toMatchObject({
      points: 413,
      levelled: 383,
      agreeing: 381,
      offset: 277489805277281000000n,
      steps: 412,
      exactSteps: 411,
      brokenAlternativeSteps: 51,
      peak: { at: "2022-06-16", total: 12086256016031n * 10n ** 12n },
      last: 6137972920149124n * 10n ** 9n,
      chained: 6130727792456895n * 10n ** 9n,
      excess: 7245127692229n * 10n ** 9n,
    });
    expect(verdict).toBe(
      "The curve peaks at 12,086,256.016031 DOLA on 2022-06-16 and ends at 6,137,972.920149124 DOLA, 7,245.127692229 above where its own changes lead; 1 reduction is in no list.",
    );
    const says = findings.map(({ message }) => message).join("\n");
    expect(says).toContain("which is also what the source states");
    expect(says).toContain(
      "51 of 412 steps fail, the first on 2024-04-30. There the two part: 8,105,201.59275245 DOLA against 8,276,497.42100609 DOLA.",
    );
  });

  it("has a part outside the market whose balance is only what is left of the total", () => {
    const { figures, findings } = reconcile("inverse-frontier-repayments/curve");
    expect(figures).toMatchObject({
      additions: [
        { at: "2022-04-30", amount: 522830n * ONE, label: "Fuse" },
        { at: "2023-03-13", amount: 863157n * ONE, label: "Euler" },
      ],
      reductions: { count: 25, sum: -1388510343706969881790000n },
      events: { count: 24, sum: 1337660343706969881790000n, found: 24 },
      others: -2523343706969881790000n,
    });
    const says = findings.map(({ message }) => message);
    expect(says).toContain(
      "2022-09-20: the curve takes off 50,850 DOLA of non-Frontier debt that no event of the list explains.",
    );
    expect(says.find((message) => message.includes("no count of its own"))).toContain(
      "133,322.473721168 DOLA, is the total less Frontier bad debt and no count of its own: its own changes add up to -2,523.34370696988179 DOLA. It is 136,123.30723341516279 (Frontier borrows less Frontier bad debt) − 2,523.34370696988179 − 277.489805277281.",
    );
  });

  it("has IOUs that all follow from their rate, and sum to what is stated", () => {
    const report = reconcile("inverse-frontier-repayments/ious");
    expect(report.holds).toBe(true);
    expect(report.figures).toMatchObject({
      rows: 22,
      exact: 22,
      paid: 58400n * ONE,
      received: 57741007777905788n * 10n ** 6n,
    });
    // 4.3e-11: the printing of 15 digits.
    expect(report.figures.largestDeviation).toBeLessThan(43_000_000n);
  });
});

describe("Venus, 2024", () => {
  it("sees debts repaid by a fixed amount come back, and none of those repaid whole", () => {
    const { verdict, figures, findings } = reconcile("venus-vips/returns");
    expect(verdict).toBe(
      "Of 23 debts repaid by a fixed amount 15 came back in a later list, 0 of the 33 repaid whole.",
    );
    expect(findings.map(({ message }) => message)).toEqual([
      "12 of the 19 debts that VIP-244 repaid by amount came back: 6 in VIP-281, 6 in VIP-309.",
      "3 of the 4 debts that VIP-266 repaid by amount came back: 3 in VIP-309.",
      "None of the 33 debts that VIP-281 repaid whole came back.",
    ]);
    expect(figures).toMatchObject({ twice: 15, moreOften: 0 });
  });

  it.each([
    ["22680500000000000000000", "46229241944810325773", "0.204%"],
    ["232079100000000000000", "303393964788703793", "0.131%"],
    ["131748170200000000000000", "36796612693638", "0.000%"],
    ["280988507600000000000000", "289328229564059020338", "0.103%"],
    ["111666798300000000000000", "164655042690531646749", "0.147%"],
    ["104617700000000000000", "32901278580006921", "0.031%"],
  ])("of %s repaid leaves %s", (repaid, left, leftShare) => {
    const found = reconcile("venus-vips/returns").figures.returns as { repaid?: bigint; left?: bigint }[];
    expect(found.find((each) => each.repaid === BigInt(repaid))).toMatchObject({
      left: BigInt(left),
      leftShare,
    });
  });

  it("took out of the treasury what VIP-309 repays, to the unit", () => {
    const { holds, verdict, figures } = reconcile("venus-vips/vip-309");
    expect(holds).toBe(true);
    expect(verdict).toMatch(/^12 of 12 markets close to the unit/);
    const markets = figures.markets as {
      market: string;
      needed: bigint;
      withdrawn?: bigint;
      impliedRateWad?: bigint;
    }[];
    const of = (name: string) => markets.find(({ market }) => market === name)!;
    expect(of("vUSDT")).toMatchObject({
      needed: 8011706784414518653711n,
      withdrawn: 8011706784414518653711n,
    });
    expect(of("vUSDC").impliedRateWad).toBe(238479242761532073303196772n);
    expect(of("VAI").needed).toBe(4497568734970265404222n);
    expect(markets.filter(({ impliedRateWad }) => impliedRateWad !== undefined)).toHaveLength(5);
  });
});

describe("snapshots of the leaderboard", () => {
  it("add up, or say what does not", () => {
    const ftt = reconcile("risk-dao-snapshots/abracadabra");
    expect(ftt).toMatchObject({
      holds: true,
      figures: { rows: 22, sum: -1799274616358365402553n, difference: 0n },
    });
    const maker = reconcile("risk-dao-snapshots/maker");
    expect(maker.verdict).toContain("-0.000000000000000001 USD");
    const comet = reconcile("risk-dao-snapshots/compound-v3");
    expect(comet.holds).toBe(true);
    expect(classes(comet)).toEqual(["pair-differs"]);
    const iron = reconcile("risk-dao-snapshots/iron-bank");
    expect(iron.holds).toBe(false);
    expect(iron.figures).toMatchObject({ rows: 8, readable: 5 });
    expect(classes(iron)).toEqual(["unreadable", "unreadable", "unreadable", "pair-differs", "excerpt"]);
    expect(iron.findings[0]!.message).toContain(
      'expected a whole number of base units, got "-512137158895010.6"',
    );
  });
});
