import { ShortfallError } from "@shortfall/core";
import { PROFILES, type Profile } from "../profiles.js";
import { MARKET_RELEASES, type MarketReleases, PUBLISHED, REGISTER_ENDS } from "./market-releases.js";

/** The register cannot say which release a pool ran at a time. */
export class UnknownReleaseError extends ShortfallError {
  readonly code = "SF_AAVE_UNKNOWN_RELEASE";

  constructor(
    readonly chainId: number,
    readonly pool: string,
    readonly timeSeconds: number,
    /** Releases it may have been, oldest first; empty where nothing is known. */
    readonly candidates: readonly string[],
  ) {
    super(
      candidates.length === 0
        ? `The register knows no release of pool ${pool} on chain ${chainId} at ${day(timeSeconds)}. Read POOL_REVISION at that block.`
        : `Pool ${pool} on chain ${chainId} ran ${candidates.join(" or ")} at ${day(timeSeconds)}: an upgrade fell into these days. Read POOL_REVISION at that block, or diagnose an accrual.`,
    );
  }
}

/**
 * Profile of the release that a pool ran at a time (seconds since 1970).
 *
 * The days in the register are the first sightings of an implementation, later than the upgrade itself, so the
 * days between an upgrade's publication and its sighting are refused.
 *
 * @throws {UnknownReleaseError} unknown pool, before its first sighting, around an upgrade, or after the
 * register ends.
 */
export function releaseInForce(chainId: number, pool: string, timeSeconds: number): Profile {
  const address = pool.toLowerCase();
  const market = MARKET_RELEASES.find((entry) => entry.chainId === chainId && entry.pool === address);
  const candidates = market === undefined ? [] : candidatesAt(market, day(timeSeconds));
  const version = candidates.length === 1 ? candidates[0] : undefined;
  const profile = PROFILES.find((entry) => entry.version === version);
  if (profile === undefined) throw new UnknownReleaseError(chainId, address, timeSeconds, candidates);
  return profile;
}

/** Releases that may have run on a day: sighted by then, or published by then and sighted later. */
function candidatesAt(market: MarketReleases, on: string): string[] {
  if (on > REGISTER_ENDS) return [];
  const releases = Object.entries(market.inForceBy);
  return releases
    .filter(([version, by], index) => {
      const next = releases[index + 1];
      // Where an upgrade's publication is unknown, it came after the sighting of the release before it.
      const earliest = PUBLISHED[version] ?? releases[index - 1]?.[1] ?? by;
      const begins = index === 0 ? by : earliest;
      return begins <= on && (next === undefined || on < next[1]);
    })
    .map(([version]) => version);
}

const day = (timeSeconds: number): string => new Date(timeSeconds * 1000).toISOString().slice(0, 10);
