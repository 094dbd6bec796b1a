import { describe, expect, it } from "vitest";
import { AbiError } from "../errors.js";
import { eventCodec, eventTable } from "./event.js";

const word = (value: bigint | number): string =>
  BigInt.asUintN(256, BigInt(value)).toString(16).padStart(64, "0");
const address = `0x${"ab".repeat(20)}`;

describe("eventCodec", () => {
  const transfer = eventCodec("Transfer(address indexed from, address indexed to, uint256 amount)");

  it("hashes the canonical signature", () => {
    expect(transfer.signature).toBe("Transfer(address,address,uint256)");
    expect(transfer.topic0).toBe("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
    expect(eventCodec("Mint(uint a, int b)").signature).toBe("Mint(uint256,int256)");
    expect(
      eventTable(["Transfer(address indexed from, address indexed to, uint256 amount)"]).get(transfer.topic0)
        ?.name,
    ).toBe("Transfer");
  });

  it("decodes topics and data in the order of the declaration", () => {
    const args = transfer.decode(
      [transfer.topic0, `0x${word(BigInt(address))}`, `0x${word(0)}`],
      `0x${word(7)}`,
    );
    expect(Object.entries(args)).toEqual([
      ["from", address],
      ["to", `0x${"0".repeat(40)}`],
      ["amount", 7n],
    ]);
  });

  it.each([
    ["too few topics", [transfer.topic0], `0x${word(7)}`, "3 topics"],
    [
      "data too short",
      [transfer.topic0, `0x${word(1)}`, `0x${word(2)}`],
      `0x${word(7).slice(2)}`,
      "at least 32 bytes",
    ],
    [
      "data too long",
      [transfer.topic0, `0x${word(1)}`, `0x${word(2)}`],
      `0x${word(7)}00`,
      "32 bytes of data, got 33",
    ],
    [
      "a dirty address",
      [transfer.topic0, `0x${word(1n << 160n)}`, `0x${word(2)}`],
      `0x${word(7)}`,
      "fit address",
    ],
    [
      "upper-case hex",
      [transfer.topic0, `0x${word(1)}`, `0x${word(2)}`],
      `0xFF${word(7).slice(2)}`,
      "lower-case hex",
    ],
    ["a short topic", [transfer.topic0, "0x01", `0x${word(2)}`], `0x${word(7)}`, "32-byte"],
  ])("refuses %s", (_, topics, data, message) => {
    expect(() => transfer.decode(topics, data)).toThrow(AbiError);
    expect(() => transfer.decode(topics, data)).toThrow(message);
  });

  it("checks small and signed types", () => {
    const codec = eventCodec("E(uint8 a, int104 b, bool c, bytes4 d)");
    const data = (a: bigint, b: bigint, c: bigint, d: string): string =>
      `0x${word(a)}${word(b)}${word(c)}${d}`;
    const tail = `01020304${"0".repeat(56)}`;
    expect(codec.decode([codec.topic0], data(255n, -5n, 1n, tail))).toEqual({
      a: 255n,
      b: -5n,
      c: true,
      d: "0x01020304",
    });
    expect(() => codec.decode([codec.topic0], data(256n, 0n, 0n, tail))).toThrow("uint8");
    expect(() => codec.decode([codec.topic0], data(0n, 1n << 103n, 0n, tail))).toThrow("int104");
    expect(() => codec.decode([codec.topic0], data(0n, 0n, 2n, tail))).toThrow("bool");
    expect(() => codec.decode([codec.topic0], data(0n, 0n, 0n, "f".repeat(64)))).toThrow("bytes4");
  });

  it("decodes dynamic arrays, strings and tuples", () => {
    const codec = eventCodec("E(uint256[] xs, string label, (uint8 a, address b)[] pairs)");
    expect(codec.signature).toBe("E(uint256[],string,(uint8,address)[])");
    const label = Buffer.from("hi").toString("hex").padEnd(64, "0");
    const data =
      `0x${word(96)}${word(192)}${word(256)}` +
      `${word(2)}${word(5)}${word(6)}` +
      `${word(2)}${label}` +
      `${word(1)}${word(9)}${word(BigInt(address))}`;
    expect(codec.decode([codec.topic0], data)).toEqual({
      xs: [5n, 6n],
      label: "hi",
      pairs: [{ a: 9n, b: address }],
    });
    expect(() => codec.decode([codec.topic0], `0x${word(1n << 200n)}${word(0)}${word(0)}`)).toThrow(AbiError);
  });
});
