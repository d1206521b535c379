/** docs/rules.md tells the truth: every founding rule is in it once, and what it names exists. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const checkout = resolve(import.meta.dirname, '../..');
const rows = readFileSync(resolve(checkout, 'docs/rules.md'), 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, id]) => /^[SC]\d/.test(id ?? ''))
  .map(([, id, , state, enforced, proven]) => ({ id: id!, state: state!, files: [enforced!, proven!] }));

const series = (prefix: string, last: number) =>
  Array.from({ length: last }, (_, index) => `${prefix}${index + 1}`);
const founding = [
  ...series('S0.', 8),
  ...series('S1.', 9),
  ...series('S2.', 8),
  ...series('S3.', 7),
  ...series('S4.', 8),
  ...series('C', 15),
];

test('every founding rule stands in docs/rules.md exactly once', () => {
  expect(rows.map(({ id }) => id).toSorted()).toEqual(founding.toSorted());
});

test('a rule that is enforced names the file that does it and the test that proves it, and both exist', () => {
  const wrong = rows.filter(({ state, files }) => {
    if (state === 'no') return files.some((file) => file !== '');
    const paths = files.map((file) => /^`([^`]+)`$/.exec(file)?.[1]);
    return (
      !['yes', 'part'].includes(state) || paths.some((path) => !path || !existsSync(resolve(checkout, path)))
    );
  });
  expect(wrong).toEqual([]);
});
