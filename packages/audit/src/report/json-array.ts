import { canonicalJson } from "@shortfall/core";

/** One member a line, so that differences between two reports are lines. */
export function* jsonArray(members: readonly unknown[]): Generator<string> {
  yield "[";
  for (const [index, member] of members.entries())
    yield `${index === 0 ? "" : ","}\n${canonicalJson(member)}`;
  yield "\n]\n";
}
