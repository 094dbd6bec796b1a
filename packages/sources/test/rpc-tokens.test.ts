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
