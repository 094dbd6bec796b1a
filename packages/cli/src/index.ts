export * from "./adapters.js";
export * from "./case-formats.js";
export { type CommandConfigurationInput, defineConfig } from "./configuration/configuration.js";
export { type RunOptions, run } from "./program.js";
export * from "./terminal.js";
