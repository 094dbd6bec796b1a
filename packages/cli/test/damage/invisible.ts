import type { DamagedHistory, DamageKind } from "./kinds.js";

/**
 * Damage that no reading of the logs can show, by name; docs/findings/index.md lists the same. It needs a line
 * whose call is not recorded whole: where it is, the logs that the call writes show the rest.
 */
export function invisibleDamage(kind: DamageKind, { touched }: DamagedHistory): string | undefined {
  if (!touched) return undefined;
  const { type } = touched.line.action as { readonly type: string };
  if (!UNRECORDED.has(type)) return undefined;
  if (touched.events.includes("Approval")) return "an approval moves nothing";
  if (kind.name === "logs out of order") return "logs of separate steps of one transaction have no order";
  if (kind.name === "log repeated" && REPEATABLE.has(touched.events[0]!)) {
    return "a value told twice changes nothing";
  }
  if (touched.events.includes("SetSupplyQueue")) return "a queue shows at the next deposit that uses it";
  return undefined;
}

/** Actions without the arguments of the calls they stand for. */
const UNRECORDED: ReadonlySet<string> = new Set(["bundle", "batch", "setSupplyQueue"]);

/** Events that give a value; the same value again leaves everything as it is. */
const REPEATABLE: ReadonlySet<string> = new Set(["VaultStatus", "AssetPriceUpdated"]);
