import { fileURLToPath } from "node:url";
import { comet } from "@shortfall/adapter-compound";
import { agrees, HistoryAudit } from "@shortfall/audit";
import { formatAmount } from "@shortfall/math/decimal";
import { HistoryFile } from "@shortfall/sources";

// Re-executes a Comet market from its logs: no state is read, every log is predicted.
const file = await HistoryFile.open(fileURLToPath(new URL("../../logs/comet.jsonl.gz", import.meta.url)));
const audit = new HistoryAudit(comet, file, { calls: true });
await audit.read(file);
const result = audit.result();

process.stdout.write(`${result.coverage.transactions} transactions, ${result.findings.length} findings\n\n`);
process.stdout.write("reported        recomputed      difference  account\n");
for (const { reported, recomputed, account } of result.writeOffs) {
  const columns = [reported, recomputed].map((amount) =>
    formatAmount(amount, 6, { padded: true }).padStart(14),
  );
  process.stdout.write(`${columns.join("  ")}  ${String(recomputed - reported).padStart(10)}  ${account}\n`);
}

// Comet stores neither bad debt nor reserves; both are derived, and the same words mean the same for every protocol.
for (const view of result.model.pools()) {
  const show = (amount: bigint): string => formatAmount(amount, view.decimals, { padded: true, group: "," });
  process.stdout.write(
    `\npool ${view.pool}\n  suppliers' claims  ${show(view.suppliers)}\n  reserves           ${show(view.reserves)}\n` +
      `  written off        ${show(view.deficitRealised)}\n  backing            ${formatAmount(view.backingWad, 18)}\n`,
  );
}
process.exitCode = agrees(result) ? 0 : 1;
