import { isShortfallError, type SourceRecord } from "@shortfall/core";
import { httpEndpoint, RpcLogSource, type RpcSourceOptions } from "@shortfall/sources";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LogQuery, type Script, type ScriptedFault, ScriptedNode } from "./scripted-node.js";

const POOL = `0x${"aa".repeat(20)}`;
const TOKEN = `0x${"bb".repeat(20)}`;
const OTHER = `0x${"cc".repeat(20)}`;
const KEY = "https://node.invalid/v2/SECRET-KEY";
const word = (value: number): string => `0x${value.toString(16).padStart(64, "0")}`;

/** 40 blocks: some empty, some with several transactions, some with logs of other contracts between. */
function chain(): ScriptedNode {
  const node = new ScriptedNode();
  for (let block = 0; block < 40; block++) {
    const log = (address: string, value: number) => ({
      address,
      topics: [word(block), word(value)],
      data: word(value),
    });
    if (block % 5 === 3)
      node.mine([{ logs: [log(POOL, 1), log(OTHER, 2), log(TOKEN, 3)] }, { to: POOL, logs: [] }]);
    else if (block % 5 === 1)
      node.mine([{ logs: [log(OTHER, 1)] }, { logs: [log(POOL, 5)] }, { logs: [log(POOL, 6)] }]);
    else if (block % 5 === 2) node.mine([{ to: POOL, status: 0, logs: [] }]);
    else node.mine([]);
  }
  return node;
}

interface Reading {
  readonly records: SourceRecord[];
  readonly sleeps: number[];
  readonly effort: RpcLogSource["effort"];
  readonly digest: unknown;
}

async function read(node: ScriptedNode, options: Partial<RpcSourceOptions> = {}): Promise<Reading> {
  const sleeps: number[] = [];
  const source = await RpcLogSource.open({
    transport: httpEndpoint(KEY, { fetch: node.fetch, timeoutMs: 40 }),
    header: { protocol: "toy", version: "1.0", chainId: 10 },
    addresses: [TOKEN, POOL.toUpperCase().replace("0X", "0x")],
    fromBlock: 1,
    pageBlocks: 16,
    ...options,
    patience: {
      attempts: 4,
      sleep: async (milliseconds) => {
        sleeps.push(milliseconds);
      },
      ...options.patience,
    },
  });
  const records: SourceRecord[] = [];
  const stream = source.records();
  for (;;) {
    const next = await stream.next();
    if (next.done) return { records, sleeps, effort: source.effort, digest: next.value };
    records.push(next.value);
  }
}

const clean = await read(chain());
const isLogs = (method: string): boolean => method === "eth_getLogs";
const blocksOf = (params: readonly unknown[]): number => {
  const { fromBlock, toBlock } = params[0] as LogQuery;
  return Number(toBlock) - Number(fromBlock) + 1;
};
const error = (code: number, message: string, more: object = {}): ScriptedFault => ({
  error: { code, message, ...more },
});
const hex = (value: number): string => `0x${value.toString(16)}`;

/** Refuses logs of more than `most` blocks. */
const capped =
  (most: number, refusal: (query: LogQuery) => ScriptedFault): Script =>
  ({ method, params }) =>
    isLogs(method) && blocksOf(params) > most ? refusal(params[0] as LogQuery) : undefined;

/** Does something the first `times` times that logs are asked for. */
const first =
  (
    times: number,
    fault: (honest: Record<string, unknown>[]) => ScriptedFault,
    method = "eth_getLogs",
  ): Script =>
  (call, honest) =>
    call.method === method && call.count < times ? fault(honest as Record<string, unknown>[]) : undefined;

const response = (status: number, body: string, headers: Record<string, string> = {}): ScriptedFault => ({
  response: () => new Response(body, { status, headers }),
});

