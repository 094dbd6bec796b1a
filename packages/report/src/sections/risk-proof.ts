import { digest } from "./method.js";
import { sectionMarkup } from "./section.js";

/**
 * The button that adds up every path again, and what it cannot prove. Without the data on the page there is
 * nothing to press: the command computes them again.
 */
export const riskProof = (dataDigest: string, embedded: boolean): string =>
  sectionMarkup({
    id: "proof",
    question: "Can I trust this page?",
    title: "Proof",
    notes: embedded
      ? [
          "The button hashes the data of this page, adds up every path's layers with exact integers, and reads every figure on the page.",
        ]
      : [],
    content: `${embedded ? BUTTON : TOO_LARGE}${riskDigest(dataDigest)}<p>A page cannot vouch for itself: compare these 64 characters with a copy from elsewhere, or run <code>shortfall risk verify FOLDER</code>, which computes all of it again from its input.</p>`,
  });

const BUTTON =
  '<p class="scripted"><button type="button" id="verify" class="primary">Verify this page</button></p><p id="verified" role="status" aria-live="polite" class="scripted">Not checked yet.</p><p class="unscripted">Without scripts the page cannot check itself; compare the digest with that of <code>risk.json</code>.</p>';

const TOO_LARGE =
  "<p>The paths of this report are too many for one page; they are in <code>risk.json</code>.</p>";

/** SHA-256 of the risk data: of the block of the page and of the folder's file alike. */
export const riskDigest = (hex: string): string =>
  `<p>Digest of <code>risk.json</code></p><p id="risk-digest" class="large" data-digest="${hex}">${digest(hex)}</p>`;
