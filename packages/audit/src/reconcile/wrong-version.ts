import type { HistoryHeader, ProtocolAdapter } from "@shortfall/core";
import type { HistoryResult } from "./history-audit.js";

/** Versions of the adapter other than the one a header names, as headers would name them. */
export const otherVersions = (adapter: ProtocolAdapter, header: HistoryHeader): string[] =>
  adapter.versions.filter((version) => !header.version.startsWith(version));

/** Whether nothing that was read differs. */
export const agrees = (result: HistoryResult): boolean =>
  result.severities.differs === 0 && result.writeOffs.every(({ difference }) => difference === 0n);

/**
 * Names the wrong version as the cause of a history's differences, once a run under `version` has agreed. The
 * numbers stay those of the version that the header names.
 */
export function explainedByVersion(
  result: HistoryResult,
  version: string,
  other: HistoryResult,
): HistoryResult {
  const agreed = other.writeOffs.length;
  const position = result.findings.find((finding) => finding.severity === "differs")?.position;
  return {
    ...result,
    severities: { ...result.severities, differs: result.severities.differs + 1 },
    findings: [
      {
        class: "wrong-version",
        severity: "differs",
        message: `Under version ${version} everything that was read agrees, ${agreed} ${agreed === 1 ? "write-off" : "write-offs"} included; the header says ${result.version}. Check which version the contracts ran and correct the header.`,
        position: position ?? { block: 0, timestamp: 0, line: 1 },
        field: "version",
        reported: result.version,
        recomputed: version,
        file: result.name,
      },
      ...result.findings.map((finding) =>
        finding.severity === "differs" ? { ...finding, class: "wrong-version" as const } : finding,
      ),
    ],
    writeOffs: result.writeOffs.map((row) =>
      row.difference === 0n ? row : { ...row, class: "wrong-version" as const },
    ),
  };
}

/**
 * Runs a history that differs under the adapter's other versions, in their order, and names the first under which
 * all of it agrees. `run` re-executes the whole history under a header; it gives nothing for a version that the
 * header or its lines do not fit.
 */
export async function triedUnderVersions(
  adapter: ProtocolAdapter,
  header: HistoryHeader,
  result: HistoryResult,
  run: (header: HistoryHeader) => Promise<HistoryResult | undefined>,
): Promise<HistoryResult> {
  if (agrees(result)) return result;
  for (const version of otherVersions(adapter, header)) {
    const other = await run({ ...header, version });
    if (other && agrees(other)) return explainedByVersion(result, version, other);
  }
  return result;
}
