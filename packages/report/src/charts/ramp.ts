/** Fill of a layer: its depth tint, or the hatch of a loss that nobody bears yet. */
export type LayerFill =
  | { readonly kind: "depth"; readonly index: number }
  | { readonly kind: "carried" | "uncovered" };

/** Tints of 1 to 8 layers, nearest the surface first. */
export const LIGHT_RAMPS: readonly (readonly string[])[] = [
  ["377ea1"],
  ["a8e1ed", "1f3f59"],
  ["a8e1ed", "428fb0", "1f3f59"],
  ["a8e1ed", "5dabc6", "317396", "1f3f59"],
  ["a8e1ed", "6eb9d1", "428fb0", "2b6588", "1f3f59"],
  ["a8e1ed", "79c1d6", "52a0be", "377ea1", "285d7f", "1f3f59"],
  ["a8e1ed", "80c6da", "5dabc6", "428fb0", "317396", "265879", "1f3f59"],
  ["a8e1ed", "86cadd", "67b3cc", "4d9bba", "3a83a5", "2d6b8e", "255474", "1f3f59"],
];

export const DARK_RAMPS: readonly (readonly string[])[] = [
  ["3898b4"],
  ["21424f", "98cede"],
  ["21424f", "258aa6", "98cede"],
  ["21424f", "16728c", "46a2bc", "98cede"],
  ["21424f", "17667d", "258aa6", "5aadc5", "98cede"],
  ["21424f", "195f74", "197c97", "3898b4", "66b4ca", "98cede"],
  ["21424f", "1b5a6e", "16728c", "258aa6", "46a2bc", "6eb8ce", "98cede"],
  ["21424f", "1c566a", "166b83", "1b809b", "3294b0", "51a8c1", "74bcd0", "98cede"],
];

/** Layers drawn apart; the rest is folded into the deepest tint. */
export const DRAWN_LAYERS = 8;

/** Class of a drawing with this many layers that have a tint. */
export const rampClass = (layers: number): string => `n${Math.max(1, Math.min(DRAWN_LAYERS, layers))}`;

/** Class of a block. */
export const fillClass = (fill: LayerFill): string =>
  fill.kind === "depth" ? `l${Math.min(fill.index, DRAWN_LAYERS - 1)}` : fill.kind;

/** Custom properties of every ramp. */
export const rampRules = (ramps: readonly (readonly string[])[], prefix: string): string =>
  ramps
    .map(
      (ramp, index) =>
        `${prefix}.n${index + 1}{${ramp.map((tint, depth) => `--l${depth}:#${tint}`).join(";")}}`,
    )
    .join("\n");
