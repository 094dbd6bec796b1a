import type { EventCodec } from "@shortfall/core";
import { ZERO_ADDRESS } from "../blue/constants.js";
import { amountOf, type DecodedLog, textOf } from "../blue/events.js";
import type { Extension } from "../blue/observe.js";
import { type Candidate, Unreadable, type Walk } from "../blue/reading.js";
import { recordMove } from "./allocation.js";
import { VAULT_EVENTS } from "./events.js";
import {
  enableMarket,
  enterVault,
  leaveIdle,
  leaveVault,
  noteConfiguration,
  setCap,
  setSupplyQueue,
  setVaultFee,
  setVaultFeeRecipient,
  setWithdrawQueue,
  skim,
  transferShares,
  type VaultAmount,
} from "./operations.js";
import type { Vault, Vaults } from "./vault.js";
import { isVaultStep } from "./vault-step.js";

/** Events that close an operation which began by counting assets. */
const CLOSING: ReadonlySet<string> = new Set(["Deposit", "Withdraw", "SetFee", "SetFeeRecipient"]);

/** Reads the events of vaults. A vault's operation is one unbroken run of logs, its Morpho logs included. */
export class VaultReader implements Extension {
  readonly #vaults: Vaults;

  constructor(vaults: Vaults) {
    this.#vaults = vaults;
  }

  tableOf(address: string): ReadonlyMap<string, EventCodec> | undefined {
    return this.#vaults.has(address) ? VAULT_EVENTS : undefined;
  }

  read(walk: Walk, index: number): boolean {
    const event = walk.events[index]!;
    const vault = this.#vaults.get(event.address);
    if (!vault) return this.#readIdle(walk, index, event);
    walk.explain(index, candidatesOf(walk, index, vault, event), "run");
    // Shares that are a market's token are also what an operation of Morpho is paid in.
    if (event.name === "Transfer" && walk.state.tokens.has(vault.address)) walk.release(index);
    return true;
  }

  readTransfer(walk: Walk, index: number): boolean {
    const event = walk.events[index]!;
    const vault = this.#vaults.get(textOf(event, "from"));
    if (!vault) return false;
    throw new Unreadable(
      walk.finding("unexplained", "differs", event.at, "Tokens left a vault without an operation.", {
        pool: vault.address,
        field: "Transfer.value",
        reported: amountOf(event, "value").toString(),
        recomputed: "none",
      }),
    );
  }

  /** Tokens from outside that no operation of the vault takes; those from Morpho belong to a reallocation. */
  #readIdle(walk: Walk, index: number, event: DecodedLog): boolean {
    if (event.name !== "Transfer") return false;
    const from = textOf(event, "from");
    const vault = this.#vaults.get(textOf(event, "to"));
    if (vault && !walk.state.holders.has(from)) {
      const value = amountOf(event, "value");
      walk.explain(index, [(run) => leaveIdle(run, vault, event.address, from, value)], "run");
      return true;
    }
    return this.#readSkim(walk, index, event);
  }

  /** A skim shows the payment first and then says what it was. */
  #readSkim(walk: Walk, index: number, event: DecodedLog): boolean {
    const vault = this.#vaults.get(textOf(event, "from"));
    if (!vault) return false;
    const said = walk.next(index, ({ address }) => address === vault.address);
    if (said?.name !== "Skim" || said.args.token !== event.address) return false;
    const to = textOf(event, "to");
    const known = vault.skimRecipientId;
    const recipient = known === undefined ? to : walk.state.accounts.keyOf(known);
    const caller = textOf(said, "caller");
    walk.explain(index, [(run) => skim(run, vault, caller, event.address, recipient)], "run");
    return true;
  }
}

