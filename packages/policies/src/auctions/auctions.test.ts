import { poolFacts } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { Bench, layer } from "../cases/bench.js";

const vow = () =>
  new Bench(
    [
      layer("vow", "surplus-debt", {
        wait: 10n,
        sump: 50n,
        dump: 200n,
        bump: 30n,
        hump: 100n,
        beg: 105n * 10n ** 16n,
        pad: 15n * 10n ** 17n,
        ttl: 5n,
        tau: 100n,
      }),
    ],
    poolFacts({}),
  );

describe("surplus against debt", () => {
  it("runs an auction without bids again with a larger lot, and settles only after its time", () => {
    const made = vow();
    const act = (action: string, input: Record<string, unknown>, at: bigint) =>
      made.act("vow", action, input, at);
    made.lose(50n, { at: 0n });
    expect(act("flop", {}, 0n)).toMatchObject({ reason: "insufficient-debt" });
    act("flog", { era: 0n }, 10n);
    expect(act("flop", {}, 10n)).toMatchObject({ ok: true, result: { id: 1n } });
    expect(act("tick", { id: "1" }, 110n)).toMatchObject({ reason: "not-finished" });
    expect(act("dent", { id: "1", lot: 10n, bidder: "a" }, 111n)).toMatchObject({
      reason: "already-finished-end",
    });
    expect(act("tick", { id: "1" }, 111n)).toMatchObject({ ok: true });
    expect(act("dent", { id: "1", lot: 300n, bidder: "a" }, 112n)).toMatchObject({ reason: "lot-not-lower" });
    expect(act("dent", { id: "1", lot: 285n, bidder: "a" }, 112n)).toMatchObject({ result: { kissed: 50n } });
    expect(act("tick", { id: "1" }, 1_000n)).toMatchObject({ reason: "bid-already-placed" });
    expect(act("dent", { id: "1", lot: 200n, bidder: "b" }, 117n)).toMatchObject({
      reason: "already-finished-tic",
    });
    expect(act("deal", { id: "1" }, 117n)).toMatchObject({ reason: "not-finished" });
    expect(act("deal", { id: "1" }, 118n)).toMatchObject({ ok: true, result: { minted: 285n } });
    expect(act("deal", { id: "1" }, 119n)).toMatchObject({ reason: "not-finished" });
    expect(act("dent", { id: "1", lot: 1n, bidder: "a" }, 119n)).toMatchObject({ reason: "guy-not-set" });
    expect(act("tick", { id: "9" }, 119n)).toMatchObject({ reason: "not-finished" });
  });

  it("keeps what a first bid brings beyond what is on auction as surplus", () => {
    const made = vow();
    const act = (action: string, input: Record<string, unknown>, at: bigint) =>
      made.act("vow", action, input, at);
    made.lose(100n, { at: 0n });
    act("flog", { era: 0n }, 10n);
    act("flop", {}, 10n);
    act("flop", {}, 10n);
    act("dent", { id: "1", lot: 100n, bidder: "a" }, 11n);
    expect(act("dent", { id: "2", lot: 100n, bidder: "b" }, 11n)).toMatchObject({ result: { kissed: 50n } });
    expect(act("standing", {}, 11n)).toMatchObject({
      result: { surplus: 0n, debt: 0n, onAuction: 0n },
    });
    act("surplus", { amount: 131n }, 12n);
    expect(act("heal", { amount: 132n }, 12n)).toMatchObject({ reason: "insufficient-surplus" });
    expect(act("flap", {}, 12n)).toMatchObject({ ok: true });
    expect(act("standing", {}, 12n)).toMatchObject({ result: { surplus: 101n } });
  });

  it("does not sell surplus while debt waits", () => {
    const made = vow();
    made.lose(10n, { at: 0n });
    made.act("vow", "surplus", { amount: 1_000n });
    made.act("vow", "flog", { era: 0n }, 10n);
    expect(made.act("vow", "flap", {}, 11n)).toMatchObject({ reason: "debt-not-zero" });
  });

  it("nets a recovery against free debt only", () => {
    const made = vow();
    made.lose(40n, { at: 0n });
    expect(made.recover(40n).excess).toBe(40n);
    made.act("vow", "flog", { era: 0n }, 10n);
    expect(made.recover(40n)).toMatchObject({ restored: 40n, excess: 0n });
  });
});

describe("a fund auction", () => {
  const auction = (fund: bigint) =>
    new Bench(
      [layer("auction", "fund-auction", { fund: "fund", incentiveBps: 1_000n, fundPriceWad: 10n ** 18n })],
      poolFacts({ funds: [{ id: "fund", balance: fund }] }),
    );

  it("sells part of a rich fund to whoever takes least of it", () => {
    const made = auction(10_000n);
    made.lose(1_000n);
    expect(made.act("auction", "start", {})).toMatchObject({
      result: { kind: "fund-share", seized: 1_100n, startBps: 10_000n },
    });
    expect(made.act("auction", "start", {})).toMatchObject({ reason: "auction is on-going" });
    expect(made.act("auction", "close", {})).toMatchObject({ reason: "no bids were placed" });
    made.act("auction", "bid", { bidder: "a", bps: 9_500n });
    expect(made.act("auction", "bid", { bidder: "b", bps: 9_500n })).toMatchObject({ ok: false });
    expect(made.act("auction", "bid", { bidder: "b", bps: 0n })).toMatchObject({ ok: false });
    made.act("auction", "bid", { bidder: "b", bps: 9_000n });
    expect(made.act("auction", "close", {})).toMatchObject({
      result: { pays: { pool: 1_000n }, receives: 990n, debts: { pool: 0n } },
    });
    expect(made.facts.funds.get("fund")?.balance).toBe(9_010n);
  });

  it("has nothing to do without debt or auction", () => {
    const made = auction(10n);
    expect(made.act("auction", "start", {})).toMatchObject({ reason: "pool bad debt is too low" });
    for (const action of ["bid", "close"])
      expect(made.act("auction", action, { bps: 1n, bidder: "a" })).toMatchObject({
        reason: "no on-going auction",
      });
  });
});
