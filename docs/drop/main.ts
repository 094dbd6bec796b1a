import { verdictWords } from "@shortfall/audit";
import { isShortfallError } from "@shortfall/core";
import sample from "../../examples/logs/comet.jsonl.gz?url";
import { element } from "../playground/view/element.js";
import { type Reconciled, reconcileBytes } from "./reconcile.js";
import "./style.css";

const SAMPLE = "comet.jsonl.gz";
/** A larger file would hold the page up for minutes; the command reads any. 32 MiB. */
const LARGEST = 32 * 1024 * 1024;

/** Puts the page's working part into a place. Returns what takes it away again. */
export function mount(place: HTMLElement): () => void {
  const status = element("p", { class: "status", role: "status", "aria-live": "polite" });
  const outcome = element("div", { class: "outcome" });
  const input = element("input", {
    type: "file",
    id: "history",
    accept: ".jsonl,.ndjson,.json,.gz",
    change: () => void take(input.files?.[0]),
  });
  const zone = element(
    "div",
    { class: "zone" },
    element("label", { for: "history" }, "Drop a history here, or choose a file"),
    input,
    element(
      "p",
      { class: "help" },
      "Plain logs or a golden trace, as JSON Lines, plain or gzip. It stays in this browser.",
    ),
    element(
      "button",
      { type: "button", class: "framed", click: () => void trySample() },
      "Use the sample: a Comet market with eleven write-offs",
    ),
  );
  let address: string | undefined;

  const forget = (): void => {
    if (address !== undefined) URL.revokeObjectURL(address);
    address = undefined;
  };
  const reconcile = async (bytes: Uint8Array, name: string): Promise<void> => {
    forget();
    outcome.replaceChildren();
    status.textContent = `Reading ${name} …`;
    status.classList.remove("fault");
    // Lets the browser show the words before it is busy.
    await new Promise((resolve) => setTimeout(resolve, 30));
    const started = performance.now();
    try {
      const reconciled = await reconcileBytes(bytes, name);
      status.textContent = `${name}: ${took(performance.now() - started)}, nothing left this browser.`;
      address = URL.createObjectURL(new Blob([reconciled.page], { type: "text/html" }));
      outcome.replaceChildren(...shown(reconciled, address));
    } catch (error) {
      if (!isShortfallError(error)) throw error;
      status.classList.add("fault");
      status.textContent = error.message;
    }
  };
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    if (file.size > LARGEST) {
      status.classList.add("fault");
      status.textContent = `${file.name} is larger than 32 MiB. Run \`shortfall reconcile ${file.name} --out report\` instead.`;
      return;
    }
    await reconcile(new Uint8Array(await file.arrayBuffer()), file.name);
  };
  const trySample = async (): Promise<void> => {
    const response = await fetch(sample);
    await reconcile(new Uint8Array(await response.arrayBuffer()), SAMPLE);
  };

  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    void take(event.dataTransfer?.files[0]);
  });
  place.replaceChildren(zone, status, outcome);
  place.classList.add("drop");
  return forget;
}

/** The verdict, what was read, and the report itself in a frame that may ask for nothing. */
function shown({ data, page }: Reconciled, address: string): HTMLElement[] {
  const read = (pick: (coverage: Reconciled["data"]["coverage"][number]) => number): number =>
    data.coverage.reduce((sum, coverage) => sum + pick(coverage), 0);
  const counts = [
    [read(({ transactions }) => transactions), "transactions"],
    [read(({ logs }) => logs), "logs"],
    [data.writeOffs.length, "write-offs"],
    [data.findings.length, "findings"],
  ] as const;
  const frame = element("iframe", {
    title: "The report of this history",
    sandbox: "allow-scripts",
    srcdoc: page,
  });
  return [
    element("h2", { class: "verdict" }, verdictWords(data)),
    element("p", {}, `${data.protocol}: ${counts.map(([count, what]) => `${count} ${what}`).join(", ")}.`),
    element(
      "p",
      { class: "links" },
      element(
        "a",
        { href: address, target: "_blank", rel: "noopener" },
        "Open the report in a tab of its own",
      ),
      element("a", { href: address, download: "report.html" }, "Save report.html"),
    ),
    frame,
  ];
}

const took = (milliseconds: number): string =>
  `read and re-executed in ${(milliseconds / 1000).toFixed(1)} s`;
