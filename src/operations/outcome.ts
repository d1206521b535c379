/** What a command found out: lines for a person, the same as data for a machine. */
export interface Outcome {
  readonly lines: readonly string[];
  readonly data: object;
  readonly code?: number;
}