function candidatesOf(walk: Walk, index: number, vault: Vault, event: DecodedLog): Candidate[] {
  const amount = (name: string) => amountOf(event, name);
  const text = (name: string) => textOf(event, name);
  switch (event.name) {
    case "Transfer": {
      const from = text("from");
      const to = text("to");
      if (from === ZERO_ADDRESS) return operationsOf(walk, index, vault);
      return [(run) => transferShares(run, vault, { from, to, shares: amount("value") })];
    }
    case "AccrueInterest":
      return operationsOf(walk, index, vault);
    case "UpdateLastTotalAssets": {
      const following = walk.next(index, ({ address }) => address === vault.address);
      return following?.name === "SetWithdrawQueue"
        ? enablingOf(walk, index, vault)
        : operationsOf(walk, index, vault);
    }
    case "SetSupplyQueue":
      return [(run) => setSupplyQueue(run, vault, text("caller"), listOf(event, "newSupplyQueue"))];
    case "SetWithdrawQueue":
      return [(run) => setWithdrawQueue(run, vault, text("caller"), listOf(event, "newWithdrawQueue"))];
    case "SetCap":
      return [(run) => setCap(run, vault, text("caller"), text("id"), amount("cap"))];
    case "ReallocateWithdraw":
    case "ReallocateSupply":
      return [reallocationOf(walk, vault, event, event.name)];
    case "Skim":
      // Of a token that no market has, neither balance nor payment is followed.
      if (walk.state.tokens.has(text("token"))) return [];
      return [(run) => noteConfiguration(run, vault, event.name, event.args)];
    case "Deposit":
    case "Withdraw":
    case "SetFee":
    case "SetFeeRecipient":
    case "UpdateLostAssets":
      // None of them comes first in its operation.
      return [];
    default:
      return [(run) => noteConfiguration(run, vault, event.name, event.args)];
  }
}

/** Operations that may have begun here, by the event that closes them. */
function operationsOf(walk: Walk, index: number, vault: Vault): Candidate[] {
  const closing = walk.next(index, ({ address, name }) => address === vault.address && CLOSING.has(name));
  if (!closing) return [];
  const text = (name: string) => textOf(closing, name);
  const either = (act: (amount: VaultAmount) => Candidate): Candidate[] => [
    act({ assets: amountOf(closing, "assets") }),
    act({ shares: amountOf(closing, "shares") }),
  ];
  switch (closing.name) {
    case "Deposit": {
      const parties = { caller: text("sender"), receiver: text("owner") };
      return either((amount) => (run) => enterVault(run, vault, { ...parties, amount }));
    }
    case "Withdraw": {
      const parties = { caller: text("sender"), receiver: text("receiver"), owner: text("owner") };
      return either((amount) => (run) => leaveVault(run, vault, { ...parties, amount }));
    }
    case "SetFee":
      return [(run) => setVaultFee(run, vault, text("caller"), amountOf(closing, "newFee"))];
    default:
      return [(run) => setVaultFeeRecipient(run, vault, text("newFeeRecipient"))];
  }
}

/** The first cap of a market: the queue grows by it, and the cap follows. */
function enablingOf(walk: Walk, index: number, vault: Vault): Candidate[] {
  const cap = walk.next(index, ({ address, name }) => address === vault.address && name === "SetCap");
  if (!cap) return [];
  const [caller, id, limit] = [textOf(cap, "caller"), textOf(cap, "id"), amountOf(cap, "cap")] as const;
  return [(run) => enableMarket(run, vault, caller, id, limit)];
}

/** A vault's move is what Morpho's own event just before it says, by the vault for the vault. */
function reallocationOf(
  walk: Walk,
  vault: Vault,
  event: DecodedLog,
  name: "ReallocateWithdraw" | "ReallocateSupply",
): Candidate {
  const out = name === "ReallocateWithdraw";
  return (run) => {
    const kind = out ? "withdraw" : "supply";
    const last = walk.steps.findLast(({ step }) => !isVaultStep(step))?.step;
    const moved = last?.kind === kind ? last.logs.find((log) => log.name !== "Transfer")?.args : undefined;
    const own = moved?.caller === vault.address && moved.onBehalf === vault.address ? moved : undefined;
    const id = String(own?.id ?? "none");
    const assets = BigInt(String(own?.assets ?? 0n));
    const shares = BigInt(String(own?.shares ?? 0n));
    const caller = textOf(event, "caller");
    recordMove(
      run,
      vault,
      name,
      out
        ? { caller, id, withdrawnAssets: assets, withdrawnShares: shares }
        : { caller, id, suppliedAssets: assets, suppliedShares: shares },
    );
  };
}

function listOf(event: DecodedLog, name: string): readonly string[] {
  const value = event.args[name];
  return Array.isArray(value) ? value.map(String) : [];
}
