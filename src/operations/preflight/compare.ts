/** Whether another environment's preflight saw a secret that is also ours (S4.6). */
import { readFile } from 'node:fs/promises';
import { comparable, type Artifact } from './artifact.js';
import { failed, ok, type Finding } from './types.js';

type Ours = Pick<Artifact, 'environment' | 'fingerprints'>;

/** Anything that would make a comparison empty fails: found nothing must mean that there is nothing. */
export async function compareWith(file: string, ours: Ours): Promise<Finding> {
  const theirs = comparable.safeParse(await readJson(file));
  if (!theirs.success)
    return failed(
      'is not the artifact of a preflight',
      'make one: npm run ops -- preflight --env … --region …',
    );
  const { environment, at, fingerprints } = theirs.data;
  if (environment === ours.environment)
    return failed(`is of ${environment} itself: compare with another environment`);
  for (const [whose, each] of [
    ['here', ours.fingerprints],
    [`in ${environment}`, fingerprints],
  ] as const)
    if (each.keyId === null || !each.complete || each.of.length === 0)
      return failed(
        `not every secret ${whose} has a fingerprint`,
        'mend what failed there, and run it again',
      );
  if (fingerprints.keyId !== ours.fingerprints.keyId)
    return failed('was made under another FINGERPRINT_KEY', 'run both with the same one');
  const shared = ours.fingerprints.of.flatMap((one) =>
    fingerprints.of
      .filter((other) => other.fingerprint === one.fingerprint)
      .map((other) => `${label(one)} is ${label(other)} of ${environment}`),
  );
  if (shared.length > 0) return failed(`shared: ${shared.join('; ')}`, 'make new secrets for one of the two');
  return ok(`${ours.fingerprints.of.length} secrets, none of which ${environment} had on ${at.slice(0, 10)}`);
}

function label({ setting, kid }: { setting: string; kid?: string | undefined }): string {
  return kid === undefined ? setting : `${setting} (${kid})`;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}
