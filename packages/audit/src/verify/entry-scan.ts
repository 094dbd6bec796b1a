import type { Posting } from "@shortfall/core";

/** What a proof needs of an entry. */
export interface ScannedEntry {
  readonly sequence: number;
  readonly postings: readonly Posting[];
}

// Text without anything that JSON escapes, and integers as JSON prints them.
const TEXT = String.raw`[^"\\\u0000-\u001f\ud800-\udfff]*`;
const INTEGER = String.raw`(?:0|-?[1-9]\d{0,14})`;
const optional = (name: string, value: string): string => `(?:,"${name}":${value})?`;

const ENTRY = new RegExp(
  `^\\{(?:"account":"${TEXT}",)?(?:"deficit":"${TEXT}",)?"kind":"${TEXT}"${optional("memo", `"${TEXT}"`)}` +
    `,"position":\\{"block":${INTEGER}${optional("line", INTEGER)}${optional("logIndex", INTEGER)}` +
    `,"timestamp":${INTEGER}${optional("transaction", `"${TEXT}"`)}${optional("transactionIndex", INTEGER)}\\}` +
    `,"postings":\\[(.*)\\]${optional("reverses", INTEGER)},"sequence":(${INTEGER})\\}$`,
);
const POSTING = new RegExp(
  `\\{"account":"(${TEXT})","amount":"(-?\\d+)","commodity":"(${TEXT})","pool":"(${TEXT})"\\}(,|$)`,
  "y",
);

/**
 * Reads an entry's line that is canonical JSON to the letter, without parsing it as JSON. Undefined for any other
 * line, and for texts that need escapes, so that whoever asks parses those.
 */
export function scanEntry(line: string): ScannedEntry | undefined {
  const entry = ENTRY.exec(line);
  if (!entry) return undefined;
  const body = entry[1]!;
  const postings: Posting[] = [];
  POSTING.lastIndex = 0;
  let open = body !== "";
  while (open) {
    const posting = POSTING.exec(body);
    if (!posting) return undefined;
    const [, account, amount, commodity, pool, separator] = posting;
    postings.push({ account: account!, amount: BigInt(amount!), commodity: commodity!, pool: pool! });
    open = separator === ",";
  }
  return POSTING.lastIndex === body.length || body === ""
    ? { sequence: Number(entry[2]), postings }
    : undefined;
}
