import { combinedDigest, JournalCheck } from "@shortfall/audit";
import type { PageFacts } from "../src/page-data.js";
import { fullAmount } from "../src/text/amount.js";
import { changed, PageChanged, requireSame, unitsIn } from "./changed.js";
import { checkRisk } from "./check-risk.js";
import { byId } from "./elements.js";
import type { HolderData } from "./holder-data.js";
import { blockText } from "./inflate.js";

/**
 * Checks the page against what it carries: every figure's digits, every sum, and the journal by the code that
 * `shortfall verify` runs. Gives what was proved, in words.
 *
 * @throws {PageChanged} at the first thing that does not hold.
 */
export async function verifyPage(holders: HolderData | undefined): Promise<string> {
  checkFigures();
  const proved: string[] = [];
  const facts = await blockText("facts");
  if (facts !== undefined) proved.push(await checkReconciliation(JSON.parse(facts) as PageFacts, holders));
  const risk = await blockText("risk");
  if (risk !== undefined) proved.push(checkRisk(risk));
  if (proved.length === 0) changed("it holds no data");
  return `This page is intact: ${proved.join(" ")}`;
}

async function checkReconciliation(facts: PageFacts, holders: HolderData | undefined): Promise<string> {
  const differing = checkWriteOffs(facts);
  const held = holders ? checkHolders(holders) : "";
  const journal = await checkJournal();
  const count = facts.writeOffs.length;
  const differ =
    differing === 0
      ? ""
      : ` ${differing} ${differing === 1 ? "write-off differs" : "write-offs differ"}, as the verdict says.`;
  return `${journal}${count} ${count === 1 ? "write-off" : "write-offs"}${held} ${count === 1 && held === "" ? "adds" : "add"} up to the last unit.${differ}`;
}

/** Every figure says in digits what it copies. */
function checkFigures(): void {
  for (const figure of document.querySelectorAll<HTMLElement>("data.f")) {
    const units = figure.getAttribute("value") ?? "";
    const shown = (figure.textContent ?? "").replace(/^\+/, "");
    const decimals = Number(figure.dataset.d);
    const written = units === "0" && shown === "0" ? "0" : fullAmount(BigInt(units), decimals);
    if (shown !== written) changed(`a figure says ${shown}, its data say ${written}`);
  }
}

/** Sums of every write-off, its row on the page, and totals. Gives how many differ. */
function checkWriteOffs(facts: PageFacts): number {
  const totals = new Map<
    number,
    { reported: bigint; recomputed: bigint; difference: bigint; uncovered: bigint }
  >();
  const rows = new Map(facts.writeOffs.map((row) => [`${row.number}`, row]));
  let differing = 0;
  for (const row of facts.writeOffs) {
    const [reported, recomputed, difference, uncovered] = [
      row.reported,
      row.recomputed,
      row.difference,
      row.uncovered,
    ].map(BigInt) as [bigint, bigint, bigint, bigint];
    const absorbed = row.layers.reduce((sum, amount) => sum + BigInt(amount), uncovered);
    if (absorbed !== recomputed)
      changed(`the layers of write-off ${row.number} sum to ${absorbed}, not ${recomputed}`);
    if (recomputed - reported !== difference)
      changed(`the difference of write-off ${row.number} is ${recomputed - reported}, not ${difference}`);
    if (difference !== 0n) differing++;
    const total = totals.get(row.asset) ?? { reported: 0n, recomputed: 0n, difference: 0n, uncovered: 0n };
    total.reported += reported;
    total.recomputed += recomputed;
    total.difference += difference;
    total.uncovered += uncovered;
    totals.set(row.asset, total);
  }
  for (const shown of document.querySelectorAll<HTMLElement>("tr.row")) {
    const row = rows.get(shown.dataset.row ?? "");
    const said = unitsIn(shown);
    const held = row ? [row.reported, row.recomputed, row.difference] : [];
    requireSame(`write-off ${shown.dataset.row}`, said, held);
  }
  for (const shown of document.querySelectorAll<HTMLElement>("[data-asset]")) {
    const total = totals.get(Number(shown.dataset.asset));
    const said = unitsIn(shown);
    const held = total
      ? [total.reported, total.recomputed, total.difference, total.uncovered].map(String)
      : [];
    requireSame("a total", said, held.slice(0, said.length));
  }
  return differing;
}

/** Losses of the holders of every layer and their dust sum to what the layer absorbed. */
function checkHolders(holders: HolderData): string {
  if (!holders.complete) return "";
  const sums = holders.groups.map((group) => BigInt(group.dust));
  for (let row = 0; row < holders.count; row++) {
    const group = holders.groupIndexOf(row);
    sums[group] = (sums[group] ?? 0n) + holders.lossOf(row);
  }
  for (const [index, group] of holders.groups.entries()) {
    if (`${sums[index]}` !== group.absorbed) {
      changed(
        `the holders of ${group.bearer} in ${group.pool} lost ${sums[index]} with dust, not ${group.absorbed}`,
      );
    }
  }
  return ` and ${holders.count} ${holders.count === 1 ? "holder" : "holders"}`;
}

/** The journal's lines, chain and balance; its digest and balances are those of the page. */
async function checkJournal(): Promise<string> {
  const text = await blockText("journal");
  if (text === undefined) return "its journal is not in it; ";
  const check = new JournalCheck();
  for (const line of text.split("\n").slice(0, -1)) check.line(line);
  const journals = check.end();
  const [failure] = check.failures;
  if (failure !== undefined) changed(`the journal's ${failure}`);
  const digest = combinedDigest(journals.map((journal) => journal.digest));
  const region = byId("digest", HTMLElement);
  const said = [region?.dataset.digest, region?.textContent];
  for (const words of said)
    if (words !== digest) changed(`it says journal digest ${words}, its journal gives ${digest}`);
  const balances = check.trialBalance();
  for (const [index, row] of [...document.querySelectorAll("#balances tbody tr")].entries()) {
    requireSame(`balance ${index + 1}`, unitsIn(row), [`${balances[index]?.balance}`]);
  }
  const blocks = journals.reduce((sum, journal) => sum + journal.blocks, 0);
  return `the digest matches, ${blocks} journal ${blocks === 1 ? "block holds" : "blocks hold"}; `;
}

/** The button and what it says. */
export function verifyButton(holders: () => Promise<HolderData | undefined>): void {
  const button = byId("verify", HTMLButtonElement);
  const region = byId("verified", HTMLElement);
  if (!button || !region) return;
  const say = (words: string, alarm: boolean): void => {
    region.textContent = words;
    region.classList.toggle("alarm", alarm);
  };
  button.addEventListener("click", async () => {
    button.disabled = true;
    say("Checking…", false);
    try {
      // The browser shows the words before the work begins.
      await new Promise((done) => setTimeout(done, 20));
      say(await verifyPage(await holders()), false);
    } catch (error) {
      if (error instanceof PageChanged) say(`This page was changed: ${error.message}.`, true);
      else
        say(
          `This page was changed, or this browser can't check it (${error instanceof Error ? error.message : "no reason"}); run shortfall verify on its folder.`,
          true,
        );
    } finally {
      button.disabled = false;
    }
  });
}
