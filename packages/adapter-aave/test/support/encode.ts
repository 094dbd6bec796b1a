import { type ChainLog, eventCodec, type PredictedLog } from "@shortfall/core";
import { EVENT_DECLARATIONS } from "../../src/events.js";

interface Declared {
  readonly topic0: string;
  readonly parameters: readonly { readonly type: string; readonly name: string; readonly indexed: boolean }[];
}

const DECLARED: readonly (Declared & { readonly name: string })[] = EVENT_DECLARATIONS.map((text) => {
  const codec = eventCodec(text);
  const inside = text.slice(text.indexOf("(") + 1, text.lastIndexOf(")"));
  const parameters = inside.split(",").map((part) => {
    const words = part.trim().split(/\s+/);
    return { type: words[0] ?? "", name: words.at(-1) ?? "", indexed: words.includes("indexed") };
  });
  return { name: codec.name, topic0: codec.topic0, parameters };
});

/** A predicted log as a node would return it. */
export function encodeLog(log: PredictedLog, logIndex: number): ChainLog {
  const declared = DECLARED.find(
    (event) => event.name === log.name && event.parameters.every(({ name }) => name in log.args),
  );
  if (declared === undefined) throw new Error(`No declaration of ${log.name} has these arguments.`);
  const topics = [declared.topic0];
  const heads: string[] = [];
  let tail = "";
  const inData = declared.parameters.filter((parameter) => !parameter.indexed).length;
  for (const { type, name, indexed } of declared.parameters) {
    const value = log.args[name];
    if (indexed) topics.push(`0x${word(type, value)}`);
    else if (type === "bytes") {
      heads.push(number(BigInt(32 * inData + tail.length / 2)));
      const bytes = String(value).slice(2);
      tail += number(BigInt(bytes.length / 2)) + bytes.padEnd(Math.ceil(bytes.length / 64) * 64, "0");
    } else heads.push(word(type, value));
  }
  return { address: log.address, topics, data: `0x${heads.join("")}${tail}`, logIndex };
}

const number = (value: bigint): string => BigInt.asUintN(256, value).toString(16).padStart(64, "0");

function word(type: string, value: unknown): string {
  if (type === "address") return String(value).slice(2).padStart(64, "0");
  if (type === "bool") return number(value === true ? 1n : 0n);
  if (typeof value === "bigint") return number(value);
  throw new Error(`A ${type} cannot be made of ${String(value)}.`);
}
