import { expect, test } from 'vitest';
import { unsupportedFacts, type AllowedExtras } from '../../src/automation/fact-check.js';
import { factsOf } from '../../src/automation/facts.js';
import { orderStatuses } from '../../src/automation/order-status.js';
import { languages, statusWord } from '../../src/automation/status-words.js';
import { literalTexts, parseTemplate, renderTemplate } from '../../src/automation/template-text.js';
import { orderValues } from '../../src/automation/template-variables.js';
import { lamp, seeded } from './orders.js';

const facts = factsOf(lamp);
const listed = (text: string, extras?: AllowedExtras) =>
  unsupportedFacts(text, facts, extras).map(({ kind, span }) => `${kind} ${span.text}`);

test.each([
  'Hello Olivia, your order #1001 is on its way with DHL: JD014600003770, https://dhl.example/t?x=JD014600003770.',
  'Order 1001 has been shipped. We expect it on Thursday, 5 March 2026. Total: €49.90.',
  'Ihre Bestellung #1001 wurde versandt, voraussichtlich bis Donnerstag, 5. März 2026. Summe: 49,90 €',
  'Su pedido #1001 ha sido enviado, jueves 5 de marzo de 2026',
  'Votre commande #1001 a été expédiée, jeudi 5 mars 2026',
  'Il suo ordine #1001 è stato spedito, giovedì 5 marzo 2026',
  'Uw bestelling #1001 is verzonden, donderdag 5 maart 2026',
  'ordered on 2026-03-01, tracking JD 0146 0000 3770',
  'See https://lamps.example/orders/abc',
  'Thank you for writing, and have a nice evening!',
])('what the order’s facts support is not listed: %s', (text) => {
  expect(listed(text)).toEqual([]);
});

test.each([
  ['order #1002', 'order-number #1002'],
  ['it is 1002', 'order-number 1002'],
  ['SO-1002', 'order-number SO-1002'],
  ['JD014600003771', 'tracking-number JD014600003771'],
  ['1Z 999 AA1 01 2345 6784', 'tracking-number 1Z 999 AA1 01 2345 6784'],
  ['with UPS', 'tracking-company UPS'],
  ['https://lamps.example/orders/abcd', 'url https://lamps.example/orders/abcd'],
  ['http://lamps.example/orders/abc', 'url http://lamps.example/orders/abc'],
  ['https://lamps.example@evil.example/orders/abc', 'url https://lamps.example@evil.example/orders/abc'],
  ['visit evil.example', 'domain evil.example'],
  ['visit evil。example', 'domain evil。example'],
  ['visit evil (dot) example', 'domain evil (dot) example'],
  ['visit 10.0.0.1/x', 'domain 10.0.0.1/x'],
  ['visit ..evil.example', 'domain evil.example'],
  ['-evil.example', 'domain evil.example'],
  ['at 10.0.0.1.', 'domain 10.0.0.1'],
  ['é1002', 'order-number é1002'],
  ['total...50 €', 'amount 50 €'],
  ['a 50-euro voucher', 'amount 50-euro'],
  ['olivia@example.com', 'email olivia@example.com'],
  ['call +49 1511 2345678', 'phone +49 1511 2345678'],
  ['on 6 March', 'date 6 March'],
  ['on 5 March 2027', 'date 5 March 2027'],
  ['am 6.3.2026', 'date 6.3.2026'],
  ['03/05/2026', 'date 03/05/2026'],
  ['on Friday', 'date Friday'],
  ['next Thursday', 'date next Thursday'],
  ['tomorrow', 'date tomorrow'],
  ['in zwei Tagen', 'date zwei Tagen'],
  ['at 5 pm', 'date 5 pm'],
  ['it costs $49.90', 'amount $49.90'],
  ['49,91 €', 'amount 49,91 €'],
  ['50 euros', 'amount 50 euros'],
  ['10 % off', 'amount 10 %'],
  ['delivered', 'status delivered'],
  ['wurde zugestellt', 'status zugestellt'],
  ['ha sido entregado', 'status entregado'],
  ['a été livrée', 'status livrée'],
  ['è stato consegnato', 'status consegnato'],
  ['is bezorgd', 'status bezorgd'],
  ['we will refund you', 'status refund'],
  ['it was not shipped', 'status not shipped'],
  ['it was lost', 'status lost'],
  ['ｄｅｌｉｖｅｒｅｄ', 'status ｄｅｌｉｖｅｒｅｄ'],
  ['de\u200bli\u00advered', 'status de\u200bli\u00advered'],
  ['del\u0456vered', 'unreadable del\u0456vered'],
  ['Заказ', 'unreadable Заказ'],
])('%s is listed, as it stands', (text, expected) => {
  expect(listed(text)).toContain(expected);
  expect(unsupportedFacts(text, null)).not.toEqual([]);
});

test('without a match every order fact is unsupported', () => {
  const kinds = unsupportedFacts(
    '#1001 shipped with DHL JD014600003770 https://dhl.example/t?x=JD014600003770 on 5 March 2026 for 49.90 €',
    null,
  ).map(({ kind }) => kind);
  const expected = [
    'order-number',
    'status',
    'tracking-company',
    'tracking-number',
    'url',
    'domain',
    'date',
    'amount',
  ];
  expect(new Set(kinds)).toEqual(new Set(expected));
});

