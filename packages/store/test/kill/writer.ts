// Appends the conformance journal to a file store until it is killed or reaches its end. Says what was acknowledged.
import { writeSync } from "node:fs";
import { conformanceJournal } from "@shortfall/testing";
import { FileStore } from "../../src/index.js";
import { Dice } from "./dice.js";
import { KEY } from "./key.js";

const [root, seed] = process.argv.slice(2);
const say = (text: string): void => {
  writeSync(1, `${text}\n`);
};

say("loaded");
const end = await new Promise((resolve) => process.stdin.once("data", resolve));
const dice = new Dice(Number(seed));
const expected = conformanceJournal(Number(end));
const store = new FileStore(root!, { segmentBytes: 400_000 });
const journal = await store.open(KEY, expected.header);
say(`open ${journal.length}`);
while (journal.length < expected.length) {
  // Mostly small batches, some that take many writes.
  const size = 1 + dice.below(dice.below(4) === 0 ? 1200 : 40);
  const { length } = await journal.append(expected.entries(journal.length).slice(0, size));
  say(`stored ${length}`);
  if (dice.below(5) === 0) await journal.putSnapshot(Uint8Array.of(length % 256));
}
say(`done ${await journal.digest()}`);
await store.close();
process.stdin.destroy();
