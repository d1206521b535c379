/** What is read of an event's payload: of every kind of message there is, and of what no vendor should send. */
import { describe, expect, test } from 'vitest';
import { readSample, samples } from '../../scripts/webhooks/samples.ts';
import { inboundMessage, statusReport, writerOf } from '../../src/support/whatsapp-payload.js';
import { splitWhatsApp } from '../../src/webhooks/split/whatsapp.js';

const context = { from: '12025550190', id: 'wamid.ours' };
/** An event's payload, as it is stored: one message, and the contact whose it is. */
const said = (message: object, contact: object = { profile: { name: 'Mara' }, wa_id: '12025550143' }) => ({
  metadata: { phone_number_id: '100000000000001' },
  contact,
  message: { from: '12025550143', id: 'wamid.1', timestamp: '1795186800', ...message },
});
const reported = (status: object) => ({
  metadata: { phone_number_id: '100000000000001' },
  status: { id: 'wamid.ours', status: 'sent', recipient_id: '12025550143', ...status },
});
/** What nobody should send, in the place of anything. */
const garbage = [undefined, null, '', 0, 7, true, 'text', [], ['a'], [{}], {}, [['id', 'x']]];

describe('the writer', () => {
  test('has a user id, a phone number and a name', () => {
    const contact = { profile: { name: 'Zoë 🚲' }, wa_id: '12025550143', user_id: 'US.1' };
    expect(writerOf(said({ from_user_id: 'US.1', type: 'text' }, contact))).toEqual({
      whatsappUserId: 'US.1',
      phone: '+12025550143',
      name: 'Zoë 🚲',
    });
  });

  test.each([
    ['no phone', { from: undefined, from_user_id: 'US.1' }, {}, { whatsappUserId: 'US.1' }],
    ['no user id', {}, {}, { phone: '+12025550143' }],
    ['its user id only in the contact', { from: undefined }, { user_id: 'US.1' }, { whatsappUserId: 'US.1' }],
    [
      'its phone only in the contact',
      { from: undefined },
      { wa_id: '447700900123' },
      { phone: '+447700900123' },
    ],
    [
      'another user id in the contact',
      { from_user_id: 'US.1' },
      { user_id: 'US.2' },
      { whatsappUserId: 'US.1', phone: '+12025550143' },
    ],
    ['another phone in the contact', {}, { wa_id: '447700900123' }, { phone: '+12025550143' }],
    ['an empty name', {}, { profile: { name: '' } }, { phone: '+12025550143' }],
    ['no contact', {}, undefined, { phone: '+12025550143' }],
    ['a plus already', { from: '+12025550143' }, {}, { phone: '+12025550143' }],
  ] as [string, object, object | undefined, object][])('with %s', (_name, message, contact, writer) => {
    expect(writerOf({ ...said(message), contact })).toEqual(writer);
  });

  test.each([
    ['letters', 'somebody'],
    ['a user id', 'US.13491208655302741918'],
    ['a user id that ends like a number', 'GB.447700900123'],
    ['too short', '1202'],
    ['too long for any number', '1'.repeat(40)],
    ['no country’s', '999555014312'],
    ['zeros', '000000000000'],
    ['a number’s type', 12025550143],
  ])('is nobody when the number is %s', (_name, from) => {
    expect(writerOf(said({ from }, {}))).toBeUndefined();
    expect(writerOf(said({ from, from_user_id: 'US.1' }, {}))).toEqual({ whatsappUserId: 'US.1' });
  });

  test.each(['49', '62', '81', '82', '234', '598'])(
    'has only a number that the table can hold, also where longer ones are possible: +%s',
    (country) => {
      const lengths = Array.from({ length: 17 }, (_, index) => index + 1);
      const phones = lengths.map(
        (digits) => writerOf(said({ from: country + '1'.repeat(digits) }, {}))?.phone,
      );
      const found = phones.filter((each) => each !== undefined);
      expect(found.length).toBeGreaterThan(0);
      expect(found.filter((each) => !/^\+[1-9][0-9]{5,14}$/.test(each))).toEqual([]);
    },
  );

  test('has no NUL in its names, and is nobody when there is nothing else', () => {
    const contact = { profile: { name: 'M\0ara\0' }, user_id: 'U\0S.1' };
    expect(writerOf(said({ from: undefined }, contact))).toEqual({ whatsappUserId: 'US.1', name: 'Mara' });
    expect(writerOf(said({ from: '\0' }, { user_id: '\0', profile: { name: '\0' } }))).toBeUndefined();
  });

  test('that is nothing but NUL in the message may still be named in the contact', () => {
    expect(
      writerOf(said({ from: '\0', from_user_id: '\0' }, { user_id: 'US.1', wa_id: '12025550143' })),
    ).toEqual({ whatsappUserId: 'US.1', phone: '+12025550143' });
  });

  test('is nobody in garbage, which throws nothing', () => {
    for (const each of garbage) {
      expect(writerOf({ message: each, contact: each })).toBeUndefined();
      expect(writerOf({ message: { from: each }, contact: { wa_id: each } })?.phone).toBeUndefined();
      expect(writerOf(said({ from: each, from_user_id: undefined }, {}))).toBeUndefined();
      expect(writerOf({ ...said({}), contact: { profile: each } })).toEqual({ phone: '+12025550143' });
    }
    expect(writerOf({})).toBeUndefined();
    expect(writerOf([])).toBeUndefined();
  });
});

