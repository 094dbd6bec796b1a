import { Fields, LineError, type RecordedCall } from "@shortfall/core";
import type { OpenedMarket } from "../header.js";
import type { Reserve } from "../reserve.js";
import type { StakeToken } from "../stake-token.js";

/** Reads a call's arguments, names resolved to accounts and reserves. Failures name the field and the line. */
export class Call {
  readonly type: string;
  readonly #fields: Fields;
  readonly #opened: OpenedMarket;
  readonly #line: number;

  constructor(call: RecordedCall, opened: OpenedMarket, line: number) {
    this.#fields = new Fields(
      call,
      "action",
      (field, expected, received) => new LineError(line, field, expected, received),
    );
    this.#opened = opened;
    this.#line = line;
    this.type = this.#fields.string("type");
  }

  amount(key: string): bigint {
    return this.#fields.uint256(key);
  }

  flag(key: string): boolean {
    return this.#fields.boolean(key);
  }

  has(key: string): boolean {
    return this.#fields.has(key);
  }

  object(key: string): Fields {
    return this.#fields.object(key);
  }

  /** An account by its name in the header, or by its address. */
  account(key: string): string {
    const value = this.#fields.string(key);
    const address = this.#opened.actors.get(value);
    if (address !== undefined) return address;
    if (/^0x[0-9a-fA-F]{40}$/.test(value)) return value.toLowerCase();
    const token = [...this.#opened.reserves.values()].find((reserve) => value === `a${reserve.symbol}`);
    if (token !== undefined) return token.identity.aToken;
    return this.#fail(key, "a name of the header's addresses or an address", value);
  }

  reserve(key: string): Reserve {
    return this.#reserve(key, this.#fields.string(key));
  }

  reserves(key: string): Reserve[] {
    return this.#fields.strings(key).map((symbol) => this.#reserve(key, symbol));
  }

  stake(key: string): StakeToken {
    const symbol = this.#fields.string(key);
    return this.#opened.stakes.get(symbol) ?? this.#fail(key, "a stake token of the header", symbol);
  }

  unknown(): never {
    return this.#fail("type", "a call of an Aave v3 pool", this.type);
  }

  #reserve(key: string, symbol: string): Reserve {
    const reserve =
      this.#opened.reserves.get(symbol) ?? this.#opened.market.reserveByUnderlying.get(symbol.toLowerCase());
    return reserve ?? this.#fail(key, "a symbol of the header's assets", symbol);
  }

  #fail(key: string, expected: string, received: string): never {
    throw new LineError(this.#line, `action.${key}`, expected, JSON.stringify(received));
  }
}
