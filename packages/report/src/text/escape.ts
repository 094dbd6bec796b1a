/** Controls and format characters (bidirectional marks, zero widths) could make a page say something else. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\u2028\u2029]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text from the input without characters that are not seen. */
export const plainText = (text: string): string => text.replace(UNSEEN, " ");

/** Text from the input, safe in HTML and SVG, as content or as a quoted attribute. */
export const escapeText = (text: string): string =>
  plainText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/** `0xa0ee7a142d…` → `0xa0ee…9720`; other long names keep their beginning and end. */
export function shortName(text: string): string {
  const plain = plainText(text);
  if (/^0x[0-9a-f]{12,}$/i.test(plain)) return `${plain.slice(0, 6)}…${plain.slice(-4)}`;
  const letters = [...plain];
  return letters.length > 28 ? `${letters.slice(0, 18).join("")}…${letters.slice(-6).join("")}` : plain;
}
