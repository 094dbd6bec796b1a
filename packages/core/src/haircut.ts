/** Loss of one class in one write-off, holder by holder. Σ rows + dust = absorbed. */
export interface HaircutTable {
  readonly writeOff: string;
  readonly pool: string;
  /** Share class, tranche or fund whose holders bear it. */
  readonly bearer: string;
  readonly asset: string;
  /** Loss of the class in base units. */
  readonly absorbed: bigint;
  /**
   * `realised`: claims were written down. `implied`: claims stand but the assets behind them are gone; rows
   * show what each would lose if all bore it alike.
   */
  readonly basis: "realised" | "implied";
  readonly rows: readonly HaircutRow[];
  readonly dust: bigint;
  readonly dustOwner: string;
}

export interface HaircutRow {
  readonly account: string;
  /** Shares held when the loss was taken. */
  readonly shares: bigint;
  readonly loss: bigint;
}
