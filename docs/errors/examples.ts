import { releaseInForce } from "@shortfall/adapter-aave";
import { eulerV2 } from "@shortfall/adapter-euler";
import {
  inspectQuality,
  parseClaims,
  parseEvidence,
  parseProofs,
  parseWhatIfDefinition,
} from "@shortfall/audit";
import {
  Book,
  DeficitRegister,
  eventCodec,
  fromHex,
  Journal,
  merkleSumTree,
  parseWaterfallDefinition,
  requireStorable,
} from "@shortfall/core";
import { allocateSequential, assertNever, divUp, requireUint } from "@shortfall/math";
import { parseAmount } from "@shortfall/math/decimal";
import { carry, checkWaterfallCases, parseTrial, runTrial } from "@shortfall/policies";
import { parseFraction } from "@shortfall/risk";
import {
  composeShortfall,
  createLedger,
  definePlugin,
  importPlugin,
  parseConfiguration,
  readEventLine,
} from "@shortfall/sdk";
import { HistoryText, readTableCursor } from "@shortfall/sources";
import { FileStore, PostgresStore } from "@shortfall/store";
import { MemoryStore } from "@shortfall/testing";
import { OPENING } from "../playground/document.js";
import { answering, at, books } from "./scenes.js";

const header = { model: "ledger", waterfalls: [] };
const key = { chain: "eip155:1", market: "usd" };

