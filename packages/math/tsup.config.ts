import { library } from "../../scripts/build/library.js";

export default library({
  entry: { index: "src/index.ts", "decimal/index": "src/decimal/index.ts" },
  splitting: true,
});
