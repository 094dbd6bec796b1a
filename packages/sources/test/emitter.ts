/** Hex without 0x, comments and spaces left out. */
const code = (...lines: readonly string[]): string =>
  `0x${lines.map((line) => line.replace(/\/\/.*/, "").replace(/\s/g, "")).join("")}`;

/** Bytes of one block of the emitter: the longest, for four topics. */
const BLOCK = 17;

/** Emits with `n` topics; padded, so that blocks can be jumped to by multiplication. The stack holds the data's length. */
function emitBlock(n: number): string {
  const topics = Array.from({ length: n }, (_, k) => 1 + 32 * (n - 1 - k));
  const bytes = [
    "5b", // JUMPDEST
    ...topics.map((at) => `60${at.toString(16).padStart(2, "0")}35`), // PUSH1 at, CALLDATALOAD: last topic first
    (0x80 + n).toString(16), // DUP(n + 1): the length, from below the topics
    "5f", // PUSH0: the data's place in memory
    (0xa0 + n).toString(16), // LOGn
    "00", // STOP
  ].join("");
  return bytes.padEnd(2 * BLOCK, "0");
}

/**
 * A contract that emits the log its calldata describes: one byte for the number of topics n, n words of topics, and the
 * rest as data. Comments show the stack, top last.
 */
export const EMITTER = code(
  "5f 35      // 00 PUSH0 CALLDATALOAD    w",
  "5f 1a      // 02 PUSH0 BYTE            n",
  "80 60 05   // 04 DUP1 PUSH1 5          n n 5",
  "1b         // 07 SHL                   n 32n",
  "60 01 01   // 08 PUSH1 1 ADD           n o         o: where the data begins",
  "80 36 03   // 0b DUP1 CALLDATASIZE SUB n o l       l: its length",
  "90 81 90   // 0e SWAP1 DUP2 SWAP1      n l l o",
  "5f 37      // 11 PUSH0 CALLDATACOPY    n l         memory: the data",
  "90         // 13 SWAP1                 l n",
  "60 11 02   // 14 PUSH1 17 MUL          l 17n",
  "60 1b 01   // 17 PUSH1 0x1b ADD        l block n",
  "56         // 1a JUMP                  l",
  ...[0, 1, 2, 3, 4].map(emitBlock), // 1b
);

/**
 * A contract that makes calls one after the other: records of a 20-byte target, a 3-byte length and so much calldata.
 * A call that fails reverts all, so a transaction has all its logs in order or none.
 */
export const RELAY = code(
  "5f               // 00 PUSH0                    p     p: place in the calldata",
  "5b               // 01 JUMPDEST                 p",
  "36 81 10         // 02 CALLDATASIZE DUP2 LT     p p<s",
  "60 09 57         // 05 PUSH1 0x09 JUMPI         p",
  "00               // 08 STOP",
  "5b               // 09 JUMPDEST                 p",
  "80 35            // 0a DUP1 CALLDATALOAD        p w",
  "80 60 60 1c      // 0c DUP1 PUSH1 96 SHR        p w a     a: target",
  "90 60 48 1c      // 10 SWAP1 PUSH1 72 SHR       p a w>>72",
  "62 ff ff ff 16   // 14 PUSH3 0xffffff AND       p a l     l: length",
  "91 60 17 01      // 19 SWAP2 PUSH1 23 ADD       l a q     q: where the calldata of the call begins",
  "82 81 5f 37      // 1d DUP3 DUP2 PUSH0 CALLDATACOPY  l a q",
  "5f 5f 84 5f 5f   // 21 PUSH0 PUSH0 DUP5 PUSH0 PUSH0  l a q 0 0 l 0 0",
  "86 5a f1         // 26 DUP7 GAS CALL            l a q ok",
  "60 2f 57         // 29 PUSH1 0x2f JUMPI         l a q",
  "5f 5f fd         // 2c PUSH0 PUSH0 REVERT",
  "5b               // 2f JUMPDEST                 l a q",
  "91 90 50 01      // 30 SWAP2 SWAP1 POP ADD      q+l",
  "60 01 56         // 34 PUSH1 0x01 JUMP",
);

export interface Emission {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}

/** Calldata for the relay that makes every emitter emit its log, in order. */
export function emissions(logs: readonly Emission[]): string {
  const records = logs.map(({ address, topics, data }) => {
    const payload = `0${topics.length}${topics.map((topic) => topic.slice(2)).join("")}${data.slice(2)}`;
    return `${address.slice(2)}${(payload.length / 2).toString(16).padStart(6, "0")}${payload}`;
  });
  return `0x${records.join("")}`;
}
