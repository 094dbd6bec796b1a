import * as aave from "@shortfall/adapter-aave";
import * as compound from "@shortfall/adapter-compound";
import * as euler from "@shortfall/adapter-euler";
import * as morpho from "@shortfall/adapter-morpho";
import {
  AdapterRegistry,
  adaptersOf,
  HistoryAudit,
  type HistoryResult,
  haircutTables,
  historyLiabilities,
  type ReportData,
  reportData,
  triedUnderVersions,
} from "@shortfall/audit";
import { type HistoryHeader, isShortfallError } from "@shortfall/core";
import { htmlReport } from "@shortfall/report";
import { HistoryText } from "@shortfall/sources";

/** The adapters of the command. */
const ADAPTERS = new AdapterRegistry([aave, compound, euler, morpho].flatMap(adaptersOf));

export interface Reconciled {
  readonly data: ReportData;
  /** The report page, as `shortfall reconcile --out` writes it. */
  readonly page: string;
}

/**
 * Reconciles a history that is in memory and writes its report page.
 *
 * @throws {ShortfallError} the bytes are no history, or one that no model can digest; the message says where.
 */
export async function reconcileBytes(
  bytes: Uint8Array,
  name: string,
  onTransaction: (count: number) => void = () => undefined,
): Promise<Reconciled> {
  const named = (await HistoryText.ofBytes(bytes, name)).header;
  const { adapter, header } = ADAPTERS.for(named);
  const pieces: string[] = [];
  const run = async (as: HistoryHeader, journal?: (text: string) => void): Promise<HistoryResult> => {
    const text = await HistoryText.ofBytes(bytes, name);
    const { style, complete } = text;
    const audit = new HistoryAudit(
      adapter,
      { name, header: as, style, complete },
      { calls: true, onTransaction, ...(journal ? { journal } : {}) },
    );
    await audit.read(text);
    await audit.end();
    return audit.result();
  };
  const first = await run(header, (text) => {
    pieces.push(text);
  });
  const result = await triedUnderVersions(adapter, header, first, async (as) => {
    try {
      return await run(as);
    } catch (error) {
      // A version whose header or lines do not fit explains nothing.
      if (isShortfallError(error)) return undefined;
      throw error;
    }
  });
  const data = reportData([result], { calls: true });
  const page = htmlReport(data, {
    haircuts: () => haircutTables(result),
    journal: () => pieces,
    liabilities: () => historyLiabilities(result),
  });
  return { data, page };
}
