/** What does not fit is refused with everything that is wrong, each at its place; nothing is stored and no vendor asked. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factory.js';
import { placesOf } from '../answers.js';
import { connectionTo, countsOf, newSecret, post, providersOf } from './connecting.js';

let t: TestApp;
let member: SignedIn;
beforeAll(async () => {
  t = await startTestApp();
  member = await t.make.signedIn();
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => t.close());

type Change = Readonly<Record<string, unknown>>;
const [good, verifyToken] = [newSecret(), newSecret()];
const cases: readonly [what: string, change: Change, places: string[]][] = [
  [
    'an empty body',
    Object.fromEntries(
      ['provider', 'account', 'name', 'credentials', 'webhook'].map((key) => [key, undefined]),
    ),
    ['/account', '/credentials', '/name', '/provider'],
  ],
  ['an unknown vendor', { provider: 'magento' }, ['/provider']],
  ['a vendor in capitals', { provider: 'Shopify' }, ['/provider']],
  ['a vendor that every object has', { provider: 'constructor' }, ['/provider']],
  ['a list of vendors', { provider: ['shopify'] }, ['/provider']],
  ['no name', { name: '   ' }, ['/name']],
  ['a long name', { name: 'n'.repeat(201) }, ['/name']],
  ['a name that is a number', { name: 1 }, ['/name']],
  ['an account that is too long', { account: `${'a'.repeat(256)}.myshopify.com` }, ['/account']],
  ['an account with NUL', { account: 'a\0.myshopify.com' }, ['/account']],
  ['credentials in a list', { credentials: [{ accessToken: good }] }, ['/credentials']],
  ['credentials that are text', { credentials: good }, ['/credentials']],
  ['credentials that are null', { credentials: null }, ['/credentials']],
  ['a token that is a number', { credentials: { accessToken: 12345678 } }, ['/credentials/accessToken']],
  ['a short token', { credentials: { accessToken: 'shpat_1' } }, ['/credentials/accessToken']],
  ['a long token', { credentials: { accessToken: 'x'.repeat(4097) } }, ['/credentials/accessToken']],
  [
    'a token with a line feed',
    { credentials: { accessToken: `${good}\nx: y` } },
    ['/credentials/accessToken'],
  ],
  ['a token with a space', { credentials: { accessToken: ` ${good}` } }, ['/credentials/accessToken']],
  ['a token beyond ASCII', { credentials: { accessToken: `${good}é` } }, ['/credentials/accessToken']],
  [
    'an unknown credential',
    { credentials: { accessToken: good, password: good } },
    ['/credentials/password'],
  ],
  ['a webhook without a secret', { webhook: {} }, ['/webhook/secret']],
  ['a short secret', { webhook: { secret: 'x'.repeat(15) } }, ['/webhook/secret']],
  ['a long secret', { webhook: { secret: 'x'.repeat(513) } }, ['/webhook/secret']],
  ['a secret with a space', { webhook: { secret: `${good} ` } }, ['/webhook/secret']],
  ['a webhook that is text', { webhook: good }, ['/webhook']],
  ['webhooks in a list', { webhook: [{ secret: good }] }, ['/webhook']],
  ['a webhook with its key', { webhook: { secret: good, key: 'q83vEjRWeJCrze8SNFZ4kA' } }, ['/webhook/key']],
  ['another organization', { organizationId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }, ['/organizationId']],
  ['its own status', { status: 'verified' }, ['/status']],
  ['somebody’s endpoint', { endpointId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }, ['/endpointId']],
  ['an id', { id: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }, ['/id']],
  [
    'everything at once',
    { provider: 'x', name: '', credentials: { apiKey: '' }, webhook: {} },
    ['/credentials/apiKey', '/name', '/provider', '/webhook/secret'],
  ],
];

const shopify = { ...connectionTo('shopify'), credentials: { accessToken: good } };
const ofVendors: readonly [what: string, body: object, places: string[]][] = [
  ...[
    'shop',
    'shop.example',
    'Shop.myshopify.com',
    '-a.myshopify.com',
    '.myshopify.com',
    'a.b.myshopify.com',
    'a.myshopify.com.evil.example',
    'https://a.example',
    'a.myshopify.com/admin',
    'a_b.myshopify.com',
    'a.myshopify.com:443',
    'a@b.myshopify.com',
    'a.myshopify.comx',
    'a\n.myshopify.com',
  ].map((account): [string, object, string[]] => [
    `no shop: ${account}`,
    { ...shopify, account },
    ['/account'],
  ]),
  ...[
    '1234',
    '+15550000001',
    '1555 000',
    '1e10',
    '٣٣٣٣٣٣',
    '1'.repeat(33),
    '12345/messages',
    '12345?a=1',
  ].map((account): [string, object, string[]] => [
    `no phone number id: ${account}`,
    { ...connectionTo('whatsapp'), account },
    ['/account'],
  ]),
  ...['a b', 'a/b', 'ä', 'a'.repeat(65), 'a?b', 'a#b', 'a%2fb'].map((account): [string, object, string[]] => [
    `no workspace: ${account}`,
    { ...connectionTo('richpanel'), account },
    ['/account'],
  ]),
  ...[
    {},
    { apiKey: good },
    { clientId: good },
    { clientSecret: good },
    { accessToken: good, clientId: good },
    { accessToken: good, clientId: good, clientSecret: good },
    { clientId: good, clientSecret: good, apiKey: good },
  ].map((credentials): [string, object, string[]] => [
    `Shopify with ${Object.keys(credentials).join(', ') || 'nothing'}`,
    { ...shopify, credentials },
    ['/credentials'],
  ]),
  ...[{}, { apiKey: good }, { clientId: good, clientSecret: good }, { accessToken: good, apiKey: good }].map(
    (credentials): [string, object, string[]] => [
      `WhatsApp with ${Object.keys(credentials).join(', ') || 'nothing'}`,
      { ...connectionTo('whatsapp'), credentials },
      ['/credentials'],
    ],
  ),
  ...[
    {},
    { accessToken: good },
    { clientId: good, clientSecret: good },
    { accessToken: good, apiKey: good },
  ].map((credentials): [string, object, string[]] => [
    `Richpanel with ${Object.keys(credentials).join(', ') || 'nothing'}`,
    { ...connectionTo('richpanel'), credentials },
    ['/credentials'],
  ]),
  [
    'Shopify with a verify token',
    { ...shopify, webhook: { secret: good, verifyToken } },
    ['/webhook/verifyToken'],
  ],
  [
    'Richpanel with a verify token',
    { ...connectionTo('richpanel'), webhook: { secret: good, verifyToken } },
    ['/webhook/verifyToken'],
  ],
  [
    'Richpanel with a secret that could be guessed',
    { ...connectionTo('richpanel'), webhook: { secret: 'x'.repeat(31) } },
    ['/webhook/secret'],
  ],
  [
    'WhatsApp without a verify token',
    { ...connectionTo('whatsapp'), webhook: { secret: good } },
    ['/webhook/verifyToken'],
  ],
  [
    'WhatsApp with a short verify token',
    { ...connectionTo('whatsapp'), webhook: { secret: good, verifyToken: 'short' } },
    ['/webhook/verifyToken'],
  ],
  [
    'all that the vendor can say',
    {
      ...connectionTo('richpanel'),
      account: 'a b',
      credentials: { accessToken: good },
      webhook: { secret: 'x'.repeat(20), verifyToken },
    },
    ['/account', '/credentials', '/webhook/secret', '/webhook/verifyToken'],
  ],
];

test.each(cases)('%s', async (_what, change, places) => {
  expect(placesOf(await post(t, member, { ...connectionTo('shopify'), ...change }))).toEqual(places);
});

test.each(ofVendors)('%s', async (_what, body, places) => {
  expect(placesOf(await post(t, member, body))).toEqual(places);
});

test('no vendor is asked about what does not fit', async () => {
  const asked = providersOf(t).map((provider) => vi.spyOn(provider, 'whoAmI'));
  for (const [, body] of ofVendors.slice(-6)) await post(t, member, body).expect(400);
  expect(asked.flatMap(({ mock }) => mock.calls)).toEqual([]);
});

test('nothing of all this was stored', async () => {
  expect(await countsOf(t, member.organizationId)).toEqual({ connections: 0, endpoints: 0 });
});