/** One way to each error, by code: the pages show the code and what it throws. */
export const EXAMPLES: Readonly<Record<string, () => unknown>> = {
  SF_ABI: () => eventCodec("Transfer(address indexed from, uint256 value)").decode([], "0x"),
  SF_ACCOUNT_NAME: () => books().deposit({ pool: "usd", account: "", assets: 1n, at }),
  SF_ALLOCATION: () => allocateSequential(-1n, [5n]),
  SF_AMOUNT: () => books().deposit({ pool: "usd", account: "ann", assets: -1n, at }),
  SF_BOOK_UNDERFLOW: () => new Book("supply").subtract(0, 1n),
  SF_CAPACITY_EXCEEDED: () => answering({ taken: 5n, capacity: 4n }),
  SF_CLAIM: () => parseClaims([{ account: "nobody", amount: "1" }]),
  SF_COLLATERAL_REMAINS: () => {
    const ledger = books();
    ledger.postCollateral({ pool: "usd", account: "cem", asset: "ETH", amount: 1n, at });
    ledger.writeOff({ pool: "usd", account: "cem", at });
  },
  SF_CONFIGURATION: () => parseConfiguration({ ledgers: 1 }),
  SF_DECIMAL: () => parseAmount("1.0000001", 6),
  SF_DIVISION_BY_ZERO: () => divUp(1n, 0n),
  SF_DOCUMENT: () => inspectQuality("paid.json", [{ number: 1, text: '{"paid": }' }]),
  SF_EFFECT_SUM: () =>
    answering({ taken: 5n, effects: [{ kind: "draw-fund", fund: "insurance", assets: 4n }] }),
  SF_EVIDENCE: () => parseEvidence({ format: "shortfall-evidence/1", kind: "guess", title: "" }, "case.json"),
  SF_FLOOR_BROKEN: () => answering({ taken: 6n }),
  SF_HEADER: () => eulerV2.open({ protocol: "euler-v2", version: "1" }),
  SF_HEX: () => fromHex("0x1"),
  SF_IDEMPOTENCY_CONFLICT: () => {
    const ledger = books();
    ledger.deposit({ pool: "usd", account: "ann", assets: 1n, at, key: "k" });
    ledger.deposit({ pool: "usd", account: "ann", assets: 2n, at, key: "k" });
  },
  SF_INSUFFICIENT_BALANCE: () => books().withdraw({ pool: "usd", account: "bob", assets: 401n, at }),
  SF_INSUFFICIENT_CASH: () => books().borrow({ pool: "usd", account: "dan", assets: 701n, at }),
  SF_MUTATED_INPUT: () => answering({ before: (view) => Object.assign(view.pool, { cash: 1n }) }),
  SF_NEGATIVE_ALLOCATION: () => answering({ taken: -1n }),
  SF_NON_DETERMINISTIC_POLICY: () => answering({ before: () => Math.random() }),
  SF_OVER_ALLOCATION: () => answering({ taken: 11n }),
  SF_POLICY_FAILED: () => {
    answering({
      before: () => {
        throw new Error("no such oracle");
      },
    });
  },
  SF_POOL_DEFINITION: () =>
    createLedger({ policies: [], pools: [{ id: "usd", asset: "USD", decimals: 6, classes: [] }] as never }),
  SF_RANGE: () => requireUint(256n, 8, "decimals"),
  SF_SCHEMA_NAME: () => PostgresStore.on({} as never, { schema: "drop table" }),
  SF_SOURCE: () => HistoryText.ofBytes(new TextEncoder().encode('{"format":"csv"}\n'), "logs.jsonl"),
  SF_STORE_HEADER: async () => {
    const store = new MemoryStore();
    await store.open(key, header);
    await store.open(key, { ...header, model: "another" });
  },
  SF_STORE_LOCKED: async () => {
    const store = new MemoryStore();
    await store.open(key, header);
    await store.open(key, header);
  },
  SF_STORE_RANGE: async () => {
    const journal = await new MemoryStore().open(key, header);
    for await (const _ of journal.read(5, 6)) break;
  },
  SF_SUM_TREE: () => merkleSumTree([]),
  SF_TABLE_CURSOR: () => readTableCursor({ format: "shortfall-table-cursor/0" }),
  SF_TIME_ORDER: () =>
    books().deposit({ pool: "usd", account: "ann", assets: 1n, at: { block: 0, timestamp: 5 } }),
  SF_TRIAL: () => parseTrial({ ...OPENING, loss: "-5" }),
  SF_UNBALANCED_ENTRY: () => {
    const posting = { pool: "usd", account: "Assets:Cash", commodity: "USD", amount: 1n };
    new Journal(header).append({ kind: "deposit", position: at, postings: [posting] } as never);
  },
  SF_UNKNOWN_ACTION: () => books().apply({ kind: "lend", pool: "usd", at } as never),
  SF_UNKNOWN_BEARER: () =>
    answering({ taken: 1n, effects: [{ kind: "draw-fund", fund: "treasury", assets: 1n }] }),
  SF_UNKNOWN_ID: () => books().deposit({ pool: "eur", account: "ann", assets: 1n, at }),
  SF_UNREACHABLE: () => assertNever("lend" as never),
  SF_EVENT_LINE: () => readEventLine("{}"),
  SF_ENTRY_NOT_STORABLE: () => requireStorable({ sequence: 0, kind: "\u0000" } as never),
  SF_WATERFALL_CASE: () =>
    checkWaterfallCases({ format: "shortfall-waterfall-cases/1", cases: [{ id: "a", mechanism: "magic" }] }),
  SF_WATERFALL_DEFINITION: () =>
    parseWaterfallDefinition({ format: "shortfall-waterfall/1", id: "w", version: "1", layers: [{}] }),
  SF_WATERFALL_REQUEST: () => runTrial({ ...parseTrial(OPENING), loss: -1n }),
  SF_WHAT_IF_DEFINITION: () => parseWhatIfDefinition({ format: "shortfall-whatif/2" }),
  SF_DEFICIT_STATE: () => new DeficitRegister().get("usd#1"),
  SF_PROVISION: () => {
    const ledger = books();
    const { deficit } = ledger.writeOff({ pool: "usd", account: "cem", at });
    ledger.realise({ pool: "usd", deficit, at });
  },
  SF_DUPLICATE_ID: () =>
    composeShortfall({ plugins: [definePlugin({ name: "again", create: () => ({ policies: [carry] }) })] }),
  SF_POSITION: () =>
    books().deposit({ pool: "usd", account: "ann", assets: 1n, at: { ...at, timestamp: 1_700_000_000.5 } }),
  SF_RISK_INPUT: () => parseFraction("1/0", "alpha"),
  SF_ZERO_SHARES: () => {
    const ledger = books();
    ledger.accrue({ pool: "usd", interest: 10_000_000_000n, at });
    ledger.deposit({ pool: "usd", account: "bob", assets: 1n, at });
  },
  SF_LIMIT: () => books().deposit({ pool: "usd", account: "ann", assets: 5000n, at }),
  SF_CLOSE_FACTOR: () => {
    const ledger = books();
    ledger.postCollateral({ pool: "usd", account: "cem", asset: "ETH", amount: 100n, at });
    const price = { numerator: 4n, denominator: 1n };
    ledger.liquidate({
      pool: "usd",
      account: "cem",
      liquidator: "dan",
      asset: "ETH",
      repay: 200n,
      price,
      at,
    });
  },
  SF_NO_HOLDERS: () => {
    const ledger = books();
    ledger.repay({ pool: "usd", account: "cem", assets: "all", at });
    ledger.accrue({ pool: "usd", interest: 1n, at });
  },
  SF_PLUGIN: () => importPlugin("not-installed-anywhere"),
  SF_JOURNAL_KEY: () => new FileStore("books").open({ chain: "", market: "usd" }, header),
  SF_STORE_SEQUENCE: async () => {
    const journal = await new MemoryStore().open(key, header);
    await journal.append([{ sequence: 3 } as never]);
  },
  SF_STORE_CLOSED: async () => {
    const journal = await new MemoryStore().open(key, header);
    await journal.close();
    await journal.append([]);
  },
  SF_AAVE_UNKNOWN_RELEASE: () =>
    releaseInForce(1, "0x0000000000000000000000000000000000000001", 1_700_000_000),
  SF_PROOF: () => parseProofs("{}"),
};
