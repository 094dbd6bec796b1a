import { type ChainLog, eventCodec, type PredictedLog } from "@shortfall/core";

interface Encoding {
  readonly topic0: string;
  /** Parameter names; words only, no dynamic types. */
  readonly indexed: readonly string[];
  readonly plain: readonly string[];
}

/** Makes raw logs of predicted ones: what a node would have returned. */
export class LogEncoder {
  readonly #encodings = new Map<string, Encoding[]>();

  constructor(declarations: readonly string[]) {
    for (const declaration of declarations) {
      const { name, topic0 } = eventCodec(declaration);
      const parameters = declaration
        .slice(declaration.indexOf("(") + 1, declaration.lastIndexOf(")"))
        .split(",")
        .map((part) => part.trim().split(/\s+/));
      const named = (words: readonly string[]) => words[words.length - 1] ?? "";
      const encoding = {
        topic0,
        indexed: parameters.filter((words) => words.includes("indexed")).map(named),
        plain: parameters.filter((words) => !words.includes("indexed")).map(named),
      };
      this.#encodings.set(name, [...(this.#encodings.get(name) ?? []), encoding]);
    }
  }

  encode(log: PredictedLog, logIndex: number): ChainLog {
    const names = Object.keys(log.args);
    const encoding = this.#encodings
      .get(log.name)
      ?.find(({ indexed, plain }) => names.every((name) => indexed.includes(name) || plain.includes(name)));
    if (!encoding) throw new Error(`No declaration of ${log.name}(${names.join(", ")}).`);
    return {
      address: log.address,
      topics: [encoding.topic0, ...encoding.indexed.map((name) => `0x${word(log.args[name])}`)],
      data: `0x${encoding.plain.map((name) => word(log.args[name])).join("")}`,
      logIndex,
    };
  }
}

const word = (value: unknown): string => BigInt(String(value)).toString(16).padStart(64, "0");
