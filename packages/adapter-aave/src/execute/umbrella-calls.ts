import {
  depositStake,
  moveStaked,
  setStakePrice,
  stakeAssetsDown,
  stakeSharesDown,
  startCooldown,
  withdrawStake,
} from "../operations/stake.js";
import { type CoverKind, coverThroughUmbrella, setDeficitOffset, slash } from "../operations/umbrella.js";
import type { Step } from "../step.js";
import type { Call } from "./call.js";
import type { CallPlan } from "./pool-calls.js";

const COVERS: Readonly<Record<string, CoverKind>> = {
  coverPendingDeficit: "pending",
  coverDeficitOffset: "offset",
  coverReserveDeficit: "plain",
};

/** Calls of the Umbrella and its stake tokens. */
export function umbrellaCall(call: Call): CallPlan | undefined {
  const kind = COVERS[call.type];
  if (kind !== undefined) {
    const input = {
      kind,
      reserve: call.reserve("reserve"),
      caller: call.account("from"),
      amountAssets: call.amount("amount"),
    };
    return { kind: `cover-${kind}`, run: (step) => coverThroughUmbrella(step, input) };
  }
  if (call.type === "slash") {
    const reserve = call.reserve("reserve");
    return { kind: "slash", run: (step) => slash(step, reserve) };
  }
  if (call.type === "setDeficitOffset") {
    const reserve = call.reserve("reserve");
    const offset = call.amount("amount");
    const caller = call.account("from");
    return {
      kind: "set-offset",
      run: (step) => {
        requireAdmin(step, caller);
        setDeficitOffset(step, reserve, offset);
      },
    };
  }
  return stakeCall(call);
}

/** The Umbrella's administrator holds its default role, which is all zeros. */
function requireAdmin(step: Step, caller: string): void {
  const { umbrella } = step.market;
  if (caller === umbrella?.admin) return;
  step.refuse("AccessControlUnauthorizedAccount", step.market.spelled(caller), `0x${"0".repeat(64)}`);
}

function stakeCall(call: Call): CallPlan | undefined {
  switch (call.type) {
    case "stakeDeposit": {
      const stake = call.stake("stake");
      const sender = call.account("from");
      const assets = call.amount("assets");
      return {
        kind: "stake",
        run: (step) => {
          const shares = stakeSharesDown(stake, assets);
          depositStake(step, { stake, sender, owner: sender, assets, shares });
        },
      };
    }
    case "stakeCooldown": {
      const stake = call.stake("stake");
      const from = call.account("from");
      return {
        kind: "stake-cooldown",
        run: (step) => {
          const { market } = step;
          const account = market.account(from);
          const shares = stake.shares.get(account);
          if (shares === 0n) step.refuse("ZeroBalanceInStaking");
          const cooldown = market.umbrella?.cooldownSeconds ?? 0n;
          const window = market.umbrella?.windowSeconds ?? 0n;
          startCooldown(step, stake, account, { shares, ends: step.now + cooldown, window });
        },
      };
    }
    case "stakeRedeem": {
      const stake = call.stake("stake");
      const from = call.account("from");
      const shares = call.amount("shares");
      return {
        kind: "unstake",
        run: (step) => {
          const assets = stakeAssetsDown(stake, shares);
          withdrawStake(step, { stake, sender: from, receiver: from, owner: from, assets, shares });
        },
      };
    }
    case "stakeDonate": {
      const stake = call.stake("stake");
      const from = call.account("from");
      const assets = call.amount("amount");
      return { kind: "stake-donation", run: (step) => moveStaked(step, stake, from, stake.address, assets) };
    }
    case "setStakePrice": {
      const stake = call.stake("stake");
      const price = call.amount("price");
      return { kind: "price", run: (step) => setStakePrice(step, stake, price) };
    }
    default:
      return undefined;
  }
}
