/** Pure: a commit here is a promise that the test settles, so that what happens meanwhile is not a matter of luck. */
import { afterEach, describe, expect, test } from 'vitest';
import { Problem } from '../../src/http/problem.js';
import { defaultLimits, GroupCommit, type Limits } from '../../src/webhooks/group-commit.js';

type Row = string;
interface Begun {
  readonly rows: readonly Row[];
  readonly succeed: () => void;
  readonly fail: (error: unknown) => void;
}

/** What Postgres or Node says. */
const failure = (code: string, message = code) => Object.assign(new Error(message), { code });
/** All promises that can go on have gone on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
const mebibyte = 1024 * 1024;

/** One commit at a time, unless a test says otherwise: so it is sure what shares a group. */
class Desk {
  readonly begun: Begun[] = [];
  private readonly group: GroupCommit<Row, string>;

  constructor(limits?: Partial<Limits>) {
    const commit = async (rows: readonly Row[]) =>
      new Promise<string[]>((resolve, reject) => {
        const succeed = () => resolve(rows.map((row) => `${row} stored`));
        this.begun.push({ rows, succeed, fail: reject });
      });
    this.group = new GroupCommit(commit, { ...defaultLimits, inFlight: 1, ...limits });
  }

  add(row: Row, bytes = 1): Answer {
    return new Answer(this.group.add(row, bytes));
  }
  addMany(count: number, bytes = 1): Answer[] {
    return Array.from({ length: count }, (_, index) => this.add(`row ${index + 1}`, bytes));
  }
  get sizes(): number[] {
    return this.begun.map(({ rows }) => rows.length);
  }
  /** Lets every commit succeed that has begun, or begins because of that. */
  async finish(): Promise<void> {
    for (let index = 0; index < this.begun.length; index += 1) {
      this.begun[index]!.succeed();
      await settled();
    }
  }
}

class Answer {
  static readonly all: Answer[] = [];
  outcome: string | undefined;
  error: unknown;
  readonly done: Promise<void>;
  constructor(adding: Promise<string>) {
    Answer.all.push(this);
    this.done = adding.then(
      (outcome) => void (this.outcome = outcome),
      (error: unknown) => void (this.error = error),
    );
  }
  get state(): string {
    if (this.outcome !== undefined) return this.outcome;
    if (this.error instanceof Problem) return this.error.code;
    return this.error instanceof Error ? this.error.message : 'waiting';
  }
}
const statesOf = (answers: readonly Answer[]) => answers.map(({ state }) => state);

afterEach(() => {
  const unanswered = Answer.all.splice(0).filter(({ state }) => state === 'waiting');
  if (unanswered.length > 0) throw new Error(`${unanswered.length} were left without an answer`);
});

test('the first row is committed at once and alone; what comes meanwhile goes together, in order', async () => {
  const desk = new Desk();
  const answers = [desk.add('a')];
  expect(desk.begun.map(({ rows }) => rows)).toEqual([['a']]);
  answers.push(desk.add('b'), desk.add('c'), desk.add('d'));
  await settled();
  expect(desk.sizes).toEqual([1]);
  desk.begun[0]!.succeed();
  await settled();
  expect(desk.begun.map(({ rows }) => rows)).toEqual([['a'], ['b', 'c', 'd']]);
  await desk.finish();
  expect(statesOf(answers)).toEqual(['a stored', 'b stored', 'c stored', 'd stored']);
});

test('a row that meets an idle desk again is not delayed either', async () => {
  const desk = new Desk();
  for (const row of ['a', 'b', 'c']) {
    const answer = desk.add(row);
    expect(desk.begun.at(-1)!.rows).toEqual([row]);
    desk.begun.at(-1)!.succeed();
    await answer.done;
    expect(answer.state).toBe(`${row} stored`);
    await settled();
  }
});

test('add resolves after the commit that holds its row, never before', async () => {
  const desk = new Desk();
  const [first, second] = [desk.add('a'), desk.add('b')];
  await settled();
  expect(statesOf([first, second])).toEqual(['waiting', 'waiting']);
  desk.begun[0]!.succeed();
  await settled();
  expect(statesOf([first, second])).toEqual(['a stored', 'waiting']);
  await settled();
  expect(second.state).toBe('waiting');
  desk.begun[1]!.succeed();
  await settled();
  expect(second.state).toBe('b stored');
});

