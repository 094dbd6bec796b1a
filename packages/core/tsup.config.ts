import { library } from "../../scripts/build/library.js";

export default library({
  // As files of their own these two take most of the time that importing this package takes, and @noble/hashes
  // has no CommonJS. They stay dependencies: whoever resolves `@shortfall/source` needs them.
  noExternal: ["eventemitter3", /^@noble\/hashes/],
});
