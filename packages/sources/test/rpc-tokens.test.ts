import type { SourceRecord } from "@shortfall/core";
import { httpEndpoint, RpcLogSource, type RpcTokens, type RpcVerification } from "@shortfall/sources";
import { describe, expect, it } from "vitest";
import { type ScriptedLog, ScriptedNode } from "./scripted-node.js";

const address = (byte: string): string => `0x${byte.repeat(20)}`;
const topic = (account: string): string => `0x${account.slice(2).padStart(64, "0")}`;
const TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
const [POOL, USDC, WETH, HOLDER, ALICE] = ["aa", "c0", "c1", "d0", "e0"].map(address) as [
  string,
  string,
  string,
  string,
  string,
];
const transfer = (token: string, from: string, to: string): ScriptedLog => ({
  address: token,
  topics: [TRANSFER, topic(from), topic(to)],
  data: "0x01",
});
const pool: ScriptedLog = { address: POOL, topics: [topic(ALICE)], data: "0x" };

/** In: the pool's log, movements of the holder. Out: other people's, other tokens', and other events of the token. */
const node = (): ScriptedNode => {
  const fresh = new ScriptedNode();
  fresh.mine([{ logs: [] }]);
  fresh.mine([{ logs: [transfer(USDC, ALICE, HOLDER), pool, transfer(USDC, ALICE, ALICE)] }]);
  fresh.mine([{ logs: [transfer(USDC, HOLDER, HOLDER)] }, { logs: [transfer(WETH, HOLDER, ALICE)] }]);
  fresh.mine([{ logs: [{ address: USDC, topics: [topic(HOLDER), topic(HOLDER)], data: "0x" }] }]);
  return fresh;
};

async function read(tokens: RpcTokens | undefined, verify: RpcVerification): Promise<string[]> {
  const scripted = node();
  const transport = httpEndpoint("http://node.invalid", { fetch: scripted.fetch });
  const source = await RpcLogSource.open({
    transport,
    second: transport,
    header: { protocol: "toy", version: "1" },
    addresses: [POOL],
    tokens,
    fromBlock: 0,
    end: { confirmations: 0 },
    verify,
    patience: { attempts: 2, sleep: async () => undefined },
  });
  const records: SourceRecord[] = [];
  for await (const record of source.records()) records.push(record);
  expect(source.effort.duplicates).toBe(0);
  return records.flatMap((record) =>
    record.kind === "log" ? [`${record.position.block}/${record.log.logIndex}`] : [],
  );
}

describe("answers of price feeds", () => {
  const ANSWER_UPDATED = "0x0559884fd3a460db3073b7fc896cc77986f16e378210ded43186175bf646fc5f";
  const FEED = address("f0");
  const answer = (price: bigint): ScriptedLog => ({
    address: FEED,
    topics: [ANSWER_UPDATED, `0x${BigInt.asUintN(256, price).toString(16).padStart(64, "0")}`, topic(ALICE)],
    data: topic(ALICE),
  });
  const other: ScriptedLog = { address: FEED, topics: [topic(ALICE)], data: "0x" };

  async function kinds(price: bigint, verify: RpcVerification): Promise<string[]> {
    const scripted = new ScriptedNode();
    scripted.mine([{ logs: [pool] }, { logs: [pool, other, answer(price)] }, { logs: [pool] }]);
    const source = await RpcLogSource.open({
      transport: httpEndpoint("http://node.invalid", { fetch: scripted.fetch }),
      header: { protocol: "toy", version: "1" },
      addresses: [POOL],
      prices: [
        { subject: "WETH", feed: FEED.toUpperCase().replace("0X", "0x") },
        { subject: "wstETH", feed: FEED },
      ],
      fromBlock: 0,
      end: { confirmations: 0 },
      verify,
      patience: { attempts: 1, sleep: async () => undefined },
    });
    const found: string[] = [];
    for await (const record of source.records()) {
      if (record.kind === "log") found.push(`log ${record.log.logIndex}`);
      if (record.kind === "price") found.push(`${record.update.subject} ${record.update.price}`);
    }
    return found;
  }

  it.each<RpcVerification>(["none", "bloom", "receipts"])(
    "are prices from their transaction on, checked by %s",
    async (verify) => {
      expect(await kinds(3_000n, verify)).toEqual(["log 0", "WETH 3000", "wstETH 3000", "log 1", "log 4"]);
    },
  );

  it("are refused below zero", async () => {
    await expect(kinds(-1n, "none")).rejects.toMatchObject({ code: "SF_RPC_REPLY", received: "-1" });
  });
});

describe("movements of tokens beside the logs of contracts", () => {
  it.each<RpcVerification>(["none", "bloom", "receipts", "second"])(
    "are read once each, checked by %s",
    async (verify) => {
      expect(await read(undefined, verify)).toEqual(["1/1"]);
      expect(await read({ addresses: [USDC], holders: [HOLDER] }, verify)).toEqual(["1/0", "1/1", "2/0"]);
      expect(await read({ addresses: [], holders: [HOLDER] }, verify)).toEqual(["1/0", "1/1", "2/0", "2/1"]);
    },
  );

  it("need somebody whose movements they are", async () => {
    await expect(read({ addresses: [USDC], holders: [] }, "none")).rejects.toMatchObject({
      field: "tokens.holders",
    });
  });
});
