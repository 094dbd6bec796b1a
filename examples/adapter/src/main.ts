import { pond } from "./adapter.js";
import { recordPond } from "./recorder.js";

const { header, lines } = recordPond(200, 5);
const session = pond.traces.open(header);
let compared = 0;
let differing = 0;
for (const line of lines) {
  const result = session.observe(line, { calls: false });
  compared += result.comparisons;
  differing += result.mismatches.length;
}
process.stdout.write(`${lines.length} lines observed, ${compared} values compared, ${differing} differ\n`);
for (const writeOff of session.model.writeOffs()) {
  const losses = session.model.haircuts(writeOff.id).flatMap((table) => table.rows.map((row) => row.loss));
  process.stdout.write(
    `bad debt ${writeOff.recomputed} of ${writeOff.account.slice(-4)}, shared as ${losses.join(" + ")}, uncovered ${writeOff.uncovered}\n`,
  );
}
process.exitCode = differing === 0 ? 0 : 1;
