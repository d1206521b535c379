import { parseArgs } from 'node:util';
import { samples, vendors, type Vendor } from './samples.ts';

/** Not a sample: the question Meta asks before it sends anything. */
export const handshake = 'handshake';

export interface Arguments {
  readonly vendor: Vendor;
  /** One of the vendor's samples, or `handshake`. */
  readonly sample: string;
  readonly endpoint: string | undefined;
  readonly secret: string | undefined;
  readonly verifyToken: string | undefined;
  /** Without a slash at its end. */
  readonly url: string | undefined;
  readonly tamper: boolean;
  readonly same: boolean;
  readonly repeat: number;
  readonly concurrency: number;
  readonly json: boolean;
}

export interface ListArguments {
  readonly list: readonly Vendor[];
  readonly json: boolean;
}

export class UsageError extends Error {}

export const usage = `npm run webhook -- <vendor> <sample> [options]

Sends a sample delivery to a running server, signed as the vendor signs, and new each time as the vendor's would be.

  <vendor>           ${vendors.join(', ')}
  <sample>           --list names them; whatsapp ${handshake} asks what Meta asks before it sends anything

  --repeat N         N different deliveries
  --concurrency C    so many of them at once; default 16
  --same             the very same delivery each time: equal bytes and ids
  --tamper           change one byte after signing (richpanel: the secret, ${handshake}: the token); must be refused
  --json             one JSON document on stdout and nothing else there
  --list             the samples, of all vendors or of the one given
  --help             this

Where to, unless the server that \`npm start\` runs in this checkout has left it in .data/demo-webhooks.json:

  --url URL          such as http://127.0.0.1:3000
  --endpoint KEY     the endpoint's key: the last part of the address a vendor posts to
  --secret SECRET    the endpoint's secret
  --verify-token T   for ${handshake}: the endpoint's token

Ends with 0 when every delivery was acknowledged (with --tamper: when every one was refused), 1 when one was not,
2 when called wrongly, 69 when there is no server to send to.`;

/** @returns undefined when asked for help. @throws UsageError */
export function parseArguments(args: string[]): Arguments | ListArguments | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [named, sample, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`one sample at a time: what is ${more.join(' ')}?`);
  const vendor = vendors.find((each) => each === named);
  if (named !== undefined && !vendor) throw new UsageError(`no vendor is called ${named}`);
  if (values.list) return { list: vendor ? [vendor] : vendors, json: values.json };
  if (!vendor) throw new UsageError('which vendor, and which sample?');
  return {
    vendor,
    sample: sampleOf(vendor, sample, values),
    endpoint: given('--endpoint', values.endpoint),
    secret: given('--secret', values.secret),
    verifyToken: given('--verify-token', values['verify-token']),
    url: address(values.url),
    tamper: values.tamper,
    same: values.same,
    repeat: wholeNumber('--repeat', values.repeat, 1_000_000),
    concurrency: wholeNumber('--concurrency', values.concurrency, 1_000),
    json: values.json,
  };
}

function parse(args: string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const text = { type: 'string' } as const;
  const options = {
    help: flag,
    list: flag,
    json: flag,
    same: flag,
    tamper: flag,
    url: text,
    endpoint: text,
    secret: text,
    'verify-token': text,
    repeat: { type: 'string', default: '1' },
    concurrency: { type: 'string', default: '16' },
  } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function sampleOf(vendor: Vendor, name: string | undefined, { repeat = '1', same = false }): string {
  if (name === handshake && vendor === 'whatsapp') {
    if (repeat !== '1' || same) throw new UsageError(`${handshake} is asked once: no --repeat, no --same`);
    return handshake;
  }
  const known = samples(vendor);
  const found = known.find((each) => each === name || each === name?.replace('.', '/'));
  if (found) return found;
  const complaint = name === undefined ? 'which sample?' : `${vendor} has no sample ${name}.`;
  throw new UsageError(`${complaint} It has:\n  ${known.join('\n  ')}`);
}

/** What goes into a header, or a path: visible ASCII. */
function given(option: string, text: string | undefined): string | undefined {
  if (text === undefined || /^[\x21-\x7e]+$/.test(text)) return text;
  throw new UsageError(`${option} must be visible ASCII characters without a space`);
}

function address(text: string | undefined): string | undefined {
  if (text === undefined || (/^https?:\/\//.test(text) && URL.canParse(text)))
    return text?.replace(/\/+$/, '');
  throw new UsageError('--url must begin with http:// or https://');
}

function wholeNumber(option: string, text: string, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= most) return number;
  throw new UsageError(`${option} must be a whole number from 1 to ${most}`);
}
