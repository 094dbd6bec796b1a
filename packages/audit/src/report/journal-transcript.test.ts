import { BLOCK_ENTRIES, type EntryDraft, Journal } from "@shortfall/core";
import { expect, it } from "vitest";
import { journalLines } from "./journal-lines.js";
import { JournalTranscript } from "./journal-transcript.js";

const draft = (k: number): EntryDraft => ({
  kind: "supply",
  position: { block: k, timestamp: k },
  postings: [
    { pool: "p", account: "Assets:Cash", commodity: "USD", amount: BigInt(k) },
    { pool: "p", account: "Liabilities:Suppliers:main", commodity: "USD", amount: -BigInt(k) },
  ],
});

it.each([0, 1, BLOCK_ENTRIES - 1, BLOCK_ENTRIES, 3 * BLOCK_ENTRIES + 5])(
  "gives the lines of a journal that keeps no block, begun after %i of its entries",
  (before) => {
    const header = { model: "m", waterfalls: [] };
    const whole = new Journal(header, { tailBlocks: Number.POSITIVE_INFINITY });
    const journal = new Journal(header, { tailBlocks: 3 });
    const entries = 6 * BLOCK_ENTRIES + 7;
    const pieces: string[] = [];
    let transcript: JournalTranscript | undefined;
    for (let k = 0; k < entries; k++) {
      if (k === before) transcript = new JournalTranscript("history", journal);
      whole.append(draft(k));
      journal.append(draft(k));
      if (k % 300 === 0) pieces.push(...(transcript?.take() ?? []));
    }
    pieces.push(...(transcript?.end() ?? []));
    expect(pieces.join("") === [...journalLines("history", whole)].join("")).toBe(true);
  },
);