describe("an honest node", () => {
  it("gives the records of its contracts in order, with times, and says what was asked for", () => {
    const logs = clean.records.filter((record) => record.kind === "log");
    expect(clean.records[0]).toEqual({ kind: "range", line: 2, fromBlock: 1, toBlock: 37 });
    expect(logs).toHaveLength(30);
    expect(clean.records.map((record) => ("position" in record ? record.position.line : 2))).toEqual(
      clean.records.map((_record, index) => index + 2),
    );
    expect(logs[0]).toMatchObject({
      position: { block: 1, timestamp: 1_700_000_012, transactionIndex: 1, logIndex: 1, line: 3 },
      log: { address: POOL, topics: [word(1), word(5)], data: word(5), logIndex: 1 },
      removed: false,
    });
    expect(clean.sleeps).toEqual([]);
  });

  it("gives the same whatever the page, and without times in logs", async () => {
    for (const pageBlocks of [1, 7, 1000])
      expect((await read(chain(), { pageBlocks })).records).toEqual(clean.records);
    const node = chain();
    node.withTimestamps = false;
    const { records, digest } = await read(node);
    expect(records).toEqual(clean.records);
    expect(digest).toEqual(clean.digest);
  });

  it.each(["bloom", "receipts", "second"] as const)("agrees with itself by %s", async (verify) => {
    const second = httpEndpoint("http://second.invalid", { fetch: chain().fetch });
    const { records, effort } = await read(chain(), { verify, second });
    expect(records).toEqual(clean.records);
    expect(effort.repeated).toBe(0);
  });

  it("shows calls without logs as touches, between the logs where they happened", async () => {
    const { records } = await read(chain(), { verify: "receipts", touches: true });
    const touches = records.filter((record) => record.kind === "touch");
    expect(touches.map(({ position }) => position.block)).toEqual([3, 8, 13, 18, 23, 28, 33]);
    expect(touches[0]).toMatchObject({ addresses: [POOL], position: { transactionIndex: 1 } });
    const places = records.flatMap((record) =>
      "position" in record ? [[record.position.block, record.position.transactionIndex!]] : [],
    );
    expect(places).toEqual([...places].sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!));
  });
});

describe("checkpoints", () => {
  const total = { to: POOL, data: "0x12345678", word: 0, signed: false };
  const checkpoints = [
    {
      pool: "p",
      values: new Map([
        ["cash", total],
        ["reserves", { ...total, word: 1, signed: true }],
      ]),
    },
    { pool: "q", values: new Map([["loans", { ...total, word: 1 }]]) },
  ];

  it("are the words of calls at the last block, after its logs", async () => {
    for (const pageBlocks of [5, 100]) {
      const { records } = await read(chain(), { checkpoints, pageBlocks });
      const position = { block: 37, timestamp: 1_700_000_000 + 37 * 12 };
      expect(records.slice(0, -2)).toEqual(clean.records);
      expect(records.slice(-2)).toEqual([
        {
          kind: "checkpoint",
          position: { ...position, line: clean.records.length + 2 },
          pool: "p",
          values: new Map([
            ["cash", 7n],
            ["reserves", -1n],
          ]),
        },
        {
          kind: "checkpoint",
          position: { ...position, line: clean.records.length + 3 },
          pool: "q",
          values: new Map([["loans", 2n ** 256n - 1n]]),
        },
      ]);
    }
  });

  it("are refused where the result lacks the word, or the call fails", async () => {
    const far = [{ pool: "p", values: new Map([["cash", { ...total, word: 2 }]]) }];
    await expect(read(chain(), { checkpoints: far })).rejects.toMatchObject({
      code: "SF_RPC_REPLY",
      field: "cash",
    });
    const node = chain();
    node.script = first(99, () => error(3, "execution reverted"), "eth_call");
    await expect(read(node, { checkpoints })).rejects.toMatchObject({
      code: "SF_RPC_ENDPOINT",
      method: "eth_call",
    });
  });
});

