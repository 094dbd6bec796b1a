export {
  parseWhatIfDefinition,
  type WhatIfClass,
  type WhatIfDefinition,
  type WhatIfFund,
  type WhatIfRule,
} from "./definition.js";
export * from "./errors.js";
export type { WhatIfModel } from "./native.js";
export type { BearerKind, NamedOutcomes, Outcomes } from "./tally.js";
export * from "./what-if.js";