test('each row is answered its own outcome, not its neighbour’s', async () => {
  const outcomes = new GroupCommit<number, string>(async (rows) => rows.map((row) => `#${row}`));
  const numbers = Array.from({ length: 200 }, (_, index) => index);
  const answers = await Promise.all(numbers.map(async (number) => outcomes.add(number, 1)));
  expect(answers).toEqual(numbers.map((number) => `#${number}`));
});

describe('a group', () => {
  test('has at most 64 rows', async () => {
    const desk = new Desk();
    const answers = desk.addMany(200);
    await desk.finish();
    expect(desk.sizes).toEqual([1, 64, 64, 64, 7]);
    const order = desk.begun.flatMap(({ rows }) => rows);
    expect(order).toEqual(answers.map((_, index) => `row ${index + 1}`));
  });

  test('has at most 4 MiB: what would exceed it goes with the next, and none overtakes it', async () => {
    const desk = new Desk();
    desk.addMany(1);
    const sizes = [3, 1, 1, 2, 2, 1, 4, 1, 3, 2].map((each) => each * mebibyte);
    sizes.forEach((bytes, index) => desk.add(`${index}`, bytes));
    await desk.finish();
    expect(desk.begun.slice(1).map(({ rows }) => rows.join(' '))).toEqual([
      '0 1',
      '2 3',
      '4 5',
      '6',
      '7 8',
      '9',
    ]);
  });

  test('is exactly full at 4 MiB, and a byte more is too much', async () => {
    const desk = new Desk();
    desk.addMany(1);
    for (const [row, bytes] of [
      ['a', 4 * mebibyte - 1],
      ['b', 1],
      ['c', 4 * mebibyte],
      ['d', 1],
    ] as const)
      desk.add(row, bytes);
    await desk.finish();
    expect(desk.begun.slice(1).map(({ rows }) => rows.join(' '))).toEqual(['a b', 'c', 'd']);
  });

  test('is a single row when that is larger by itself', async () => {
    const desk = new Desk();
    desk.addMany(1);
    const answers = [desk.add('small'), desk.add('huge', 5 * mebibyte), desk.add('small too')];
    await desk.finish();
    expect(desk.begun.slice(1).map(({ rows }) => rows)).toEqual([['small'], ['huge'], ['small too']]);
    expect(statesOf(answers)).toEqual(['small stored', 'huge stored', 'small too stored']);
  });
});

describe('commits on their way', () => {
  test.each([1, 2, 3])('are at most %i, each of the oldest that wait', async (inFlight) => {
    const desk = new Desk({ inFlight, companyRows: 1 });
    const answers = desk.addMany(300);
    for (let settledCommits = 0; settledCommits < 4; settledCommits += 1) {
      await settled();
      expect(desk.begun).toHaveLength(settledCommits + inFlight);
      desk.begun[settledCommits]!.succeed();
    }
    await desk.finish();
    expect(desk.begun.flatMap(({ rows }) => rows)).toEqual(answers.map((_, index) => `row ${index + 1}`));
  });

  test('do not wait for each other: one that hangs or fails holds up nobody else’s answer', async () => {
    const desk = new Desk({ inFlight: 2, companyRows: 1 });
    const [hanging, failing, ...others] = desk.addMany(5);
    desk.begun[1]!.fail(failure('57P01'));
    await settled();
    expect(desk.sizes).toEqual([1, 1, 3]);
    desk.begun[2]!.succeed();
    await settled();
    expect(statesOf([hanging!, failing!])).toEqual(['waiting', '57P01']);
    expect(statesOf(others)).toEqual(['row 3 stored', 'row 4 stored', 'row 5 stored']);
    desk.begun[0]!.succeed();
    await settled();
    expect(hanging!.state).toBe('row 1 stored');
  });
});