describe("a fault that passes leaves no trace in the records", () => {
  const passing: [string, Script][] = [
    [
      "a result cap with a hint in the data",
      capped(5, ({ fromBlock }) =>
        error(-32005, "query returned more than 10000 results. Try with this block range", {
          data: { from: fromBlock, to: hex(Number(fromBlock) + 3), limit: 10000 },
        }),
      ),
    ],
    [
      "a response cap with a hint in words",
      capped(4, ({ fromBlock }) =>
        error(
          -32602,
          `Log response size exceeded. this block range should work: [${fromBlock}, ${hex(Number(fromBlock) + 2)}]`,
        ),
      ),
    ],
    [
      "a hint equal to what was asked",
      capped(3, ({ fromBlock, toBlock }) =>
        error(
          -32602,
          `query exceeds max results 20000, retry with the range ${Number(fromBlock)}-${Number(toBlock)}`,
        ),
      ),
    ],
    [
      "a hint that starts elsewhere",
      capped(3, () => error(-32602, "this block range should work: [0x0, 0x1]")),
    ],
    ["a range cap without a hint", capped(2, () => error(-32602, "range 1000000 exceeds limit of 10000"))],
    [
      "a range cap of a plan",
      capped(6, () => ({
        error: { code: -32600, message: "up to a 500 block range" },
        status: 400,
      })),
    ],
    [
      "a range cap as HTTP 413",
      capped(6, () => ({
        error: { code: -32614, message: "eth_getLogs is limited to a 10,000 range" },
        status: 413,
      })),
    ],
    [
      "a range cap, largest block range",
      capped(1, () => error(-32000, "block range is larger than max block range, max block range = 5000")),
    ],
    [
      "a range cap, blocks distance",
      capped(9, () => error(-32000, "maximum [from, to] blocks distance: 10000")),
    ],
    ["a range cap, too wide", capped(9, () => error(-32000, "block range is too wide"))],
    ["an unlisted code for long ranges", capped(4, () => error(-32701, "nope"))],
    ["a rate limit", first(2, () => response(429, "slow down"))],
    ["a rate limit that says when", first(2, () => response(429, "slow down", { "retry-after": "3" }))],
    ["a rate limit in HTTP 200", first(3, () => error(429, "too many"))],
    ["a rate limit of requests a second", first(3, () => error(-32007, "50/second request limit reached"))],
    ["a rate limit of credits", first(3, () => error(-32012, "credits limited to 6000/sec"))],
    [
      "a reset connection",
      first(2, () => ({
        response: () => {
          throw new TypeError("fetch failed");
        },
      })),
    ],
    ["an HTML page", first(2, () => response(502, "<html>bad gateway</html>"))],
    ["an HTML page with status 200", first(2, () => response(200, "<html>hello</html>"))],
    [
      "a truncated body",
      first(2, () =>
        response(200, '[{"jsonrpc":"2.0","id":1,"resul', { "content-type": "application/json" }),
      ),
    ],
    ["an empty body", first(2, () => response(200, ""))],
    ["silence", first(2, () => ({ stall: true }))],
    ["no result for logs", first(2, () => ({ result: null }))],
    ["logs that are no list", first(2, () => ({ result: { logs: [] } }))],
    ["repeated logs", first(9, (logs) => ({ result: [...logs, ...logs.slice(0, 3)] }))],
    ["logs in another order", first(9, (logs) => ({ result: [...logs].reverse() }))],
    [
      "logs in capitals",
      first(9, (logs) => ({
        result: logs.map((log) => ({ ...log, data: String(log.data).toUpperCase().replace("0X", "0x") })),
      })),
    ],
    ["a removed log", first(2, (logs) => ({ result: logs.map((log) => ({ ...log, removed: true })) }))],
    [
      "a log of another contract",
      first(2, (logs) => ({ result: logs.map((log) => ({ ...log, address: OTHER })) })),
    ],
    [
      "a log of another block",
      first(2, (logs) => ({ result: logs.map((log) => ({ ...log, blockNumber: "0xffff" })) })),
    ],
    [
      "a log of another fork",
      first(2, (logs) => ({ result: logs.map((log) => ({ ...log, blockHash: word(9) })) })),
    ],
    [
      "a wrong time",
      first(2, (logs) => ({ result: logs.map((log) => ({ ...log, blockTimestamp: "0x1" })) })),
    ],
    [
      "two logs of one index",
      first(2, (logs) => ({ result: logs.map((log) => ({ ...log, logIndex: "0x1" })) })),
    ],
    [
      "interleaved transactions",
      first(2, (logs) => ({ result: logs.map((log, k) => ({ ...log, transactionIndex: hex(99 - k) })) })),
    ],
    [
      "a block that is not there yet",
      ({ method, params, count }) =>
        method === "eth_getBlockByNumber" && count > 3 && count < 7 && params[0] !== "finalized"
          ? { result: null }
          : undefined,
    ],
    [
      "another block than asked for",
      ({ method, count }, honest) =>
        method === "eth_getBlockByNumber" && count > 0 && count < 3
          ? { result: { ...(honest as object), number: "0x1" } }
          : undefined,
    ],
    [
      "headers that do not link",
      ({ method, count }, honest) =>
        method === "eth_getBlockByNumber" && count > 0 && count < 20
          ? { result: { ...(honest as object), parentHash: word(7) } }
          : undefined,
    ],
    ["a lagging node", first(2, () => error(-32000, "unknown block"))],
    [
      "a full block, whose receipts are served",
      ({ method, params }) =>
        isLogs(method) && (blocksOf(params) > 1 || Number((params[0] as LogQuery).fromBlock) % 5 === 3)
          ? error(-32000, "query returned more than 10000 results")
          : undefined,
    ],
  ];

  it.each(passing)("%s", async (_what, script) => {
    const node = chain();
    let fired = 0;
    node.script = (call, honest) => {
      const fault = script(call, honest);
      if (fault) fired++;
      return fault;
    };
    const { records, digest } = await read(node);
    expect(records).toEqual(clean.records);
    expect(digest).toEqual(clean.digest);
    expect(fired).toBeGreaterThan(0);
  });

  it("waits longer each time, and as long as it is told", async () => {
    const node = chain();
    node.script = first(3, () => response(429, "slow down"));
    expect((await read(node, { pageBlocks: 100 })).sleeps).toEqual(expect.arrayContaining([250, 500, 1000]));
    const told = chain();
    told.script = ({ method, count }) =>
      method === "eth_chainId" && count === 0
        ? response(429, "slow down", { "retry-after": "3" })
        : undefined;
    expect((await read(told)).sleeps).toEqual([3000]);
  });

  it("grows pages again after a refusal", async () => {
    const node = chain();
    const sizes: number[] = [];
    node.script = ({ method, params, count }) => {
      if (!isLogs(method)) return undefined;
      sizes.push(blocksOf(params));
      return count < 3 ? error(-32602, "range 16 exceeds limit of 1") : undefined;
    };
    await read(node);
    expect(sizes.slice(0, 7)).toEqual([16, 8, 4, 2, 3, 3, 3]);
  });

  it("drops and counts repeated logs", async () => {
    const node = chain();
    node.script = first(1, (logs) => ({ result: [...logs, ...logs] }));
    expect((await read(node)).effort.duplicates).toBeGreaterThan(0);
  });
});

