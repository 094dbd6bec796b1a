/** What went wrong with a request, and so what to do about it. */
export type RpcFault =
  /** Ask for fewer blocks. A hint is advice, not yet checked. */
  | { readonly kind: "too-large"; readonly reason: string; readonly hint?: readonly [number, number] }
  /** Ask later. */
  | { readonly kind: "rate-limited"; readonly reason: string; readonly retryAfterMs?: number }
  /** Ask again. */
  | { readonly kind: "transient"; readonly reason: string; readonly slow: boolean }
  /** Ask elsewhere: it will not answer, however often it is asked. */
  | { readonly kind: "pruned" | "refused"; readonly reason: string }
  /** In no table. */
  | { readonly kind: "unknown"; readonly reason: string };

/** What a failed request says, wherever in its chain of causes. */
interface Symptoms {
  readonly code: number | undefined;
  readonly status: number | undefined;
  readonly text: string;
  readonly data: unknown;
  readonly retryAfter: string | undefined;
  readonly names: readonly string[];
}

interface Rule {
  readonly kind: RpcFault["kind"];
  readonly codes?: readonly number[];
  readonly statuses?: readonly number[];
  readonly text?: RegExp;
}

/**
 * First match decides; every condition given must hold. Codes mean different things at different providers
 * (-32005 is a full result here and a rate limit there), so most rules look at the words.
 */
const RULES: readonly Rule[] = [
  { kind: "pruned", codes: [4444] },
  { kind: "pruned", text: /pruned|missing trie node|history (is )?(not|un)available|ancient/i },
  { kind: "rate-limited", statuses: [429] },
  { kind: "rate-limited", codes: [429, -32011, -32007, -32012] },
  {
    kind: "rate-limited",
    text: /rate.?limit|too many requests|requests? limit reached|credits limited|per second|throughput|capacity exceeded/i,
  },
  { kind: "too-large", codes: [-32614] },
  { kind: "too-large", statuses: [413] },
  {
    kind: "too-large",
    text: /returned more than|response size|max results|exceeds? (the )?(limit|max)|is limited to|block range|blocks distance|range .*(too|exceed|larg)|too wide|too (large|big)|too many (logs|results|blocks)|query timeout|limit exceeded/i,
  },
  { kind: "too-large", codes: [-32005] },
  { kind: "refused", statuses: [401, 402, 403, 404] },
  { kind: "refused", codes: [-32601, -32004] },
  // The contract's own answer to a call.
  { kind: "refused", text: /execution reverted|invalid opcode/i },
  { kind: "transient", codes: [-32603, -1] },
  { kind: "transient", statuses: [408, 500, 502, 503, 504] },
  // Nodes behind a balancer may lag; the block comes with time.
  {
    kind: "transient",
    text: /unknown block|block not found|header not found|BlockOutOfRange|after last accepted block/i,
  },
];

/** Classes of the client for connections that broke or bodies that could not be read. */
const BROKEN = new Set([
  "HttpRequestError",
  "TimeoutError",
  "SocketClosedError",
  "WebSocketRequestError",
  "SyntaxError",
]);

/** Sorts the failure of a request by code, status and words together. */
export function faultOfRequest(error: unknown): RpcFault {
  const symptoms = symptomsOf(error);
  const reason = reasonOf(symptoms);
  if (symptoms.names.includes("ResponseBodyTooLargeError")) return { kind: "too-large", reason };
  const timeout = symptoms.names.includes("TimeoutError");
  if (timeout) return { kind: "transient", reason, slow: true };
  const rule = RULES.find(
    ({ codes, statuses, text }) =>
      (codes === undefined || (symptoms.code !== undefined && codes.includes(symptoms.code))) &&
      (statuses === undefined || (symptoms.status !== undefined && statuses.includes(symptoms.status))) &&
      (text === undefined || text.test(symptoms.text)),
  );
  switch (rule?.kind) {
    case "too-large": {
      const hint = hintOf(symptoms);
      return { kind: "too-large", reason, ...(hint === undefined ? {} : { hint }) };
    }
    case "rate-limited": {
      const retryAfterMs = waitOf(symptoms.retryAfter);
      return { kind: "rate-limited", reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    }
    case "pruned":
    case "refused":
      return { kind: rule.kind, reason };
    case "transient":
      return { kind: "transient", reason, slow: false };
    default: {
      // A status of the 400s without words of the node: it did not like the request, whatever the connection did.
      const refused = symptoms.status !== undefined && symptoms.status >= 400 && symptoms.status < 500;
      const broken = !refused && symptoms.names.some((name) => BROKEN.has(name));
      return broken ? { kind: "transient", reason, slow: false } : { kind: "unknown", reason };
    }
  }
}

function symptomsOf(error: unknown): Symptoms {
  let code: number | undefined;
  let status: number | undefined;
  let retryAfter: string | undefined;
  let data: unknown;
  const texts: string[] = [];
  const names: string[] = [];
  let at: unknown = error;
  for (let depth = 0; depth < 10 && typeof at === "object" && at !== null; depth++) {
    const layer = at as Readonly<Record<string, unknown>>;
    if (typeof layer.code === "number") code = layer.code;
    if (typeof layer.status === "number") status ??= layer.status;
    if (layer.headers instanceof Headers) retryAfter ??= layer.headers.get("retry-after") ?? undefined;
    if (layer.data !== undefined) data = layer.data;
    if (typeof layer.name === "string") names.push(layer.name);
    // The client's long message holds the endpoint's address; `details` holds only the node's words.
    const words = typeof layer.details === "string" ? layer.details : layer.message;
    if (typeof words === "string" && !texts.includes(words)) texts.push(words);
    at = layer.cause;
  }
  return { code, status, text: texts.join(" "), data, retryAfter, names };
}

/** One line of at most 200 characters, without addresses of endpoints. */
function reasonOf({ code, status, text, names }: Symptoms): string {
  const words = text
    .replace(/\b(https?|wss?):\/\/\S+/g, "(endpoint)")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[.\s]+$/, "")
    .slice(0, 200);
  const parts = [
    ...(status === undefined ? [] : [`HTTP ${status}`]),
    ...(code === undefined ? [] : [`code ${code}`]),
  ];
  const said = words === "" ? (names[0] ?? "no answer") : words;
  return parts.length === 0 ? said : `${parts.join(", ")}, ${said}`;
}

const HEX_RANGE = /\[\s*(0x[0-9a-f]+)\s*,\s*(0x[0-9a-f]+)\s*\]/i;
const DECIMAL_RANGE = /range\s+(\d+)\s*-\s*(\d+)/i;

/** A range that the endpoint proposes, in its words or its data. */
function hintOf({ text, data }: Symptoms): readonly [number, number] | undefined {
  const found = HEX_RANGE.exec(text) ?? DECIMAL_RANGE.exec(text);
  if (found) return [Number(found[1]), Number(found[2])];
  if (typeof data !== "object" || data === null) return undefined;
  const { from, to } = data as Readonly<Record<string, unknown>>;
  const range = [Number(from), Number(to)] as const;
  return typeof from === "string" && typeof to === "string" && range.every(Number.isSafeInteger)
    ? range
    : undefined;
}

/** Seconds only: a date would need the endpoint's clock and ours to agree. */
function waitOf(retryAfter: string | undefined): number | undefined {
  return retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter.trim())
    ? Number(retryAfter) * 1000
    : undefined;
}
