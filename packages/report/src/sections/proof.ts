import type { ReportView } from "../report-view.js";
import { countText } from "../text/amount.js";
import { digest } from "./method.js";
import { riskDigest } from "./risk-proof.js";
import { sectionMarkup } from "./section.js";

/** The button that computes everything on this page again, and what it cannot prove. */
export function proof({ data }: ReportView, journalEmbedded: boolean, riskData: string | undefined): string {
  const entries = data.histories.reduce((sum, history) => sum + history.entries, 0);
  const carried = journalEmbedded
    ? `This page carries its journal of ${countText(entries)} entries.`
    : `The journal of ${countText(entries)} entries is too large for one page; <code>shortfall verify</code> proves it in <code>journal.jsonl</code>.`;
  return sectionMarkup({
    id: "proof",
    question: "Can I trust this page?",
    title: "Proof",
    notes: [
      "The button adds up every layer, holder and difference again with exact integers, reads every figure on the page, and hashes the journal line by line.",
    ],
    content: `<p class="scripted"><button type="button" id="verify" class="primary">Verify this page</button></p><p id="verified" role="status" aria-live="polite" class="scripted">Not checked yet.</p><p class="unscripted">Without scripts the page cannot check itself; run <code>shortfall verify</code> on its folder.</p><p>Journal digest</p><p id="digest" class="large" data-digest="${data.journalDigest.replace(/[^0-9a-f]/g, "")}">${digest(data.journalDigest)}</p>${riskData === undefined ? "" : riskDigest(riskData)}<p>${carried} A page cannot vouch for itself: compare these 64 characters with a copy from elsewhere, or run <code>shortfall verify FOLDER --logs LOGS</code>, which computes all of it again.</p>`,
  });
}
