/** What every answer must be, from whichever server: the first 20 members of the caller's organization, and no other's. */
import type { LoadRequest, LoadResult, Sample } from '../load/load.js';
import { pageSize } from './data.js';

const fields = [
  'createdAt',
  'displayName',
  'email',
  'id',
  'role',
  'status',
  'updatedAt',
  'userId',
  'version',
].join();

interface MembersPage {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly page: { readonly nextCursor: string | null };
}

/** @throws Error that quotes the first wrong answer */
export function checkMembers(requests: readonly LoadRequest[]): (result: LoadResult) => void {
  return ({ samples }) => {
    for (const sample of samples) {
      const expects = requests[sample.request]?.expects ?? '';
      if (!isRight(sample, expects.slice(0, -1)))
        throw new Error(`not the members of "${expects}: ${sample.body}`);
    }
  };
}

function isRight({ body }: Sample, mark: string): boolean {
  const { data, page } = JSON.parse(body) as MembersPage;
  const ids = data.map(({ id }) => String(id));
  return (
    data.length === pageSize &&
    (page.nextCursor === null || page.nextCursor.length > 0) &&
    new Set(ids).size === pageSize &&
    ids.every((id, index) => index === 0 || id > ids[index - 1]!) &&
    data.every(({ email }, index) => email === `m${index + 1}${mark}`) &&
    data.every((member) => Object.keys(member).toSorted().join() === fields)
  );
}
