/** One difference between the live database and the code: where, and what is wrong with it. */
export interface Finding {
  readonly object: string;
  readonly problem: string;
}
