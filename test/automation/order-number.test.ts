import { expect, test } from 'vitest';
import { findOrderNumbers, orderNameKey } from '../../src/automation/order-number.js';

const valuesIn = (text: string) => findOrderNumbers(text).map(({ value }) => value);

test.each([
  ['#1001', '#1001'],
  ['Where is # 1001?', '# 1001'],
  ['order 1001', 'order 1001'],
  ['Order:#1001!', '#1001'],
  ['my order number is 1001.', 'order number is 1001'],
  ['track order 1001', 'order 1001'],
  ['Bestellung Nr. 1001', 'Bestellung Nr. 1001'],
  ['Bestellnummer: 1001', 'Bestellnummer: 1001'],
  ['pedido 1001', 'pedido 1001'],
  ['número de pedido: 1001', 'pedido: 1001'],
  ['commande n°1001', 'commande n°1001'],
  ['ordine numero 1001', 'ordine numero 1001'],
  ['bestelnummer 1001', 'bestelnummer 1001'],
  ['no. 1001', 'no. 1001'],
  ['№ 1001', '№ 1001'],
  ['＃１００１', '＃１００１'],
  ['#١٠٠١', '#١٠٠١'],
  ['#1\u200b0\u00ad01', '#1\u200b0\u00ad01'],
  ['#1️⃣0️⃣0️⃣1️⃣', '#1️⃣0️⃣0️⃣1️⃣'],
])('%j is #1001, with the very words', (text, evidence) => {
  const [number, ...others] = findOrderNumbers(text);
  expect([number?.value, number?.evidence.text, others]).toEqual(['#1001', evidence, []]);
  expect(text.slice(number?.evidence.start, number?.evidence.end)).toBe(evidence);
});

test('a prefix and a suffix belong to the number', () => {
  expect(valuesIn('#SO-1001 please')).toEqual(['#SO-1001']);
  expect(valuesIn('order so-1001')).toEqual(['#SO-1001']);
  expect(valuesIn('#1001-A')).toEqual(['#1001-A']);
  expect(['1001', '#1001', '＃１００１', ' #1001 '].map(orderNameKey)).toEqual(Array(4).fill('#1001'));
});

test.each([
  'call me: +49 171 1234567',
  'phone no. 5551234',
  'my order of 12.03.2024',
  'order 2024-03-12',
  'order 03/04/2024',
  'I ordered in March 2024',
  'order 150 € of lamps',
  'order 12,50',
  'tracking number 12345678901234',
  'tracking 1Z999AA10123456784',
  'order 2 shirts',
  'https://lamps.example/x#1001',
  '&#1001;',
  'customer no. 1001',
  '1001',
  '',
])('%j names no order', (text) => {
  expect(valuesIn(text)).toEqual([]);
});

test('several numbers are several, in the order they were written, and a repeated one is one', () => {
  expect(valuesIn('orders 1003, 1002 and #1001')).toEqual(['#1003', '#1002', '#1001']);
  expect(valuesIn('#1001 … I said order 1001!')).toEqual(['#1001']);
  expect(valuesIn('#1001 #1002 #1003 #1004 #1005 #1006 #1007')).toHaveLength(5);
});

test('beside an order number, another number of its length may be one', () => {
  expect(valuesIn('#1001 and the one of my friend, 1002')).toEqual(['#1001', '#1002']);
  for (const other of ['of 2024', 'for 150,00 €', 'of 12.03.2024', 'call +49 171 1234567', 'two of 10']) {
    expect(valuesIn(`order #1001 ${other}`)).toEqual(['#1001']);
  }
});

test('hostile text is read in linear time, and no more than 4,096 characters of it', () => {
  const pieces = [
    '#',
    'order ',
    'order number is ',
    'no. ',
    '1',
    '1-',
    'a1',
    '#1 ',
    'order 1001, ',
    'n n n ',
    ' ',
    '\u0301',
    '((((',
  ];
  for (const piece of pieces) {
    const text = piece.repeat(100_000 / piece.length);
    const from = performance.now();
    findOrderNumbers(text);
    findOrderNumbers(`${text.slice(0, 4_000)}x`);
    expect(performance.now() - from).toBeLessThan(500);
  }
  expect(valuesIn(`${' '.repeat(4_096)}#1001`)).toEqual([]);
});