test('a second commit starts beside the first for company only; the next after both takes whoever waits', async () => {
  const desk = new Desk({ inFlight: 2, companyRows: 3 });
  const answers = desk.addMany(3);
  await settled();
  expect(desk.sizes).toEqual([1]);
  answers.push(...desk.addMany(4));
  await settled();
  // The third row to wait made it leave at once, so the rest waits for either.
  expect(desk.sizes).toEqual([1, 3]);
  desk.begun[0]!.succeed();
  await settled();
  expect(desk.sizes).toEqual([1, 3, 3]);
  answers.push(desk.add('last'));
  desk.begun[1]!.succeed();
  await settled();
  // One is still on its way, and one row is no company.
  expect(desk.sizes).toEqual([1, 3, 3]);
  desk.begun[2]!.succeed();
  await settled();
  expect(desk.sizes).toEqual([1, 3, 3, 1]);
  await desk.finish();
  expect(new Set(statesOf(answers)).has('waiting')).toBe(false);
});

test('the limits are those that are promised', () => {
  expect(defaultLimits).toMatchObject({
    inFlight: 2,
    groupRows: 64,
    groupBytes: 4 * mebibyte,
    waitingRows: 1_000,
    waitingBytes: 64 * mebibyte,
  });
});

describe('when too much is waiting', () => {
  test('the 1,001st waiting row is refused at once, with Retry-After; those before it are not', async () => {
    const desk = new Desk();
    const accepted = desk.addMany(1 + 1_000);
    const refused = [desk.add('too many'), desk.add('too many')];
    await settled();
    expect(statesOf(refused)).toEqual(['unavailable', 'unavailable']);
    expect((refused[0]!.error as Problem).extras.retryAfter).toBeGreaterThan(0);
    expect(accepted.every(({ state }) => state === 'waiting')).toBe(true);
    await desk.finish();
    expect(accepted.every(({ state }) => state.endsWith(' stored'))).toBe(true);
    expect(desk.begun.flatMap(({ rows }) => rows)).not.toContain('too many');
  });

  test('as many are taken again as have left', async () => {
    const desk = new Desk();
    desk.addMany(1_001);
    desk.begun[0]!.succeed();
    await settled();
    expect(desk.sizes).toEqual([1, 64]);
    const next = desk.addMany(65);
    await settled();
    expect(statesOf(next.slice(-2))).toEqual(['waiting', 'unavailable']);
    await desk.finish();
  });

  test('64 MiB may wait, and not a byte more', async () => {
    const desk = new Desk();
    desk.add('on its way', 3 * mebibyte);
    const waiting = desk.addMany(32, 2 * mebibyte);
    const refused = desk.add('too large');
    await settled();
    expect(waiting.every(({ state }) => state === 'waiting')).toBe(true);
    expect(refused.state).toBe('unavailable');
    desk.begun[0]!.succeed();
    await settled();
    expect(desk.begun[1]!.rows).toHaveLength(2);
    const taken = [desk.add('fits', 4 * mebibyte), desk.add('does not', 1)];
    await settled();
    expect(statesOf(taken)).toEqual(['waiting', 'unavailable']);
    await desk.finish();
    const again = desk.add('all is well', 60 * mebibyte);
    await desk.finish();
    expect(again.state).toBe('all is well stored');
  });
});

