export { aaveV3 } from "./adapter.js";
export { RoundingBoundError } from "./books/errors.js";
export { UnknownWriteOffError } from "./books/losses.js";
export { PROFILES, type Profile, profileFor } from "./profiles.js";
