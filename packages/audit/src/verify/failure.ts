/** Something in a report folder that does not hold. */
export interface VerifyFailure {
  readonly file: string;
  readonly reason: string;
}