test('the template’s own words are allowed where they stand word for word, its links anywhere', () => {
  const texts = ['We deliver within 3 days. Returns: https://lamps.example/returns'];
  expect(listed(texts[0]!, { texts })).toEqual([]);
  expect(listed('Look: https://lamps.example/returns', { texts })).toEqual([]);
  expect(listed('Yours comes within 3 days.', { texts })).toEqual(['date 3 days']);
  expect(listed('Delivered in 3 days', { texts: ['delivered'] })).toEqual(['date 3 days']);
  expect(listed('undelivered', { texts: ['delivered'] })).toEqual(['status undelivered']);
});

test('an allowed link is that link and its host, and no other page', () => {
  const links = ['https://lamps.example/help'];
  expect(listed('https://lamps.example/help, lamps.example', { links })).toEqual([]);
  for (const other of [
    'https://lamps.example/',
    'lamps.example/x',
    'https://evil.lamps.example/help',
    'lamps.example.evil.com',
  ]) {
    expect(listed(other, { links })).not.toEqual([]);
  }
});

test('a name may be in any script, and allows nothing else', () => {
  expect(listed('Hello Иван', { names: ['Иван'] })).toEqual([]);
  expect(listed('Hello Иванов', { names: ['Иван'] })).not.toEqual([]);
  for (const name of ['#1002', 'Refunded', 'evil.com', '50 €']) {
    expect(listed(`Hello ${name}`, { names: [name] })).not.toEqual([]);
  }
});

test('every status is recognised in every language, and supported by itself alone', () => {
  for (const status of orderStatuses) {
    for (const language of languages) {
      const text = `Hello, it is ${statusWord(status, language)}.`;
      const own = [{ kind: 'status', value: status }] as const;
      expect([text, unsupportedFacts(text, own)]).toEqual([text, []]);
      expect([text, unsupportedFacts(text, null).length > 0]).toEqual([text, true]);
    }
  }
});

test.each(languages)('what a template renders of an order passes: %s', (language) => {
  const body =
    'Hello {{contact.name}}: {{order.name}}, {{order.status}}, {{order.tracking_company}} {{order.tracking_number}}, ' +
    '{{order.tracking_url}}, {{order.estimated_delivery}}, {{order.status_url}}. {{organization.name}}';
  const template = parseTemplate(body);
  if ('error' in template) throw new Error(template.error.problem);
  const values = { ...orderValues(facts, language), 'contact.name': 'Olivia', 'organization.name': 'Lamps' };
  const rendered = renderTemplate(template, values, language);
  if ('missing' in rendered) throw new Error(rendered.missing.join());
  const extras = { texts: literalTexts(template) };
  expect(unsupportedFacts(rendered.text, facts, extras)).toEqual([]);
  expect(unsupportedFacts(rendered.text, null, extras).length).toBeGreaterThan(6);
});

const fillers = [
  'Hello',
  'thank you',
  'we',
  'looked',
  'it up',
  'your lamp',
  'Grüße',
  'gracias',
  '(',
  ')',
  ',',
  '.',
  '\n',
  '\u200b',
  '😀',
];

test('a planted number, date or amount is always listed, wherever it stands', () => {
  const { below, pick } = seeded(7);
  const digits = (length: number) => Array.from({ length }, () => below(9) + 1).join('');
  const makers = [
    () => `#${digits(4)}`,
    () => digits(3 + below(12)),
    () => `${pick(['JD', '1Z', 'AB'])}${digits(9)}`,
    () => `${1 + below(28)} ${pick(['April', 'mayo', 'Juni', 'juillet', 'agosto', 'december'])}`,
    () => `${digits(2)}${pick([',', '.'])}${digits(2)} ${pick(['€', 'EUR', 'USD', '$'])}`,
    () => `https://${pick(['a', 'b', 'lamps'])}.example/${digits(3)}`,
    () => `${pick(['a', 'b'])}${digits(2)}.${pick(['com', 'de', 'shop'])}`,
  ];
  for (let round = 0; round < 2_000; round++) {
    const planted = pick(makers)();
    if (/^#?1001$/.test(planted)) continue;
    const words = Array.from({ length: below(8) }, () => pick(fillers));
    words.splice(below(words.length + 1), 0, planted);
    const text = words.join(' ');
    expect([text, unsupportedFacts(text, facts).length > 0]).toEqual([text, true]);
  }
});

test('any text is checked, in linear time', () => {
  const { below } = seeded(11);
  for (let round = 0; round < 300; round++) {
    const text = String.fromCodePoint(...Array.from({ length: 60 }, () => below(0x30000)));
    for (const { span } of unsupportedFacts(text, facts))
      expect(text.slice(span.start, span.end)).toBe(span.text);
  }
  const pieces = [
    'a.',
    '1 ',
    '1.',
    'A1 ',
    'a',
    '#1 ',
    'not ',
    '@',
    'a@',
    'http://',
    '1,',
    '5 march ',
    '+(',
    'ä\u0301',
    'я',
    '- ',
  ];
  for (const piece of pieces) {
    const text = piece.repeat(20_000 / piece.length);
    const from = performance.now();
    unsupportedFacts(text, facts);
    expect([piece, performance.now() - from < 3_000]).toEqual([piece, true]);
  }
});
