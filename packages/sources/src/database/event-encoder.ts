import type { AbiEvent, AbiParameter } from "viem";
import { type Cell, CellFault, hexBytes, truth } from "../table/cell.js";

/** Topics and data of a log. */
export interface EncodedEvent {
  readonly topics: readonly string[];
  readonly data: string;
}

/** An event whose decoded arguments can be made into a log again. */
export interface EventEncoder {
  readonly name: string;
  /** `Transfer(address,address,uint256)` */
  readonly signature: string;
  /** Names of the arguments in order. */
  readonly args: readonly string[];
  /** @throws {CellFault} a value that is none of its type. The argument that is wrong is `args[faulty]`. */
  encode(values: readonly Cell[], onArgument: (index: number) => void): EncodedEvent;
}

/** Encoders of events as the adapters declare them. viem is loaded here, because other tables need none of it. */
export async function eventEncoders(declarations: readonly string[]): Promise<readonly EventEncoder[]> {
  const { parseAbiItem, encodeAbiParameters, toEventSelector, toEventSignature } = await import("viem");
  return [...new Set(declarations)].map((declaration): EventEncoder => {
    const event = parseAbiItem([`event ${declaration}`] as readonly string[]) as AbiEvent;
    const topic0 = toEventSelector(event);
    const places = event.inputs.map((input, index) => ({ input, index }));
    const indexed = places.filter(({ input }) => input.indexed);
    const unindexed = places.filter(({ input }) => !input.indexed);
    return {
      name: event.name,
      signature: toEventSignature(event),
      args: event.inputs.map(({ name }, index) => name ?? `arg${index}`),
      encode(values, onArgument) {
        const readArgument = ({ input, index }: (typeof places)[number]): unknown => {
          onArgument(index);
          return argument(input, values[index]!);
        };
        const wordOf = (place: (typeof places)[number]): string => {
          const { type } = place.input;
          // Such arguments are logged as their hash, which is what a table of them holds.
          if (/^(string|bytes|tuple)$|\]$/.test(type)) {
            onArgument(place.index);
            return hexBytes(values[place.index]!, 32);
          }
          return encodeAbiParameters([place.input], [readArgument(place)]);
        };
        const topics = [topic0, ...indexed.map(wordOf)];
        const data = encodeAbiParameters(
          unindexed.map(({ input }) => input),
          unindexed.map(readArgument),
        );
        return { topics, data };
      },
    };
  });
}

/** A value as viem takes it. @throws {CellFault} it is none of its type. */
function argument(parameter: AbiParameter, cell: Cell): unknown {
  const { type } = parameter;
  const array = /^(.*)\[(\d*)\]$/.exec(type);
  if (array) {
    const element = { ...parameter, type: array[1]! } as AbiParameter;
    return listOf(cell).map((each) => argument(element, each));
  }
  if (type === "tuple") {
    const members = (parameter as { readonly components: readonly AbiParameter[] }).components;
    const value = typeof cell === "string" ? parsed(cell) : cell;
    if (typeof value !== "object" || value === null)
      throw new CellFault("an object with the members", String(cell));
    return Object.fromEntries(
      members.map((member) => [member.name, argument(member, memberOf(value, member.name ?? ""))]),
    );
  }
  if (type === "address") return hexBytes(cell, 20);
  if (type === "bool") return truth(cell);
  if (type === "string") {
    if (typeof cell === "string") return cell;
    throw new CellFault("text", String(cell));
  }
  if (type.startsWith("bytes")) return hexBytes(cell, type === "bytes" ? undefined : Number(type.slice(5)));
  return integer(cell, type);
}

/** @throws {CellFault} a fraction, scientific notation, or a number that does not fit. */
function integer(cell: Cell, type: string): bigint {
  const expected = `a whole number that fits ${type}`;
  const text = String(cell).trim();
  if (typeof cell === "number" && !Number.isSafeInteger(cell)) {
    throw new CellFault(
      expected,
      text,
      "Write amounts as text or numeric(78,0); digits may already be lost.",
    );
  }
  if (!/^-?\d+$/.test(text)) {
    const rounded = /^[+-]?\d+\.?\d*([eE][+-]?\d+)?$/.test(text);
    throw new CellFault(
      expected,
      text.slice(0, 80),
      rounded ? "Use numeric(78,0); digits may already be lost." : undefined,
    );
  }
  const value = BigInt(text);
  const bits = Number(/\d+$/.exec(type)?.[0] ?? 256);
  const fits = type.startsWith("uint") ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value);
  if (fits !== value) throw new CellFault(expected, text);
  return value;
}

/** A list as JSON or as PostgreSQL writes arrays. */
function listOf(cell: Cell): readonly Cell[] {
  if (Array.isArray(cell)) return cell;
  const text = typeof cell === "string" ? cell.trim() : "";
  const array = /^\{(.*)\}$/s.exec(text);
  if (array && !text.includes(":")) {
    const inside = array[1]!.trim();
    return inside === ""
      ? []
      : inside.split(",").map((part) => part.replace(/^"(.*)"$/, "$1").replace(/^\\\\/, "\\"));
  }
  const value = parsed(text);
  if (Array.isArray(value)) return value as Cell[];
  throw new CellFault("a list", text.slice(0, 80));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CellFault("JSON", text.slice(0, 80));
  }
}

const memberOf = (value: object, name: string): Cell =>
  ((value as Readonly<Record<string, unknown>>)[name] ?? null) as Cell;
