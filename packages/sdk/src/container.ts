// tsyringe refuses to load without this polyfill, so it comes first.
import "reflect-metadata";
import { type DependencyContainer, type InjectionToken, container as root } from "tsyringe";

export type { DependencyContainer, InjectionToken };

/**
 * What the SDK registers, and where a host or a plugin may put its own. `Symbol.for`, so that an ESM and a CJS
 * copy of this package mean the same thing.
 */
export const TOKENS = {
  /** A {@link LossPolicy}; registered once a policy. */
  policy: Symbol.for("@shortfall/policy"),
  /** A {@link ProtocolAdapter}; registered once an adapter. */
  adapter: Symbol.for("@shortfall/adapter"),
  /** The checked {@link Configuration}. */
  configuration: Symbol.for("@shortfall/configuration"),
  /** The policies of the container it is resolved from, by id. */
  registry: Symbol.for("@shortfall/registry"),
  /** The ledger of a ledger's own container. */
  ledger: Symbol.for("@shortfall/ledger"),
} as const;

/** A container of our own: nothing is registered in tsyringe's global one. */
export const createContainer = (): DependencyContainer => root.createChildContainer();

/** Everything registered under a token in this container and its parents; empty if nothing is. */
export function resolveEach<T>(container: DependencyContainer, token: InjectionToken<T>): readonly T[] {
  return container.isRegistered(token, true) ? container.resolveAll(token) : [];
}
