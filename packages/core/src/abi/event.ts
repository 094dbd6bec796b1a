import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { AbiError } from "../errors.js";

/** A decoded argument: integers as bigint, addresses and bytes as lower-case hex. */
export type AbiValue =
  | bigint
  | boolean
  | string
  | readonly AbiValue[]
  | { readonly [name: string]: AbiValue };
export type EventArgs = Readonly<Record<string, AbiValue>>;

interface Parameter {
  readonly type: string;
  readonly name: string;
  readonly indexed: boolean;
  /** Members of a tuple type. */
  readonly members: readonly Parameter[];
}

/** Decodes one kind of event, checking every byte. */
export interface EventCodec {
  readonly name: string;
  /** As it was given, with the names of the parameters. */
  readonly declaration: string;
  /** Canonical signature, as hashed. */
  readonly signature: string;
  readonly topic0: string;
  /** @throws {AbiError} wrong number of topics, data too short or too long, a value outside its type. */
  decode(topics: readonly string[], data: string): EventArgs;
}

/**
 * Codec of an event written as in Solidity: `Supply(address indexed from, address indexed dst, uint256 amount)`.
 * Static and dynamic arrays, strings, bytes and tuples (`(uint8 a, int8 b)[] xs`) are understood.
 */
export function eventCodec(declaration: string): EventCodec {
  const open = declaration.indexOf("(");
  const name = declaration.slice(0, open).trim();
  const parameters = parseParameters(declaration.slice(open + 1, declaration.lastIndexOf(")")));
  const signature = `${name}(${parameters.map(canonicalType).join(",")})`;
  const indexed = parameters.filter((parameter) => parameter.indexed);
  const unindexed = parameters.filter((parameter) => !parameter.indexed);
  const plainLength = parameters.some(takesMoreThanAWord) ? -1 : 2 + 64 * unindexed.length;
  return {
    name,
    declaration,
    signature,
    topic0: `0x${bytesToHex(keccak_256(utf8ToBytes(signature)))}`,
    decode(topics, data) {
      if (topics.length !== indexed.length + 1) {
        throw new AbiError(name, `${indexed.length + 1} topics`, `${topics.length}`);
      }
      if (data.length === plainLength) return decodePlain(name, parameters, topics, data);
      const args: Record<string, AbiValue> = {};
      indexed.forEach((parameter, index) => {
        const topic = topics[index + 1]!;
        requireTopic(name, topic);
        args[parameter.name] = isHashedWhenIndexed(parameter.type)
          ? topic
          : decodeWord(name, parameter, BigInt(topic));
      });
      const body = new Body(name, data);
      const used = { end: 0 };
      const values = decodeSequence(name, unindexed, body, 0, used);
      unindexed.forEach((parameter, index) => {
        args[parameter.name] = values[index]!;
      });
      if (used.end !== body.length) {
        throw new AbiError(name, `${used.end} bytes of data`, `${body.length}`);
      }
      // Declaration order, so that printed arguments read as in the source.
      return Object.fromEntries(parameters.map((parameter) => [parameter.name, args[parameter.name]!]));
    },
  };
}

/** Finds codecs by topic0. */
export function eventTable(declarations: readonly string[]): ReadonlyMap<string, EventCodec> {
  return new Map(
    declarations.map((declaration) => eventCodec(declaration)).map((codec) => [codec.topic0, codec]),
  );
}

/** An event of whole words only, as most are: read in one pass, without looking for offsets. */
function decodePlain(
  event: string,
  parameters: readonly Parameter[],
  topics: readonly string[],
  data: string,
): EventArgs {
  if (!/^0x[0-9a-f]*$/.test(data)) throw new AbiError(event, "lower-case hex data", data.slice(0, 80));
  const args: Record<string, AbiValue> = {};
  let topic = 0;
  let at = 2;
  for (const parameter of parameters) {
    let word: string;
    if (parameter.indexed) {
      const text = topics[++topic]!;
      requireTopic(event, text);
      word = text.slice(2);
    } else {
      word = data.slice(at, at + 64);
      at += 64;
    }
    args[parameter.name] = decodeHexWord(event, parameter, word);
  }
  return args;
}

/** As `decodeWord`, from 64 lower-case hex digits: an address or 32 bytes need not become a number first. */
function decodeHexWord(event: string, parameter: Parameter, word: string): AbiValue {
  switch (parameter.type) {
    case "uint256":
      return BigInt(`0x${word}`);
    case "bytes32":
      return `0x${word}`;
    case "address":
      if (word.startsWith(ADDRESS_PADDING)) return `0x${word.slice(24)}`;
  }
  return decodeWord(event, parameter, BigInt(`0x${word}`));
}

const ADDRESS_PADDING = "0".repeat(24);

const takesMoreThanAWord = (parameter: Parameter): boolean =>
  isDynamic(parameter) || parameter.type === "tuple";

function requireTopic(event: string, topic: string): void {
  if (!/^0x[0-9a-f]{64}$/.test(topic)) throw new AbiError(event, "a 32-byte lower-case hex topic", topic);
}

class Body {
  readonly length: number;
  readonly #event: string;
  readonly #hex: string;

  constructor(event: string, data: string) {
    if (!/^0x([0-9a-f]{2})*$/.test(data)) throw new AbiError(event, "lower-case hex data", data.slice(0, 80));
    this.#event = event;
    this.#hex = data;
    this.length = (data.length - 2) / 2;
  }

