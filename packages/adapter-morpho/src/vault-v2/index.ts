export {
  accrueVaultV2,
  MAX_FORCE_DEALLOCATE_PENALTY,
  MAX_MANAGEMENT_FEE,
  MAX_MAX_RATE,
  MAX_PERFORMANCE_FEE,
  nextTransaction,
  type VaultV2Accrual,
  type VaultV2State,
} from "./accrual.js";
export { type AdapterPosition, adapterAssets, burnAdapterShares } from "./market-adapter.js";
export {
  enterVaultV2,
  exitVaultV2,
  type FlowAmount,
  forceDeallocateV2,
  type ShareFlow,
} from "./share-flow.js";
