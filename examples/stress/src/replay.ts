import { fileURLToPath } from "node:url";
import { comet } from "@shortfall/adapter-compound";
import type { BorrowerPosition, PoolView } from "@shortfall/sdk";
import { HistoryFile } from "@shortfall/sources";

/** A market as it stood at the end of a block of its history, re-executed from logs. */
export async function marketAt(
  log: URL,
  block: number,
): Promise<{ readonly view: PoolView; readonly positions: readonly BorrowerPosition[] }> {
  const file = await HistoryFile.open(fileURLToPath(log));
  const session = comet.traces.open(file.header);
  for await (const record of file.records()) {
    if (record.kind !== "trace" || Number(record.line.value.block) > block) break;
    session.observe(record.line, { calls: true });
  }
  await file.close();
  const [view] = session.model.pools();
  if (!view) throw new Error("The history has no pool.");
  return { view, positions: session.model.positions?.(view.pool) ?? [] };
}
