import { gunzipSync, gzipSync } from "node:zlib";
import { HistoryFile, headerLine, recordLine } from "@shortfall/sources";
import type { SourceForm, SourceHistory, SourceSite } from "@shortfall/testing";
import { linePages, writeTemporary } from "./storage.js";

const textOf = ({ header, records }: SourceHistory): string =>
  `${[headerLine(header), ...records.map(recordLine)].join("\n")}\n`;

/** Files of plain logs, compressed or not. */
export function jsonLines(zipped: boolean): SourceForm {
  const site = async (content: string | Uint8Array): Promise<SourceSite> => {
    const { path, remove } = writeTemporary(zipped ? "logs.jsonl.gz" : "logs.jsonl", content);
    return {
      open: (cursor) => HistoryFile.open(path, cursor === undefined ? {} : { afterLine: cursor as number }),
      pages: linePages,
      destroy: async () => remove(),
    };
  };
  const stored = (history: SourceHistory): Uint8Array =>
    zipped ? gzipSync(textOf(history)) : Buffer.from(textOf(history));
  const changed = (change: (text: string) => string) => (history: SourceHistory) => {
    const text = change(textOf(history));
    return site(zipped ? gzipSync(text) : text);
  };
  return {
    store: (history) => site(stored(history)),
    damages: {
      "cut short": (history) => site(stored(history).subarray(0, -40)),
      "a line that is no JSON": changed((text) => text.replace('"transactionHash"', "transactionHash")),
      "half a byte of data": changed((text) => text.replace(/("data":"0x[0-9a-f]+)[0-9a-f]"/, '$1"')),
      "an empty line": changed((text) => text.replace(/\n(?=\{"address")/, "\n\n")),
      "an amount as a rounded number": changed((text) =>
        text.replace(/"price":"\d{20,}"/, '"price":12345678901234567890'),
      ),
      "bytes that are not UTF-8": (history) => {
        const bytes = Buffer.from(zipped ? gunzipSync(stored(history)) : stored(history));
        bytes[Math.floor(bytes.length / 2)] = 0xff;
        return site(zipped ? gzipSync(bytes) : bytes);
      },
    },
  };
}
