import { escapeText } from "../text/escape.js";
import { coordinate } from "./scale.js";

/** Attribute values: numbers are written as coordinates. Order is the order given. */
export type Attributes = Readonly<Record<string, string | number>>;

/** One element; `content` is markup already. */
export function element(name: string, attributes: Attributes, content = ""): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? coordinate(value) : escapeText(value)}"`)
    .join("");
  return content === "" ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

export const rect = (kind: string, x: number, y: number, width: number, height: number): string =>
  element("rect", { class: kind, x, y, width, height });

export const line = (kind: string, x1: number, y1: number, x2: number, y2: number): string =>
  element("line", { class: kind, x1, y1, x2, y2 });

export const path = (kind: string, d: string): string => element("path", { class: kind, d });

export type Anchor = "start" | "middle" | "end";

export const text = (kind: string, x: number, y: number, words: string, anchor: Anchor = "start"): string =>
  element(
    "text",
    { class: kind, x, y, ...(anchor === "start" ? {} : { "text-anchor": anchor }) },
    escapeText(words) || " ",
  );

/** What a picture shows, for those who do not see it. */
export interface PictureWords {
  readonly title: string;
  readonly description: string;
}

export interface Picture extends PictureWords {
  /** Unique in the page. */
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** Class of the drawing: `wide`, `narrow`, and the ramp of its layers. */
  readonly kind: string;
  readonly content: string;
}

/** A whole drawing with its words. */
export const picture = ({ id, width, height, kind, title, description, content }: Picture): string =>
  element(
    "svg",
    {
      class: kind,
      id,
      viewBox: `0 0 ${coordinate(width)} ${coordinate(height)}`,
      role: "img",
      "aria-labelledby": `${id}-t ${id}-d`,
    },
    element("title", { id: `${id}-t` }, escapeText(title)) +
      element("desc", { id: `${id}-d` }, escapeText(description)) +
      content,
  );

/** Digits and letters of the text faces are not wider than this part of the size. */
const WIDEST_LETTER = 0.556;

/** A safe bound of the width of a label. */
export const labelWidth = (words: string, size: number): number => [...words].length * size * WIDEST_LETTER;

/** A label cut to a width, its end replaced by an ellipsis. */
export function fitted(words: string, size: number, width: number): string {
  const letters = [...words];
  const room = Math.max(1, Math.floor(width / (size * WIDEST_LETTER)));
  return letters.length <= room ? words : `${letters.slice(0, Math.max(1, room - 1)).join("")}…`;
}
