import { isShortfallError } from "@shortfall/core";
import { SourceError } from "@shortfall/sources";

/** Why a file could not be read, in the fields that scripts rely on. */
export interface FileFault {
  readonly file: string;
  readonly line: number;
  readonly field: string;
  readonly expected: string;
  readonly received: string;
  readonly message: string;
}

/**
 * A fault of the input, with its file. Errors of the adapters know their line and field but not their file.
 *
 * @throws the error itself, if it is a defect and none of ours.
 */
export function faultOf(error: unknown, file: string): FileFault {
  if (error instanceof SourceError) return describe(error);
  if (!isShortfallError(error)) throw error;
  const { line = 0, field = "(line)", expected, received } = error as ErrorFields;
  switch (error.code) {
    case "SF_MODEL_FAILURE":
      return {
        file,
        line,
        field,
        expected: "a line that the model can re-execute",
        received: error.message,
        message: `${file}: ${error.message}`,
      };
    case "SF_HEADER":
    case "SF_LINE":
      return describe(
        new SourceError({
          file,
          line: error.code === "SF_HEADER" ? 1 : line,
          field,
          expected: expected ?? "a record of this protocol",
          received: received ?? error.message,
          advice: error.code === "SF_HEADER" ? "Check the first line." : "Check how the file was made.",
        }),
      );
    default:
      return {
        file,
        line,
        field,
        expected: expected ?? "",
        received: received ?? "",
        message: error.message,
      };
  }
}

/** What errors about a line or a header carry beside their code. */
type ErrorFields = Error & {
  readonly line?: number;
  readonly field?: string;
  readonly expected?: string;
  readonly received?: string;
};

const describe = (error: SourceError): FileFault => ({
  file: error.file,
  line: error.line,
  field: error.field,
  expected: error.expected,
  received: error.received,
  message: error.message,
});
