import { library } from "../../scripts/build/library.js";

export default library({ entry: ["src/index.ts", "src/browser.ts"] });
