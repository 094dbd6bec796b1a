import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { morphoBlue } from "@shortfall/adapter-morpho";
import type { HistoryHeader } from "@shortfall/core";
import { headerOf, knownMarkets, readMarkets } from "@shortfall/sources";
import { afterAll, describe, expect, it } from "vitest";
// @ts-expect-error a script without types
import { marketsText } from "../scripts/markets.mjs";
import { filterOf } from "../src/rpc/filter.js";

const ADDRESS = /^0x[0-9a-f]{40}$/;
const file = join(tmpdir(), `markets-${process.pid}.json`);
afterAll(() => rmSync(file, { force: true }));

describe("known markets", () => {
  it("are in step with the identities they are made from", () => {
    const path = new URL("../src/presets/markets.json", import.meta.url);
    expect(readFileSync(path, "utf8")).toBe(marketsText);
  });

  it("have headers that say what to read, with whole addresses", async () => {
    const markets = await readMarkets();
    expect(markets.size).toBe((await knownMarkets()).length);
    for (const [name, header] of markets) {
      const { rpc, protocol, chainId } = header as {
        rpc: Parameters<typeof filterOf>[0];
        protocol: string;
        chainId: number;
      };
      expect(name.startsWith(`${protocol}/`)).toBe(true);
      expect(chainId).toBeGreaterThan(0);
      const { addresses, tokens } = filterOf(rpc);
      for (const address of [...addresses, ...tokens!.addresses, ...tokens!.holders])
        expect(address).toMatch(ADDRESS);
    }
  });

  it("include the pool, both tokens of a reserve and the releases of Aave on Ethereum", async () => {
    const header = headerOf(await readMarkets(), "aave-v3/ethereum/core");
    const { addresses, rpc } = header as unknown as {
      addresses: { pool: string; reserves: Record<string, Record<string, string>> };
      rpc: { addresses: string[]; tokens: object; proxies: string[] };
    };
    const { aToken, variableDebtToken, underlying } = addresses.reserves.WETH!;
    expect(rpc.addresses).toEqual(expect.arrayContaining([addresses.pool, aToken, variableDebtToken]));
    expect(rpc.tokens).toMatchObject({
      addresses: expect.arrayContaining([underlying]),
      holders: expect.arrayContaining([aToken]),
    });
    expect(rpc.proxies).toEqual([addresses.pool]);
    const market = (await knownMarkets()).find(({ market }) => market === "aave-v3/ethereum/core");
    if (market?.protocol !== "aave-v3") throw new Error("It is of another protocol");
    expect(market.implementations.map(([, version]) => version)).toEqual(
      expect.arrayContaining(["3.1", "3.3", "3.6"]),
    );
  });

  it("need no more than that where nothing was before the first block", async () => {
    const markets = await readMarkets();
    for (const [name, header] of markets) {
      if (!name.startsWith("morpho-blue/")) continue;
      const model = morphoBlue.open({ ...header, format: "shortfall-logs/1" } as unknown as HistoryHeader);
      expect(model.pools()).toEqual([]);
    }
  });

  it("can be others', part by part", async () => {
    writeFileSync(
      file,
      JSON.stringify({
        "morpho-blue/base/core": { rpc: { fromBlock: 7 } },
        "toy/local/mine": { version: "1", rpc: { addresses: [] } },
      }),
    );
    const markets = await readMarkets(file);
    const known = headerOf(await readMarkets(), "morpho-blue/base/core") as { rpc: object };
    expect(headerOf(markets, "morpho-blue/base/core")).toEqual({
      ...known,
      rpc: { ...known.rpc, fromBlock: 7 },
    });
    expect(headerOf(markets, "toy/local/mine")).toMatchObject({ protocol: "toy", version: "1" });
  });

  it("are named where one is not known", async () => {
    const markets = await readMarkets();
    expect(() => headerOf(markets, "aave-v3/ethereum")).toThrow("aave-v3/ethereum/core");
    writeFileSync(file, JSON.stringify({ mine: {} }));
    await expect(readMarkets(file)).rejects.toMatchObject({ code: "SF_SOURCE", field: "mine" });
  });
});
