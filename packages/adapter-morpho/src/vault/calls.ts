import { type CallRunner, marketNamed } from "../blue/calls.js";
import { MorphoCallError } from "../blue/errors.js";
import { reallocate } from "./allocation.js";
import {
  enterVault,
  leaveVault,
  setVaultFee,
  setVaultFeeRecipient,
  skim,
  transferShares,
} from "./operations.js";
import type { Vaults } from "./vault.js";

/** Calls that name a vault and what they need beside it. Others are only known from their logs. */
export const VAULT_CALLS: Readonly<Record<string, readonly string[]>> = {
  vaultDeposit: ["amount", "receiver"],
  vaultMint: ["amount", "receiver"],
  vaultWithdraw: ["amount", "receiver"],
  vaultRedeem: ["amount", "receiver"],
  redeemFor: ["amount", "owner"],
  vaultTransfer: ["amount", "receiver"],
  vaultSetFee: ["fee"],
  vaultReallocate: ["allocations"],
  setFeeRecipient: ["newFeeRecipient"],
  skim: ["token", "receiver"],
};

/** Calls to vaults. */
export const vaultRunner =
  (vaults: Vaults): CallRunner =>
  (run, { type, fields, from }) => {
    if (!fields.has("vault") || VAULT_CALLS[type] === undefined) return false;
    const address = fields.address("vault");
    const vault = vaults.get(address);
    if (!vault) throw new MorphoCallError("vault", "a vault of this history", address);
    const receiver = () => fields.address("receiver");
    switch (type) {
      case "vaultDeposit":
        enterVault(run, vault, {
          caller: from,
          receiver: receiver(),
          amount: { assets: fields.uint256("amount") },
        });
        return true;
      case "vaultMint":
        enterVault(run, vault, {
          caller: from,
          receiver: receiver(),
          amount: { shares: fields.uint256("amount") },
        });
        return true;
      case "vaultWithdraw":
      case "vaultRedeem": {
        const given = fields.uint256("amount");
        const amount = type === "vaultWithdraw" ? { assets: given } : { shares: given };
        leaveVault(run, vault, { caller: from, receiver: receiver(), owner: from, amount });
        return true;
      }
      case "redeemFor": {
        const to = fields.has("receiver") ? receiver() : from;
        const owner = fields.address("owner");
        leaveVault(run, vault, {
          caller: from,
          receiver: to,
          owner,
          amount: { shares: fields.uint256("amount") },
        });
        return true;
      }
      case "vaultTransfer":
        transferShares(run, vault, { from, to: receiver(), shares: fields.uint256("amount") });
        return true;
      case "vaultSetFee":
        setVaultFee(run, vault, from, fields.uint256("fee"));
        return true;
      case "setFeeRecipient":
        setVaultFeeRecipient(run, vault, fields.address("newFeeRecipient"), from);
        return true;
      case "skim":
        skim(run, vault, from, fields.address("token"), receiver());
        return true;
      default:
        reallocate(
          run,
          vault,
          from,
          fields.objects("allocations").map((entry) => ({
            market: marketNamed(run.state, entry),
            assets: entry.uint256("assets"),
          })),
        );
        return true;
    }
  };
