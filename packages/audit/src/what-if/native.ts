import type {
  DeficitRecord,
  HaircutTable,
  LossMoment,
  PolicyRegistry,
  ProtocolModel,
  WriteOff,
} from "@shortfall/core";
import { splitByWeight } from "./classes.js";
import type { BearerKind } from "./tally.js";

/** What a what-if reads of a model. */
export type WhatIfModel = Pick<
  ProtocolModel,
  "writeOffs" | "haircuts" | "lossMoment" | "deficits" | "nativeWaterfall"
>;

/** Who bore a write-off in the history, as its model says, after what has been recovered of it since. */
export interface NativeOutcome {
  readonly holders: readonly { readonly account: string; readonly loss: bigint }[];
  /** Kind, name, loss of everybody else. */
  readonly rest: readonly (readonly [kind: BearerKind, name: string, loss: bigint])[];
  /** What the holders' claims fell by. Less than their loss where claims stood. */
  readonly writtenDown: readonly { readonly account: string; readonly loss: bigint }[];
  /** Of the claim written down, what no holder's fell by. */
  readonly writtenDownDust: bigint;
  /** What the pool's reserves fell by, before recoveries. */
  readonly reservesDrawn: bigint;
  /** What came from outside since: from borrowers, sales, donations. */
  readonly recovered: bigint;
}

interface Bearing {
  readonly layer: WriteOff["layers"][number];
  readonly kind: BearerKind;
  /** Class that the layer writes down, if it does. */
  readonly class: string | undefined;
}

/** Reads a write-off's bearers off the model's haircut tables and its layers. */
export function nativeOutcome(
  model: WhatIfModel,
  writeOff: WriteOff,
  record: DeficitRecord | undefined,
  registry: PolicyRegistry,
  moment: LossMoment,
): NativeOutcome {
  const holders: { account: string; loss: bigint }[] = [];
  const writtenDown: { account: string; loss: bigint }[] = [];
  const rest: [BearerKind, string, bigint][] = [];
  let writtenDownDust = 0n;
  let reservesDrawn = 0n;
  const tables = new Set(model.haircuts(writeOff.id));
  for (const bearing of bearings(model, writeOff, record, registry)) {
    const { layer, kind } = bearing;
    let left = layer.amount;
    if (kind === "reserves") reservesDrawn += layer.amount;
    for (const table of tables) {
      if (!belongs(table, bearing)) continue;
      tables.delete(table);
      left -= table.absorbed;
      holders.push(...table.rows);
      rest.push(["dust", table.dustOwner, table.dust]);
      if (table.basis === "implied" || !moment.classes.some(({ id }) => id === table.bearer)) continue;
      writtenDown.push(...table.rows);
      writtenDownDust += table.dust;
    }
    rest.push([kind, layer.layer, left]);
  }
  rest.push(["uncovered", "uncovered", writeOff.uncovered]);
  const recovered = record?.recovered ?? 0n;
  if (record !== undefined && recovered > 0n)
    restore(record, bearings(model, writeOff, record, registry), holders, rest);
  return { holders, rest, writtenDown, writtenDownDust, reservesDrawn, recovered };
}

/**
 * The layers as they took the loss, with whom each charges by the native waterfall or by the policy's name
 * alone. A write-off may show later payments as layers; those are recoveries, so the register counts first.
 */
function bearings(
  model: WhatIfModel,
  writeOff: WriteOff,
  record: DeficitRecord | undefined,
  registry: PolicyRegistry,
): Bearing[] {
  const definition = new Map(model.nativeWaterfall().layers.map((layer) => [layer.id, layer]));
  const layers =
    record?.layers.map(({ layer, policy, taken }) => ({ layer, policy, amount: taken })) ?? writeOff.layers;
  return layers.map((layer) => {
    const policy = registry.get(layer.policy);
    const defined = definition.get(layer.layer);
    if (policy === undefined || defined?.policy !== layer.policy) {
      return { layer, kind: kindByPolicy(layer.policy), class: undefined };
    }
    const bearer = policy.bearer(policy.parameters.parse(defined.parameters));
    switch (bearer.kind) {
      case "reserve":
        return { layer, kind: "reserves", class: undefined };
      case "carried":
        return { layer, kind: "carried", class: undefined };
      case "class":
      case "holder":
        return { layer, kind: "dust", class: bearer.id };
      default:
        return { layer, kind: bearer.kind === "fund" ? "funds" : "others", class: undefined };
    }
  });
}

const kindByPolicy = (policy: string): BearerKind =>
  policy === "carry" ? "carried" : policy === "reserve" ? "reserves" : "funds";

/** A table of holders is a layer's if it bears its name or its class's; what reserves lack is borne implicitly. */
const belongs = (table: HaircutTable, { layer, kind, class: own }: Bearing): boolean =>
  kind === "carried"
    ? false
    : table.bearer === own ||
      table.bearer === layer.layer ||
      (kind === "reserves" && table.basis === "implied");

function restore(
  record: DeficitRecord,
  layers: readonly Bearing[],
  holders: { account: string; loss: bigint }[],
  rest: [BearerKind, string, bigint][],
): void {
  const kinds = new Map(layers.map((entry) => [entry.layer.layer, entry]));
  const borne = holders.map(({ loss }) => (loss < 0n ? 0n : loss));
  for (const { layer, restored } of record.layers) {
    if (restored === 0n) continue;
    const entry = kinds.get(layer);
    if (entry?.class === undefined) rest.push([entry?.kind ?? "funds", layer, -restored]);
    else {
      const { parts, dust } = splitByWeight(restored, borne);
      for (const [at, part] of parts.entries()) holders.push({ account: holders[at]!.account, loss: -part });
      rest.push(["dust", layer, -dust]);
    }
  }
  const open = record.recognised - record.layers.reduce((sum, { taken }) => sum + taken, 0n);
  rest.push(["uncovered", "uncovered", record.uncovered - open]);
  rest.push(["excess", "excess", -record.excess]);
}
