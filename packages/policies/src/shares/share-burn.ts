import { type ClassFacts, definePolicy } from "@shortfall/core";
import { min } from "@shortfall/math";
import * as z from "zod";
import { identifier } from "../pieces/schema.js";
import { classOf, virtualTotals } from "../pieces/shares.js";

const parameters = z.strictObject({
  class: identifier.describe("Class whose shares are burned."),
  holder: identifier.describe("Whose shares are burned."),
});

/**
 * Shares of one holder are burned before anybody else loses (Gearbox: the treasury's pool shares).
 *
 * Wants floor(loss·shares/assets) shares, virtual amounts included. All burned: the loss is covered in full;
 * the other holders bear the rounding. Cut short: covers floor(burned·assets/shares), at most the class's
 * claim. Recoveries mint floor(amount·shares/assets) shares at the price before assets rise.
 */
export const shareBurn = definePolicy({
  id: "share-burn",
  version: "1",
  title: "Share burn",
  parameters,
  describe: (p) => `Shares of "${p.holder}" in class "${p.class}" are burned.`,
  bearer: (p) => ({ kind: "holder", id: p.class }),
  open: () => ({}),
  capacity(view) {
    const entry = classOf(view, view.parameters.class);
    return burnCapacity(entry, entry.sharesOf(view.parameters.holder));
  },
  absorb(view, request) {
    const { class: id, holder } = view.parameters;
    const entry = classOf(view, id);
    const burn = burnFor(entry, entry.sharesOf(holder), request.remaining);
    return {
      taken: burn.covered,
      state: view.state,
      effects:
        burn.burned === 0n
          ? []
          : [
              {
                kind: "burn-shares",
                class: id,
                account: holder,
                shares: burn.burned,
                assets: burn.covered,
              },
            ],
      reason:
        burn.burned === 0n
          ? `"${holder}" has no shares to burn.`
          : `${burn.burned} shares of "${holder}" pay ${burn.covered}.`,
      figures: {
        sharesWanted: burn.wanted,
        sharesBurned: burn.burned,
        missingAssets: burn.missingAssets,
      },
    };
  },
  recover(view, offered) {
    const { class: id, holder } = view.parameters;
    const totals = virtualTotals(classOf(view, id));
    const shares = totals.assets === 0n ? 0n : (offered * totals.shares) / totals.assets;
    return {
      restored: offered,
      state: view.state,
      effects: [{ kind: "mint-shares", class: id, account: holder, shares, assets: offered }],
      reason: `Mints ${shares} shares for "${holder}".`,
      figures: { sharesMinted: shares },
    };
  },
});

interface Burn {
  readonly wanted: bigint;
  readonly burned: bigint;
  readonly covered: bigint;
  /** Worth of the shares that were wanted and not there, at the price before the loss, rounded down. */
  readonly missingAssets: bigint;
}

function burnFor(entry: ClassFacts, held: bigint, loss: bigint): Burn {
  const totals = virtualTotals(entry);
  if (totals.assets === 0n || totals.shares === 0n)
    return { wanted: 0n, burned: 0n, covered: 0n, missingAssets: 0n };
  const wanted = (loss * totals.shares) / totals.assets;
  const burned = min(wanted, held);
  const full = wanted > 0n && burned === wanted;
  const covered = min(entry.assets, full ? loss : (burned * totals.assets) / totals.shares);
  return {
    wanted,
    burned,
    covered,
    missingAssets: ((wanted - burned) * totals.assets) / totals.shares,
  };
}

/** Largest loss that wants no more than `held` shares: shares·loss < (held + 1)·assets. */
function burnCapacity(entry: ClassFacts, held: bigint): bigint {
  const totals = virtualTotals(entry);
  if (held === 0n || totals.shares === 0n || totals.assets === 0n) return 0n;
  return min(entry.assets, ((held + 1n) * totals.assets - 1n) / totals.shares);
}
