import type { Artifact } from './artifact.js';

const marks = { ok: 'ok', failed: 'FAILED', skipped: 'skipped' } as const;

/** One line a check, for a person; a failed one is followed by its mend. */
export function tableOf({ environment, region, account, checks }: Artifact): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const count = (status: keyof typeof marks) => checks.filter((check) => check.status === status).length;
  return [
    `preflight of ${environment}, ${region}, account ${account ?? 'unknown'}`,
    '',
    ...checks.flatMap(({ name, status, detail, mend }) => [
      `${marks[status].padEnd(8)} ${name.padEnd(width)}  ${detail}`,
      ...(mend === undefined ? [] : [`${' '.repeat(9)}${' '.repeat(width)}  → ${mend}`]),
    ]),
    '',
    `${count('ok')} ok, ${count('failed')} failed, ${count('skipped')} skipped`,
  ];
}