describe("a fault that stays is an error with a name", () => {
  const always = (fault: (honest: Record<string, unknown>[]) => ScriptedFault): Script =>
    first(Number.POSITIVE_INFINITY, fault);
  const staying: [string, Script, object, Partial<RpcSourceOptions>?][] = [
    [
      "a method switched off as a limit",
      ({ method }) =>
        isLogs(method)
          ? error(-32005, "limit exceeded")
          : method === "eth_getBlockReceipts"
            ? error(-32601, "no such method")
            : undefined,
      { code: "SF_RPC_GAP", fromBlock: 1, toBlock: 1 },
    ],
    [
      "pruned history",
      always(() => error(4444, "pruned history unavailable")),
      { code: "SF_RPC_GAP", fromBlock: 1, toBlock: 16 },
    ],
    ["no key", always(() => response(401, "unauthorised")), { code: "SF_RPC_ENDPOINT", attempts: 1 }],
    [
      "an endless rate limit",
      always(() => response(429, "slow down")),
      { code: "SF_RPC_ENDPOINT", attempts: 4 },
    ],
    ["endless silence", always(() => ({ stall: true })), { code: "SF_RPC_ENDPOINT" }],
    [
      "an unlisted code for one block",
      always(() => error(-32701, "nope")),
      { code: "SF_RPC_ENDPOINT", attempts: 4 },
    ],
    ["no list of logs", always(() => ({ result: null })), { code: "SF_RPC_REPLY", field: "logs" }],
    [
      "a short topic",
      always((logs) => ({ result: logs.map((log) => ({ ...log, topics: ["0x1"] })) })),
      { code: "SF_RPC_REPLY", field: "logs[0].topics[0]" },
    ],
    [
      "unequal logs of one index",
      always((logs) => ({ result: [...logs, { ...logs[0], data: "0x" }] })),
      { code: "SF_RPC_REPLY" },
    ],
    [
      "a wrong time",
      always((logs) => ({ result: logs.map((log) => ({ ...log, blockTimestamp: "0x1" })) })),
      { code: "SF_RPC_REPLY" },
    ],
    [
      "a missing log, by receipts",
      always((logs) => ({ result: logs.slice(0, -1) })),
      { code: "SF_RPC_REPLY" },
      { verify: "receipts" },
    ],
    [
      "an empty page, by receipts",
      always(() => ({ result: [] })),
      { code: "SF_RPC_REPLY" },
      { verify: "receipts" },
    ],
    [
      "a missing log, by a second endpoint",
      always((logs) => ({ result: logs.slice(1) })),
      { code: "SF_RPC_REPLY" },
      { verify: "second", second: httpEndpoint("http://second.invalid", { fetch: chain().fetch }) },
    ],
    [
      "a missing log, by bloom",
      ({ method, params }, honest) =>
        isLogs(method) && (params[0] as LogQuery).blockHash === undefined
          ? { result: (honest as unknown[]).slice(1) }
          : undefined,
      { code: "SF_RPC_REPLY" },
      { verify: "bloom" },
    ],
    [
      "a bloom that rules out a log",
      ({ method }, honest) =>
        method === "eth_getBlockByNumber"
          ? { result: { ...(honest as object), logsBloom: `0x${"00".repeat(256)}` } }
          : undefined,
      { code: "SF_RPC_REPLY" },
      { verify: "bloom" },
    ],
    [
      "receipts of a part",
      ({ method }, honest) =>
        method === "eth_getBlockReceipts" ? { result: (honest as unknown[]).slice(1) } : undefined,
      { code: "SF_RPC_REPLY" },
      { verify: "receipts" },
    ],
    [
      "another chain",
      first(9, () => ({ result: "0x1" }), "eth_chainId"),
      { code: "SF_RPC_REQUEST", field: "chain" },
    ],
    [
      "a chain that is no number",
      () => undefined,
      { code: "SF_RPC_REQUEST", field: "chain" },
      { header: { protocol: "toy", version: "1.0", chainId: "ten" } },
    ],
    [
      "no finalised block",
      ({ params }) => (params[0] === "finalized" ? { result: null } : undefined),
      { code: "SF_RPC_REQUEST", field: "end" },
    ],
    [
      "an end above the newest block",
      () => undefined,
      { code: "SF_RPC_REQUEST", field: "end.block" },
      { end: { block: 400 } },
    ],
    [
      "a start behind the end",
      () => undefined,
      { code: "SF_RPC_REQUEST", field: "fromBlock" },
      { fromBlock: 39 },
    ],
    ["no address", () => undefined, { code: "SF_RPC_REQUEST", field: "addresses" }, { addresses: [] }],
    [
      "touches without receipts",
      () => undefined,
      { code: "SF_RPC_REQUEST", field: "touches" },
      { touches: true },
    ],
    [
      "no second endpoint",
      () => undefined,
      { code: "SF_RPC_REQUEST", field: "second" },
      { verify: "second" },
    ],
  ];

  it.each(staying)("%s", async (_what, script, fields, options) => {
    const node = chain();
    node.script = script;
    const failure: unknown = await read(node, options).catch((reason: unknown) => reason);
    expect(failure).toMatchObject(fields);
    expect(String(failure)).not.toContain("SECRET");
    expect(JSON.stringify(failure)).not.toContain("SECRET");
  });
});

