/** Something on the page that does not hold, as a sentence. */
export class PageChanged extends Error {
  override readonly name = "PageChanged";
}

export const changed = (words: string): never => {
  throw new PageChanged(words);
};

/** Base units of the figures within an element. */
export const unitsIn = (row: Element): string[] =>
  [...row.querySelectorAll("data.f")].map((figure) => figure.getAttribute("value") ?? "");

/** @throws {PageChanged} what the page says is not what its data say. */
export function requireSame(what: string, said: readonly string[], held: readonly string[]): void {
  if (said.length !== held.length) changed(`${what} is not in the data`);
  for (const [index, units] of said.entries()) {
    if (units !== held[index]) changed(`${what} says ${units}, the data say ${held[index]}`);
  }
}
