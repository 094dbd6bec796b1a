import type { ClassDocument, FundDocument, LayerDocument, PoolDocument, TrialDocument } from "./document.js";
import { withLayers } from "./document.js";
import type { Json } from "./notation.js";

/** The document with a layer at another place; the same document where it already stands there. */
export function moveLayer(document: TrialDocument, from: number, to: number): TrialDocument {
  const layers = [...document.waterfall.layers];
  const place = Math.max(0, Math.min(layers.length - 1, to));
  const [layer] = layers.splice(from, 1);
  if (layer === undefined || place === from) return document;
  layers.splice(place, 0, layer);
  return withLayers(document, layers);
}

/** Without a layer, and without what was to happen on it. */
export function removeLayer(document: TrialDocument, index: number): TrialDocument {
  const { layers, recovery } = document.waterfall;
  const gone = layers[index]?.id;
  const { before = [], ...rest } = withLayers(
    document,
    layers.filter((_, at) => at !== index),
  );
  const left = before.filter(({ layer }) => layer !== gone);
  const order =
    typeof recovery.order === "string" ? recovery.order : recovery.order.filter((slot) => slot !== gone);
  return {
    ...rest,
    waterfall: { ...rest.waterfall, recovery: { order } },
    ...(left.length > 0 ? { before: left } : {}),
  };
}

/** With another name for a layer, everywhere that it is named. */
export function renameLayer(document: TrialDocument, index: number, id: string): TrialDocument {
  const { layers, recovery } = document.waterfall;
  const old = layers[index]?.id;
  const renamed = (name: string): string => (name === old ? id : name);
  const next = withLayers(
    document,
    layers.map((layer, at) => (at === index ? { ...layer, id } : layer)),
  );
  return {
    ...next,
    waterfall: {
      ...next.waterfall,
      recovery: { order: typeof recovery.order === "string" ? recovery.order : recovery.order.map(renamed) },
    },
    ...(document.before
      ? { before: document.before.map((step) => ({ ...step, layer: renamed(step.layer) })) }
      : {}),
  };
}

export const changeLayer = (
  document: TrialDocument,
  index: number,
  change: (layer: LayerDocument) => LayerDocument,
): TrialDocument =>
  withLayers(
    document,
    document.waterfall.layers.map((layer, at) => (at === index ? change(layer) : layer)),
  );

export const changePool = (document: TrialDocument, change: Partial<PoolDocument>): TrialDocument => ({
  ...document,
  pool: { ...document.pool, ...change },
});

export const setFund = (
  document: TrialDocument,
  id: string,
  fund: FundDocument | undefined,
): TrialDocument => {
  const { [id]: _old, ...others } = document.pool.funds ?? {};
  if (fund === undefined) return changePool(document, { funds: others });
  return changePool(document, { funds: { ...document.pool.funds, [id]: fund } });
};

export const setClasses = (document: TrialDocument, classes: readonly ClassDocument[]): TrialDocument =>
  changePool(document, { classes });

/** Without a part of the document that is empty. */
export function setPart(
  document: TrialDocument,
  part: "before" | "seized",
  value: Json | undefined,
): TrialDocument {
  const { [part]: _old, ...others } = document;
  return value === undefined ? others : ({ ...others, [part]: value } as TrialDocument);
}