  word(offset: number): bigint {
    if (offset + 32 > this.length) {
      throw new AbiError(this.#event, `at least ${offset + 32} bytes of data`, `${this.length}`);
    }
    return BigInt(`0x${this.#hex.slice(2 + offset * 2, 66 + offset * 2)}`);
  }

  bytes(offset: number, length: number): string {
    if (offset + length > this.length) {
      throw new AbiError(this.#event, `at least ${offset + length} bytes of data`, `${this.length}`);
    }
    return this.#hex.slice(2 + offset * 2, 2 + (offset + length) * 2);
  }

  /** A word used as an offset or a length. */
  size(offset: number): number {
    const value = this.word(offset);
    if (value > BigInt(this.length)) {
      throw new AbiError(this.#event, `a length or offset within ${this.length} bytes`, value.toString());
    }
    return Number(value);
  }
}

function decodeSequence(
  event: string,
  parameters: readonly Parameter[],
  body: Body,
  base: number,
  used: { end: number },
): AbiValue[] {
  let head = base;
  return parameters.map((parameter) => {
    if (isDynamic(parameter)) {
      const at = base + body.size(head);
      head += 32;
      used.end = Math.max(used.end, head);
      return decodeDynamic(event, parameter, body, at, used);
    }
    const value = decodeStatic(event, parameter, body, head, used);
    head += headSize(parameter);
    return value;
  });
}

function decodeStatic(
  event: string,
  parameter: Parameter,
  body: Body,
  at: number,
  used: { end: number },
): AbiValue {
  if (parameter.type === "tuple") return decodeTuple(event, parameter, body, at, used);
  const value = decodeWord(event, parameter, body.word(at));
  used.end = Math.max(used.end, at + 32);
  return value;
}

function decodeDynamic(
  event: string,
  parameter: Parameter,
  body: Body,
  at: number,
  used: { end: number },
): AbiValue {
  if (parameter.type.endsWith("[]")) {
    const count = body.size(at);
    used.end = Math.max(used.end, at + 32);
    const element = { ...parameter, type: parameter.type.slice(0, -2) };
    return decodeSequence(
      event,
      Array.from({ length: count }, () => element),
      body,
      at + 32,
      used,
    );
  }
  if (parameter.type === "tuple") return decodeTuple(event, parameter, body, at, used);
  const length = body.size(at);
  const hex = body.bytes(at + 32, length);
  used.end = Math.max(used.end, at + 32 + Math.ceil(length / 32) * 32);
  if (parameter.type === "bytes") return `0x${hex}`;
  return new TextDecoder().decode(
    Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)),
  );
}

function decodeTuple(
  event: string,
  parameter: Parameter,
  body: Body,
  at: number,
  used: { end: number },
): AbiValue {
  const values = decodeSequence(event, parameter.members, body, at, used);
  return Object.fromEntries(parameter.members.map((member, index) => [member.name, values[index]!]));
}

function decodeWord(event: string, parameter: Parameter, word: bigint): AbiValue {
  const { type, name } = parameter;
  const fail = (): never => {
    throw new AbiError(event, `${name} to fit ${type}`, `0x${word.toString(16)}`);
  };
  if (type === "address") return word >> 160n === 0n ? `0x${word.toString(16).padStart(40, "0")}` : fail();
  if (type === "bool") return word <= 1n ? word === 1n : fail();
  if (type.startsWith("uint")) return word >> BigInt(type.slice(4)) === 0n ? word : fail();
  if (type.startsWith("int")) {
    const bits = Number(type.slice(3));
    const value = BigInt.asIntN(256, word);
    return BigInt.asIntN(bits, value) === value ? value : fail();
  }
  const bytes = Number(type.slice("bytes".length));
  const hex = word.toString(16).padStart(64, "0");
  return /^0*$/.test(hex.slice(bytes * 2)) ? `0x${hex.slice(0, bytes * 2)}` : fail();
}

const isHashedWhenIndexed = (type: string): boolean =>
  type === "string" || type === "bytes" || type === "tuple" || type.endsWith("[]");

const isDynamic = (parameter: Parameter): boolean =>
  parameter.type.endsWith("[]") ||
  parameter.type === "string" ||
  parameter.type === "bytes" ||
  (parameter.type === "tuple" && parameter.members.some(isDynamic));

const headSize = (parameter: Parameter): number =>
  parameter.type === "tuple" ? parameter.members.reduce((size, member) => size + headSize(member), 0) : 32;

function canonicalType(parameter: Parameter): string {
  if (!parameter.type.startsWith("tuple")) return parameter.type;
  return `(${parameter.members.map(canonicalType).join(",")})${parameter.type.slice("tuple".length)}`;
}

function parseParameters(text: string): Parameter[] {
  return splitTopLevel(text).map((part, index) => {
    if (part.startsWith("(")) {
      const close = part.lastIndexOf(")");
      const [suffix = "", ...rest] = part
        .slice(close + 1)
        .trim()
        .split(/\s+/);
      const array = suffix.startsWith("[]") ? "[]" : "";
      const words = array ? rest : [suffix, ...rest];
      return {
        type: `tuple${array}`,
        members: parseParameters(part.slice(1, close)),
        indexed: words.includes("indexed"),
        name: words.filter((word) => word !== "indexed").pop() || `arg${index}`,
      };
    }
    const words = part.split(/\s+/);
    const type = words[0]!.replace(/^(u?int)(?=$|\[)/, "$1256");
    return {
      type,
      members: [],
      indexed: words.includes("indexed"),
      name:
        words
          .slice(1)
          .filter((word) => word !== "indexed")
          .pop() ?? `arg${index}`,
    };
  });
}

function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let k = 0; k <= text.length; k++) {
    const character = text[k];
    if (character === "(") depth++;
    else if (character === ")") depth--;
    if (character === undefined || (character === "," && depth === 0)) {
      const part = text.slice(start, k).trim();
      if (part !== "") parts.push(part);
      start = k + 1;
    }
  }
  return parts;
}
