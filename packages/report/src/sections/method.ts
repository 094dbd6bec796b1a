import { plural } from "@shortfall/audit";
import type { ReportView } from "../report-view.js";
import { countText } from "../text/amount.js";
import { escapeText } from "../text/escape.js";
import { sectionMarkup } from "./section.js";

/** Which version produced each number, from which input. */
export function method({ data }: ReportView): string {
  const histories = data.histories.map((history) => {
    const layers = history.waterfall.layers
      .map((layer) => `${escapeText(layer.id)} (${escapeText(layer.policy)})`)
      .join(", then ");
    return `<div><h3>${escapeText(history.name)}</h3><dl><dt>Model</dt><dd>${escapeText(history.journal.model)}, version ${escapeText(history.version)}</dd><dt>Waterfall</dt><dd>${escapeText(history.waterfall.id)}, version ${escapeText(history.waterfall.version)}${history.waterfall.title === undefined ? "" : `: ${escapeText(history.waterfall.title)}`}</dd><dt>Layers</dt><dd>${layers === "" ? "none" : layers}</dd><dt>Journal</dt><dd>${countText(history.entries)} ${plural(history.entries, "entry", "entries")}, digest ${digest(history.journalDigest)}</dd></dl></div>`;
  });
  const inputs = data.inputs.map(
    (input) =>
      `<dt>${escapeText(input.name)}</dt><dd>${countText(input.bytes)} bytes, SHA-256 ${digest(input.sha256)}</dd>`,
  );
  return sectionMarkup({
    id: "method",
    question: "How was it computed?",
    title: "Method",
    notes: [
      data.calls
        ? "Calls were read only where logs do not determine an outcome; recorded state was compared, never used."
        : "No call was read; recorded state was used only where a finding says so.",
    ],
    content: `${histories.join("")}<h3>Input</h3><dl>${inputs.join("")}</dl>`,
  });
}

/** A digest in groups of eight that copies without spaces. */
export const digest = (hex: string): string =>
  `<code class="digest f" data-copy="${escapeText(hex)}">${(hex.match(/.{1,8}/g) ?? []).map((group) => `<i>${escapeText(group)}</i>`).join("")}</code>`;
