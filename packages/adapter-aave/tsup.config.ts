import { library } from "../../scripts/build/library.js";

export default library();
