import { HeaderError, type HistoryHeader, type ProtocolAdapter } from "@shortfall/core";

/** The adapters a run may use, found by the protocol that a header names. */
export class AdapterRegistry {
  readonly #adapters = new Map<string, ProtocolAdapter>();

  constructor(adapters: Iterable<ProtocolAdapter>) {
    for (const adapter of adapters) this.#adapters.set(adapter.protocol, adapter);
  }

  all(): readonly ProtocolAdapter[] {
    return [...this.#adapters.values()];
  }

  /**
   * The adapter for a header.
   *
   * @throws {HeaderError} the protocol is unknown, or its version is none that the adapter models.
   */
  for(header: Readonly<Record<string, unknown>>): { adapter: ProtocolAdapter; header: HistoryHeader } {
    const { protocol, version } = header;
    if (typeof protocol !== "string") throw new HeaderError("protocol", this.#known(), show(protocol));
    const adapter = this.#adapters.get(protocol);
    if (!adapter) throw new HeaderError("protocol", this.#known(), show(protocol));
    if (typeof version !== "string" || !adapter.versions.some((known) => version.startsWith(known))) {
      throw new HeaderError("version", `one of: ${adapter.versions.join(", ")}`, show(version));
    }
    return { adapter, header: { ...header, protocol, version } };
  }

  #known(): string {
    return `one of: ${[...this.#adapters.keys()].sort().join(", ")}`;
  }
}

/** The exports of a module that are adapters; what else it exports is no concern of ours. */
export function adaptersOf(module: object): ProtocolAdapter[] {
  return Object.values(module).filter(isProtocolAdapter);
}

function isProtocolAdapter(value: unknown): value is ProtocolAdapter {
  if (typeof value !== "object" || value === null) return false;
  const { protocol, versions, open, traces } = value as Partial<Record<string, unknown>>;
  return (
    typeof protocol === "string" &&
    Array.isArray(versions) &&
    typeof open === "function" &&
    typeof traces === "object"
  );
}

const show = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));