describe("any schedule of faults", () => {
  const faults: ((logs: Record<string, unknown>[], from: string) => ScriptedFault)[] = [
    () => response(429, ""),
    () => response(503, "<html>"),
    () => response(200, "{"),
    () => error(-32005, "query returned more than 10000 results"),
    () => error(-32701, "nope"),
    () => error(-32000, "header not found"),
    () => ({ result: null }),
    (logs) => (Array.isArray(logs) ? { result: [...logs].reverse() } : { result: logs }),
    (logs) => (Array.isArray(logs) ? { result: [...logs, ...logs] } : { result: null }),
  ];

  it("gives exactly the clean records or an error with a name", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.nat(faults.length - 1)), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom("none", "bloom", "receipts"),
        async (schedule, pageBlocks, verify) => {
          const node = chain();
          let calls = 0;
          node.script = (_call, honest) => {
            const fault = schedule[calls++];
            return fault === undefined || fault === null
              ? undefined
              : faults[fault]!(honest as Record<string, unknown>[], "");
          };
          try {
            expect((await read(node, { pageBlocks, verify })).records).toEqual(clean.records);
          } catch (failure) {
            if (!isShortfallError(failure)) throw failure;
          }
        },
      ),
      { numRuns: 40, seed: 20260 },
    );
  });
});