describe('a commit that fails', () => {
  const aboutOneRow = ['22021', '22P02', '22001', '23514', '23503', '23505', '23502'];

  test.each(aboutOneRow)(
    'with SQLSTATE %s, about one row, is done again row by row, and only the bad one fails',
    async (code) => {
      const desk = new Desk();
      desk.addMany(1);
      const answers = ['a', 'bad', 'c', 'worse', 'e'].map((row) => desk.add(row));
      desk.begun[0]!.succeed();
      await settled();
      desk.begun[1]!.fail(failure(code));
      await settled();
      for (let index = 2; index < desk.begun.length; index += 1) {
        const [row] = desk.begun[index]!.rows;
        // One after the other.
        expect(desk.begun).toHaveLength(index + 1);
        if (row === 'bad' || row === 'worse') desk.begun[index]!.fail(failure(code, `${row} row`));
        else desk.begun[index]!.succeed();
        await settled();
      }
      expect(desk.sizes).toEqual([1, 5, 1, 1, 1, 1, 1]);
      expect(statesOf(answers)).toEqual(['a stored', 'bad row', 'c stored', 'worse row', 'e stored']);
    },
  );

  test('about one row, when it was alone, is not tried twice', async () => {
    const desk = new Desk();
    const answer = desk.add('bad');
    desk.begun[0]!.fail(failure('23514'));
    await settled();
    expect(desk.sizes).toEqual([1]);
    expect(answer.error).toMatchObject({ code: '23514' });
  });

  test('what arrives while rows are done again waits for the next group', async () => {
    const desk = new Desk();
    desk.addMany(1);
    const bad = [desk.add('a'), desk.add('b')];
    desk.begun[0]!.succeed();
    await settled();
    desk.begun[1]!.fail(failure('22021'));
    await settled();
    const later = [desk.add('c'), desk.add('d')];
    await settled();
    expect(desk.begun.at(-1)!.rows).toEqual(['a']);
    await desk.finish();
    expect(desk.begun.slice(2).map(({ rows }) => rows)).toEqual([['a'], ['b'], ['c', 'd']]);
    expect(statesOf([...bad, ...later]).every((state) => state.endsWith('stored'))).toBe(true);
  });

  test('a connection that is lost while rows are done again fails those that are left, each with its own error', async () => {
    const desk = new Desk();
    desk.addMany(1);
    const answers = ['a', 'b', 'c'].map((row) => desk.add(row));
    desk.begun[0]!.succeed();
    await settled();
    desk.begun[1]!.fail(failure('23514'));
    await settled();
    desk.begun[2]!.succeed();
    await settled();
    desk.begun[3]!.fail(failure('57P01'));
    await settled();
    desk.begun[4]!.fail(failure('ECONNREFUSED'));
    await settled();
    expect(statesOf(answers)).toEqual(['a stored', '57P01', 'ECONNREFUSED']);
  });

  const others = {
    'a database that is away': new Problem('unavailable', { retryAfter: 2 }),
    '57P01 (shut down)': failure('57P01'),
    '08006 (connection failure)': failure('08006'),
    '40P01 (deadlock)': failure('40P01'),
    '55P03 (lock timeout)': failure('55P03'),
    '57014 (statement timeout)': failure('57014'),
    '53300 (too many connections)': failure('53300'),
    ECONNRESET: failure('ECONNRESET'),
    'a connection that ended': new Error('Connection terminated unexpectedly'),
    '42P01 (no such table)': failure('42P01'),
    '42501 (not permitted)': failure('42501'),
    '25P02 (transaction aborted)': failure('25P02'),
    'XX000 (internal)': failure('XX000'),
    'a code that only looks like one': failure('123'),
    'a code that is a number': Object.assign(new Error('number'), { code: 23514 }),
    'an error of our own': new Error('our own'),
  };
  test.each(Object.entries(others))('because of %s fails all of them with it, once', async (_, error) => {
    const desk = new Desk();
    desk.addMany(1);
    const answers = ['a', 'b', 'c'].map((row) => desk.add(row));
    desk.begun[0]!.succeed();
    await settled();
    desk.begun[1]!.fail(error);
    await settled();
    expect(answers.map((answer) => answer.error)).toEqual([error, error, error]);
    expect(desk.sizes).toEqual([1, 3]);
  });

  test.each(['23514', '57P01', 'XX000'])('with %s is forgotten by the next', async (code) => {
    const desk = new Desk();
    const bad = desk.add('bad');
    const waiting = [desk.add('a'), desk.add('b')];
    desk.begun[0]!.fail(failure(code));
    await settled();
    await desk.finish();
    expect(bad.outcome).toBeUndefined();
    expect(statesOf(waiting)).toEqual(['a stored', 'b stored']);
    const later = desk.add('c');
    await desk.finish();
    expect(later.state).toBe('c stored');
  });

  test('frees what it held: as much may wait as before', async () => {
    const desk = new Desk({ waitingRows: 3, waitingBytes: 30 });
    for (let round = 0; round < 4; round += 1) {
      const first = desk.add('first', 10);
      const rest = [desk.add('a', 10), desk.add('b', 10), desk.add('c', 10), desk.add('d', 1)];
      desk.begun.at(-1)!.fail(failure('57P01'));
      await settled();
      desk.begun.at(-1)!.fail(failure('57P01'));
      await settled();
      expect(statesOf([first, ...rest])).toEqual(['57P01', '57P01', '57P01', '57P01', 'unavailable']);
      expect(desk.begun.at(-1)!.rows).toEqual(['a', 'b', 'c']);
    }
  });
});
