import type { LayerDocument, PoolDocument, TrialDocument } from "./document.js";
import { type Json, NotationError, readNotation, readWord, writeNotation, writeWord } from "./notation.js";

const VERSION = "1";
const AMOUNT = /^\d+$/;

/** A link was read, or the reason it could not be. */
export type Shared =
  | { readonly ok: true; readonly document: TrialDocument }
  | { readonly ok: false; readonly reason: string };

/**
 * The document as the fragment of an address, without `#`:
 * `1/USDC.6/449440968520/0/reverse-order/(reserves:…)/layer~policy~cap~(parameters)/…`. What is rare (title,
 * seized collateral, actions before the loss) stands with the pool's parts.
 */
export function shareText(document: TrialDocument): string {
  const { waterfall, pool, loss, recovered, seized, before } = document;
  const { asset, decimals, ...parts } = pool;
  const around: { [key: string]: Json } = { ...(parts as { [key: string]: Json }) };
  if (waterfall.title !== undefined) around.title = waterfall.title;
  if (waterfall.id !== "playground") around.id = waterfall.id;
  if (waterfall.version !== "1") around.version = waterfall.version;
  if (seized !== undefined) around.seized = seized;
  if (before !== undefined) around.before = before;
  const { order } = waterfall.recovery;
  return [
    VERSION,
    `${writeWord(asset)}.${decimals}`,
    loss,
    recovered,
    typeof order === "string" ? writeWord(order) : writeNotation(order),
    writeNotation(around),
    ...waterfall.layers.map(layerText),
  ].join("/");
}

const layerText = ({ id, policy, cap, parameters }: LayerDocument): string =>
  [writeWord(id), writeWord(policy), cap ?? "", writeNotation(parameters)].join("~");

/** Reads a fragment strictly: an unknown version or part is refused with its reason, never guessed. */
export function readShared(text: string): Shared {
  try {
    return { ok: true, document: read(text) };
  } catch (error) {
    if (error instanceof NotationError) return { ok: false, reason: error.message };
    throw error;
  }
}

function read(text: string): TrialDocument {
  const [version, money, loss, recovered, order, around, ...layers] = text.split("/");
  if (version !== VERSION) throw new NotationError(`version "${version}" is not known, only ${VERSION} is`);
  if (around === undefined) throw new NotationError("the link is cut off");
  const point = money!.lastIndexOf(".");
  const decimals = money!.slice(point + 1);
  if (point < 0 || !/^\d{1,2}$/.test(decimals))
    throw new NotationError(`expected an asset with its decimals, such as USDC.6, not "${money}"`);
  const { title, id, version: edition, seized, before, ...pool } = objectOf(readNotation(around), "pool");
  return {
    format: "shortfall-trial/1",
    waterfall: {
      format: "shortfall-waterfall/1",
      id: textOf(id ?? "playground", "id"),
      version: textOf(edition ?? "1", "version"),
      ...(title === undefined ? {} : { title: textOf(title, "title") }),
      layers: layers.map(readLayer),
      recovery: { order: readNotation(order!) as string | readonly string[] },
    },
    pool: {
      asset: readWord(money!.slice(0, point)),
      decimals: Number(decimals),
      ...(pool as Partial<PoolDocument>),
    },
    loss: amountOf(loss!, "loss"),
    recovered: amountOf(recovered!, "recovered"),
    ...(seized === undefined
      ? {}
      : { seized: objectOf(seized, "seized") as { readonly [asset: string]: string } }),
    ...(before === undefined ? {} : { before: before as unknown as NonNullable<TrialDocument["before"]> }),
  };
}

function readLayer(text: string): LayerDocument {
  const [id, policy, cap, parameters, more] = text.split("~");
  if (parameters === undefined || more !== undefined)
    throw new NotationError(`expected id~policy~cap~(parameters), not "${text}"`);
  return {
    id: readWord(id!),
    policy: readWord(policy!),
    parameters: objectOf(readNotation(parameters), "parameters"),
    ...(cap === "" ? {} : { cap: amountOf(cap!, "cap") }),
  };
}

function objectOf(value: Json, what: string): { readonly [key: string]: Json } {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as { readonly [key: string]: Json };
  throw new NotationError(`expected ${what} in parentheses`);
}

function textOf(value: Json, what: string): string {
  if (typeof value === "string") return value;
  throw new NotationError(`expected ${what} as text`);
}

function amountOf(text: string, what: string): string {
  if (AMOUNT.test(text)) return text;
  throw new NotationError(`expected ${what} as a whole number of base units, not "${text}"`);
}
