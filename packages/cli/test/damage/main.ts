import { goldenFiles, goldenHistory, reconcileLines } from "./golden.js";
import { type Judgement, judgeDamage, seededDraw } from "./judge.js";
import { DAMAGE_KINDS } from "./kinds.js";

/*
 * npm run damage -- [copies] [seed]: reconciles every golden history, which must find nothing unexplained, then
 * copies of them with one thing wrong in each, which must be found where it is. Five hundred copies where nothing else
 * is asked.
 */
const [copies = 500, seed = 1] = process.argv.slice(2).map(Number);
const files = goldenFiles();
let failed = 0;
let notes = 0;
for (const file of files) {
  const history = goldenHistory(file);
  const result = await reconcileLines(history, history.lines);
  const bad = result.findings.filter(({ severity }) => severity === "differs");
  const incomplete = result.findings.filter(({ severity }) => severity === "incomplete").length;
  notes += result.findings.length - bad.length;
  if (bad.length + incomplete > 0 || result.writeOffs.some(({ difference }) => difference !== 0n)) {
    process.stdout.write(`${file}: ${bad.length} findings differ, ${incomplete} incomplete\n`);
    failed++;
  }
}
process.stdout.write(`${files.length} golden histories, ${notes} notes, ${failed} with other findings\n`);

const draw = seededDraw(seed);
const counts = new Map<string, Map<Judgement["outcome"], number>>();
for (let copy = 0; copy < copies; ) {
  const kind = DAMAGE_KINDS[copy % DAMAGE_KINDS.length]!;
  const judgement = await judgeDamage(goldenHistory(files[draw(files.length)]!), kind, draw);
  if (!judgement) continue;
  copy++;
  const row = counts.get(kind.name) ?? new Map<Judgement["outcome"], number>();
  counts.set(kind.name, row.set(judgement.outcome, (row.get(judgement.outcome) ?? 0) + 1));
  if (["unnoticed", "elsewhere", "crash"].includes(judgement.outcome)) {
    process.stdout.write(`${judgement.outcome}: ${judgement.what}\n`);
    failed++;
  } else if (judgement.outcome === "invisible") process.stdout.write(`not in the logs: ${judgement.what}\n`);
}
for (const [kind, row] of counts) {
  const words = [...row].map(([outcome, count]) => `${count} ${outcome}`).join(", ");
  process.stdout.write(`${kind.padEnd(20)} ${words}\n`);
}
process.exitCode = failed === 0 ? 0 : 1;