describe('a message', () => {
  const media = { mime_type: 'image/jpeg', sha256: 'Q8wj', id: '300000000000001' };
  const reply = { id: 'order-1001', title: 'Order #1001' };
  const location = { latitude: 51.5, longitude: -0.12, name: 'The shop', address: '1 High Street' };
  const order = { catalog_id: '4', product_items: [{ product_retailer_id: 'VM-1', quantity: 2 }] };
  test.each([
    ['text', { body: 'Wo ist #1001? 🚲' }, 'Wo ist #1001? 🚲'],
    ['image', { ...media, caption: 'Look' }, 'Look'],
    ['image', media, null],
    ['video', { ...media, caption: 'Watch' }, 'Watch'],
    ['audio', { ...media, voice: true }, null],
    ['document', { ...media, filename: 'invoice.pdf', caption: 'The invoice' }, 'The invoice'],
    ['sticker', { ...media, animated: false }, null],
    ['location', location, null],
    ['reaction', { message_id: 'wamid.ours', emoji: '👍' }, null],
    ['button', { payload: 'TRACK', text: 'Track my order' }, 'Track my order'],
    ['interactive', { type: 'button_reply', button_reply: reply }, 'Order #1001'],
    ['interactive', { type: 'list_reply', list_reply: { ...reply, description: 'One' } }, 'Order #1001'],
    ['interactive', { type: 'nfm_reply', nfm_reply: { name: 'flow', response_json: '{}' } }, null],
    ['order', { ...order, text: '' }, null],
    ['order', { ...order, text: 'Soon, please' }, 'Soon, please'],
    ['hologram', { id: '3', mime_type: 'model/hologram' }, null],
  ] as [string, object, string | null][])('of type %s is read: %j', (type, part, text) => {
    expect(inboundMessage(said({ type, [type]: part, context }))).toEqual({
      vendorMessageId: 'wamid.1',
      text,
      content: type === 'text' ? null : part,
      replyTo: 'wamid.ours',
    });
  });

  test('of type contacts, which are a list, keeps them', () => {
    const contacts = [{ name: { formatted_name: 'Theo Marchetti' }, phones: [{ phone: '+1 202-555-0158' }] }];
    const message = inboundMessage(said({ type: 'contacts', contacts }));
    expect(message).toMatchObject({ text: null, replyTo: null });
    expect(JSON.stringify(message!.content)).toContain('Theo Marchetti');
  });

  test('answers none when it has no context, or one without an id: forwarded', () => {
    for (const each of [undefined, { forwarded: true }, { id: '' }, ...garbage])
      expect(inboundMessage(said({ type: 'text', context: each }))!.replyTo).toBeNull();
  });

  test('without an id is none', () => {
    for (const each of garbage.filter((value) => value !== 'text')) {
      expect(inboundMessage(said({ type: 'text', id: each }))).toBeUndefined();
      expect(inboundMessage({ message: each })).toBeUndefined();
    }
    expect(inboundMessage(said({ id: '\0' }))).toBeUndefined();
    expect(inboundMessage({})).toBeUndefined();
    expect(inboundMessage([])).toBeUndefined();
  });

  test('with garbage where its part belongs has no text, and content that is an object or nothing', () => {
    const types = ['text', 'image', 'interactive', 'button', 'order', 'location', 'contacts', 'unsupported'];
    for (const type of types) {
      for (const each of garbage) {
        const message = inboundMessage(said({ type, [type]: each }))!;
        expect(message).toMatchObject({ vendorMessageId: 'wamid.1', text: null });
        expect(typeof message.content).toBe('object');
      }
    }
    for (const each of garbage) {
      const nested = {
        body: { is: each },
        caption: [each],
        text: null,
        button_reply: each,
        list_reply: [each],
      };
      expect(inboundMessage(said({ type: 'interactive', interactive: nested }))!.text).toBeNull();
    }
    for (const type of [undefined, null, 7, [], {}, '', '__proto__', 'constructor', 'toString', 'id'])
      expect(inboundMessage(said({ type }))).toMatchObject({ vendorMessageId: 'wamid.1', text: null });
  });

  test('has no NUL in what is kept of it, and no text when it is nothing else', () => {
    const message = said({ id: 'wa\0mid', type: 'text', text: { body: 'a\0b' }, context: { id: '\0x' } });
    expect(inboundMessage(message)).toEqual({
      vendorMessageId: 'wamid',
      text: 'ab',
      content: null,
      replyTo: 'x',
    });
    const empty = said({ type: 'image', image: { caption: '\0' }, context: { id: '\0' } });
    expect(inboundMessage(empty)).toMatchObject({ text: null, replyTo: null });
  });
});

