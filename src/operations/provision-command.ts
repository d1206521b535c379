/** The operator's command that makes an environment: roles, database, stamp, our own organization, and the first way in. */
import { readMongoStamp, writeMongoStamp } from '../archive/mongo.stamp.js';
import type { Settings } from '../config/settings.js';
import { databaseUrl, provision, withClient } from '../database/provision.js';
import type { RoleName } from '../database/roles.js';
import { StampError } from '../database/stamp.js';
import { MissingSettingError } from './failure.js';
import { found, type Founded } from './founding.js';
import type { Outcome } from './outcome.js';

/** Repeatable: it makes what is missing, and says what comes next. @throws MissingSettingError; StampError */
export async function provisionCommand(
  settings: Settings,
  { enrol: renews = false }: { readonly enrol?: boolean } = {},
): Promise<Outcome> {
  const { databaseUrls, databaseName: database, environment, policy, appUrl, mongoUrl } = settings;
  if (!databaseUrls.admin) throw new MissingSettingError('DATABASE_ADMIN_URL');
  // Before anything is changed anywhere.
  const archive = mongoUrl === undefined ? undefined : await readMongoStamp(mongoUrl);
  if (archive !== undefined && archive !== environment) throw new StampError(environment, archive);
  const passwords = passwordsIn(databaseUrls);
  const adminUrl = databaseUrls.admin;
  const created = await provision({ adminUrl, environment, database, passwords });
  if (mongoUrl !== undefined) await writeMongoStamp(mongoUrl, environment);
  const founded = await withClient(databaseUrl(adminUrl, database), async (admin) =>
    found(admin, policy, { appUrl: appUrl ?? 'http://127.0.0.1:3000', renews }),
  );
  const lines = [
    `${created ? 'created' : 'found'} database ${database}, stamped ${environment}; roles are as the code declares them`,
    ...(mongoUrl === undefined ? [] : [`the archive in MongoDB is stamped ${environment}`]),
    `passwords set for: ${Object.keys(passwords).join(', ')}`,
    ...foundedLines(founded),
  ];
  return {
    lines,
    data: { database, environment, created, passwordsSet: Object.keys(passwords), ...founded },
  };
}

function foundedLines(founded: Founded | undefined): string[] {
  if (!founded) return ['next: npm run ops -- migrate, and then this command again: it founds what is ours'];
  const { organization, enrolmentLink, enrolment } = founded;
  return [
    ...(organization
      ? [`${organization.created ? 'created' : 'found'} our own organization ${organization.slug}`]
      : []),
    ...(enrolmentLink
      ? [
          'the first platform admin enrols here, once, within a day; an earlier link is void:',
          `  ${enrolmentLink}`,
        ]
      : [
          enrolment === 'enrolled'
            ? 'a platform admin has enrolled: no link is made any more'
            : 'a link for the first platform admin is out; npm run ops -- provision --enrol voids it and makes another',
        ]),
    'next: npm run ops -- catalog',
  ];
}

/** Each role's password is the one its own URL names. */
function passwordsIn(urls: Settings['databaseUrls']): Partial<Record<RoleName, string>> {
  const given = [urls.tenant, urls.entry, urls.platform, urls.queue, urls.owner, urls.readonly]
    .filter((url) => url !== undefined)
    .map((url) => new URL(url));
  return Object.fromEntries(given.map(({ username, password }) => [username, decodeURIComponent(password)]));
}
