import { ShortfallError } from "@shortfall/core";

/** A file that is followed did something else than grow. */
export class FollowedFileError extends ShortfallError {
  readonly code = "SF_FOLLOWED_FILE";

  constructor(
    readonly file: string,
    readonly change: "replaced" | "shortened" | "rewritten" | "compressed",
    /** Bytes that had been read. */
    readonly bytes: number,
  ) {
    super(
      `${file} was ${change} after ${bytes} bytes had been read. Only a plain file that grows can be followed: append to it, and begin another watch for another file.`,
    );
  }
}
