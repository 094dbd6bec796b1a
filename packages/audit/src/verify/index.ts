export {
  digestOf,
  type FolderReader,
  type VerifyFailure,
  type VerifyResult,
  verifyFolder,
} from "./verify.js";
