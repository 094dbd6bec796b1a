import { type ChainLog, eventCodec, type PredictedLog } from "@shortfall/core";

const TOKEN_TRANSFER = "Transfer(address indexed from, address indexed to, uint256 value)";

const word = (value: unknown): string => BigInt(String(value)).toString(16).padStart(64, "0");

/**
 * A predicted log as a node would return it. `declarations` are the emitting contract's; a token's Transfer is
 * told by its `value`.
 */
export function encodeLog(log: PredictedLog, declarations: readonly string[], logIndex: number): ChainLog {
  const names = Object.keys(log.args);
  const declaration = [TOKEN_TRANSFER, ...declarations].find(
    (each) =>
      each.startsWith(`${log.name}(`) && names.every((name) => new RegExp(`\\b${name}\\b`).test(each)),
  );
  if (!declaration) throw new Error(`No declaration of ${log.name} with ${names.join(", ")}`);
  const parameters = declaration
    .slice(declaration.indexOf("(") + 1, -1)
    .split(",")
    .map((part) => part.trim().split(/\s+/))
    .map((words) => ({
      array: words[0]!.endsWith("[]"),
      indexed: words.includes("indexed"),
      value: log.args[words[words.length - 1]!],
    }));
  const plain = parameters.filter(({ indexed }) => !indexed);
  const head: string[] = [];
  const tail: string[] = [];
  for (const { array, value } of plain) {
    if (!array) {
      head.push(word(value));
      continue;
    }
    head.push(word(32 * (plain.length + tail.length)));
    const members = value as readonly unknown[];
    tail.push(word(members.length), ...members.map(word));
  }
  return {
    address: log.address,
    topics: [
      eventCodec(declaration).topic0,
      ...parameters.filter(({ indexed }) => indexed).map(({ value }) => `0x${word(value)}`),
    ],
    data: `0x${[...head, ...tail].join("")}`,
    logIndex,
  };
}