describe('a status report', () => {
  test.each(['sent', 'delivered', 'read', 'played'])('%s names the message, and ours', (status) => {
    expect(reportOf({ status })).toEqual({ vendorMessageId: 'wamid.ours', ourId: undefined, failure: null });
    expect(reportOf({ status, biz_opaque_callback_data: 'our id' })).toMatchObject({ ourId: 'our id' });
  });

  test('failed says why, in a code and not in words', () => {
    const error = { code: 131047, title: 'Re-engagement message', message: 'Re-engagement message' };
    expect(reportOf({ status: 'failed', errors: [error] })).toMatchObject({ failure: 'whatsapp-131047' });
    expect(reportOf({ errors: [{ code: '131047' }] })).toMatchObject({ failure: 'whatsapp-131047' });
    expect(reportOf({ errors: [error, { code: 1 }] })).toMatchObject({ failure: 'whatsapp-131047' });
  });

  test('about a person without a phone number names the message all the same', () => {
    const status = { recipient_id: undefined, recipient_user_id: 'US.1' };
    expect(reportOf(status)).toMatchObject({ vendorMessageId: 'wamid.ours' });
  });

  test('keeps nothing that Postgres cannot: no NUL', () => {
    const report = reportOf({
      id: 'wamid\0.x',
      biz_opaque_callback_data: 'our\0 id',
      errors: [{ code: '13\0' }],
    });
    expect(report).toMatchObject({ vendorMessageId: 'wamid.x', ourId: 'our id' });
    expect(report!.failure).not.toContain('\0');
  });

  test('of garbage is none, or says nothing of a failure', () => {
    for (const each of garbage) {
      expect(statusReport({ status: each })).toBeUndefined();
      expect(reportOf({ errors: each })).toMatchObject({ failure: null });
      expect(reportOf({ errors: [each] })).toMatchObject({ failure: null });
    }
    for (const each of garbage.filter((value) => value !== 'text')) {
      expect(reportOf({ id: each })).toBeUndefined();
      expect(reportOf({ biz_opaque_callback_data: each })!.ourId).toBeUndefined();
    }
    expect(statusReport({})).toBeUndefined();
    expect(statusReport([])).toBeUndefined();
  });

  const reportOf = (status: object) => statusReport(reported(status));
});

/** The facts of a sample, as the worker stores them. */
const factsOf = (name: string) =>
  splitWhatsApp({ id: '', vendor: 'whatsapp', headers: {}, body: Buffer.from(readSample('whatsapp', name)) });

/** All facts of all samples whose type begins so. */
const payloadsOf = (kind: string) =>
  samples('whatsapp')
    .flatMap(factsOf)
    .filter(({ type }) => type.startsWith(kind) && type !== 'message.system')
    .map(({ payload }) => payload);

test('of the samples every message has an id, and a writer with a name, every status a message', () => {
  const messages = payloadsOf('message.');
  expect(messages.length).toBeGreaterThan(20);
  for (const payload of messages) {
    expect(inboundMessage(payload)?.vendorMessageId).toMatch(/^wamid\./);
    const { name, whatsappUserId, phone = '+12025550000' } = writerOf(payload)!;
    expect([name, whatsappUserId, phone]).not.toContain(undefined);
    expect(phone).toMatch(/^\+1202555\d{4}$/);
  }
  const statuses = payloadsOf('status.');
  expect(statuses.length).toBeGreaterThan(4);
  for (const payload of statuses) expect(statusReport(payload)?.vendorMessageId).toMatch(/^wamid\./);
});

test('the samples say what people read', () => {
  const textOf = (name: string) => inboundMessage(factsOf(name)[0]!.payload)!.text;
  expect(textOf('button')).toBe('Track my order');
  expect(textOf('document')).toBe('The invoice');
  expect(textOf('interactive.list_reply')).toBe('Order #1001');
  expect(textOf('text.username')).toBe('Hello, do you have the 48 V charger in stock?');
  expect(writerOf(factsOf('text.username')[0]!.payload)).toEqual({
    whatsappUserId: 'US.73920615584170293846',
    name: 'Jonas Okafor',
  });
});
