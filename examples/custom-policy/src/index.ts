import { definePlugin } from "@shortfall/sdk";
import { matchedPledge } from "./matched-pledge.js";

export { matchedPledge };

/** What the host imports when its configuration names this package. */
export default definePlugin({ name: "example-custom-policy", create: () => ({ policies: [matchedPledge] }) });
