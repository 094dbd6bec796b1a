export { metaMorpho } from "./adapter.js";
export { MetaMorphoModel } from "./model.js";
export { VAULT_1_0_WATERFALL, VAULT_1_1_WATERFALL, vaultWaterfall } from "./waterfall.js";
