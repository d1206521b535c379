import { expect, test } from 'vitest';
import { factsOf } from '../../src/automation/facts.js';
import {
  literalTexts,
  needsOrder,
  parseTemplate,
  renderTemplate,
} from '../../src/automation/template-text.js';
import { orderValues, type TemplateVariable } from '../../src/automation/template-variables.js';
import { lamp } from './orders.js';

function parsed(body: string) {
  const template = parseTemplate(body);
  if ('error' in template) throw new Error(JSON.stringify(template.error));
  return template;
}

test('a body is taken apart into text and variables', () => {
  const template = parsed('Hi {{contact.name}}, {{ order.name }} and {{order.name}}.');
  expect(template.variables).toEqual(['contact.name', 'order.name']);
  expect(literalTexts(template)).toEqual(['Hi ', ', ', ' and ', '.']);
  expect(parsed('')).toEqual({ variables: [], parts: [] });
  expect(parsed('{a} } {').parts).toEqual([{ text: '{a} } {' }]);
});

test.each([
  [
    'Hi {{contact.nam}}',
    { problem: 'unknown-variable', position: 3, found: 'contact.nam', nearest: 'contact.name' },
  ],
  [
    '{{order.trackingnumber}}',
    { problem: 'unknown-variable', position: 0, nearest: 'order.tracking_number' },
  ],
  ['{{ORDER.NAME}}', { problem: 'unknown-variable', nearest: 'order.name' }],
  ['{{constructor}}', { problem: 'unknown-variable', found: 'constructor' }],
  ['{{__proto__}}', { problem: 'unknown-variable', nearest: undefined }],
  ['{{}}', { problem: 'unknown-variable', found: '', nearest: undefined }],
  ['ab {{order.name', { problem: 'unclosed', position: 3, nearest: 'order.name' }],
  ['ab }} {{order.name}}', { problem: 'unopened', position: 3, nearest: undefined }],
  ['{{{{order.name}}}}', { problem: 'unclosed', position: 0 }],
])('%s is an error that says where and what was meant', (body, error) => {
  expect(parseTemplate(body)).toMatchObject({ error });
});

test.each([
  ['en', 'March 5, 2026'],
  ['en-GB', '5 March 2026'],
  ['de', '5. März 2026'],
  ['es', '5 de marzo de 2026'],
  ['fr', '5 mars 2026'],
  ['it', '5 marzo 2026'],
  ['nl', '5 maart 2026'],
  ['no such locale', 'March 5, 2026'],
])('dates are in the language and in UTC: %s', (locale, text) => {
  const values = { 'order.estimated_delivery': '2026-03-05T23:30:00Z' };
  expect(renderTemplate(parsed('{{order.estimated_delivery}}'), values, locale)).toEqual({ text });
});

test('what is missing or of another type is named, and nothing is rendered', () => {
  const all = parsed('{{order.name}}{{order.status_url}}{{order.delivered_at}}{{contact.name}}');
  expect(renderTemplate(all, {}, 'en')).toEqual({ missing: all.variables });
  for (const url of ['javascript:alert(1)', 'lamps.example', 'https://', 'https://a.example b', '']) {
    expect(renderTemplate(parsed('{{order.status_url}}'), { 'order.status_url': url }, 'en')).toEqual({
      missing: ['order.status_url'],
    });
  }
  for (const date of ['soon', '2026-13-01', '5', '']) {
    expect(
      renderTemplate(parsed('{{order.delivered_at}}'), { 'order.delivered_at': date }, 'en'),
    ).toHaveProperty('missing');
  }
  expect(renderTemplate(parsed('{{contact.name}}'), { 'contact.name': '\n\u0000' }, 'en')).toHaveProperty(
    'missing',
  );
});

test('a value is text: it brings in no variable, no line and no pattern', () => {
  const values = { 'contact.name': '{{order.name}}\n$& $1', 'order.name': '#1001' };
  expect(renderTemplate(parsed('Hi {{contact.name}}!'), values, 'en')).toEqual({
    text: 'Hi {{order.name}} $& $1!',
  });
});

test('only a template with an order’s variable needs one', () => {
  expect(needsOrder(parsed('Hi {{contact.name}} of {{organization.name}}'))).toBe(false);
  expect(needsOrder(parsed('{{order.status}}'))).toBe(true);
});

test('the values of an order are its facts, and what it has two of is left out', () => {
  expect(orderValues(factsOf(lamp), 'de-AT')).toEqual({
    'order.name': '#1001',
    'order.status': 'versandt',
    'order.tracking_number': 'JD014600003770',
    'order.tracking_company': 'DHL',
    'order.tracking_url': 'https://dhl.example/t?x=JD014600003770',
    'order.estimated_delivery': '2026-03-05T00:00:00.000Z',
    'order.delivered_at': undefined,
    'order.status_url': 'https://lamps.example/orders/abc',
  } satisfies Partial<Record<TemplateVariable, string | undefined>>);
  const second = { displayStatus: 'DELIVERED', tracking: [{ number: 'JD014600009999', company: 'DHL' }] };
  const two = orderValues(factsOf({ ...lamp, fulfillments: [...lamp.fulfillments, second] }), 'en');
  expect(two).toMatchObject({
    'order.tracking_number': undefined,
    'order.tracking_company': 'DHL',
    'order.status': 'shipped',
  });
});
