/**
 * Commits in groups what arrives while the last commit is on its way: nobody waits for company, and a busy moment costs
 * one commit instead of many. Under load a second group leaves while the first commits, so that neither this process nor
 * the database waits for the other. Guarantees: `add` resolves only after the commit that holds its row; a row that cannot be
 * stored fails alone; when too much waits, new rows are refused at once.
 */
import { Problem } from '../http/problem.js';

export interface Limits {
  readonly groupRows: number;
  readonly groupBytes: number;
  readonly waitingRows: number;
  readonly waitingBytes: number;
  /** Commits on their way at once. */
  readonly inFlight: number;
  /** While one is on its way, the next does not start for fewer: they are worth waiting for it. */
  readonly companyRows: number;
}

const mebibyte = 1024 * 1024;
export const defaultLimits: Limits = {
  groupRows: 64,
  groupBytes: 4 * mebibyte,
  waitingRows: 1_000,
  waitingBytes: 64 * mebibyte,
  inFlight: 2,
  companyRows: 24,
};

interface Waiting<Row, Outcome> {
  readonly row: Row;
  readonly bytes: number;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

export class GroupCommit<Row, Outcome> {
  private waiting: Waiting<Row, Outcome>[] = [];
  private waitingBytes = 0;
  private inFlight = 0;

  /** @param commit stores the rows in one transaction and answers one outcome for each, in their order */
  constructor(
    private readonly commit: (rows: readonly Row[]) => Promise<readonly Outcome[]>,
    private readonly limits: Limits = defaultLimits,
  ) {}

  /** @throws Problem `unavailable` when too much is waiting, or when the database is away; nothing was stored then */
  async add(row: Row, bytes: number): Promise<Outcome> {
    const { waitingRows, waitingBytes } = this.limits;
    if (this.waiting.length >= waitingRows || this.waitingBytes + bytes > waitingBytes) {
      throw new Problem('unavailable', { retryAfter: 1 });
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ row, bytes, resolve, reject });
      this.waitingBytes += bytes;
      this.startNext();
    });
  }

  private startNext(): void {
    const { inFlight, companyRows } = this.limits;
    const enough = this.inFlight === 0 ? 1 : companyRows;
    if (this.inFlight >= inFlight || this.waiting.length < enough) return;
    const group = this.takeGroup();
    this.inFlight += 1;
    void this.settle(group).finally(() => {
      this.inFlight -= 1;
      this.startNext();
    });
  }

  private takeGroup(): Waiting<Row, Outcome>[] {
    const { groupRows, groupBytes } = this.limits;
    let [rows, bytes] = [0, 0];
    for (const each of this.waiting) {
      if (rows >= groupRows || (rows > 0 && bytes + each.bytes > groupBytes)) break;
      rows += 1;
      bytes += each.bytes;
    }
    this.waitingBytes -= bytes;
    const group = this.waiting.slice(0, rows);
    this.waiting = this.waiting.slice(rows);
    return group;
  }

  private async settle(group: readonly Waiting<Row, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.commit(group.map(({ row }) => row));
      group.forEach(({ resolve }, index) => resolve(outcomes[index]!));
    } catch (error) {
      if (group.length > 1 && isAboutOneRow(error)) {
        for (const each of group) await this.settle([each]);
      } else {
        for (const { reject } of group) reject(error);
      }
    }
  }
}

/** SQLSTATE class 22, data exception, and 23, constraint violation (PostgreSQL, appendix A): one row spoils the group. */
function isAboutOneRow(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^2[23]/.test(code);
}
