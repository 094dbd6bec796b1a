/**
 * What a pool owes the holders of one class, each rounded as its protocol would pay it, with interest up to the
 * pool's last update. Base units. The class's control account and Σ rows differ by rounding.
 */
export interface LiabilityTable {
  readonly pool: string;
  /** As in the account `Liabilities:Suppliers:<class>`. */
  readonly class: string;
  readonly asset: string;
  /** Each account once, in order of first sight; accounts that are owed nothing are left out. */
  readonly rows: readonly { readonly account: string; readonly assets: bigint }[];
}
