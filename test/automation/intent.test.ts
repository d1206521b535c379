import { expect, test } from 'vitest';
import { intentOf } from '../../src/automation/intent.js';

test.each([
  ['order-status', 'Hi, where is my order #1001?', 'where is my order'],
  ['order-status', 'WHERE’S MY PACKAGE', 'WHERE’S MY PACKAGE'],
  ['order-status', 'Wo bleibt meine Bestellung?', 'Wo bleibt meine Bestellung'],
  ['order-status', '¿Dónde está mi pedido?', 'Dónde está mi pedido'],
  ['order-status', 'Où est ma commande ?', 'Où est ma commande'],
  ['order-status', "Dov'è il mio ordine?", "Dov'è il mio ordine"],
  ['order-status', 'Waar is mijn bestelling?', 'Waar is mijn bestelling'],
  ['return', 'I want to send it back', 'send it back'],
  ['return', 'Ich möchte die Lampe zurückschicken', 'zurückschicken'],
  ['return', 'Quiero devolver la lámpara', 'devolver'],
  ['return', 'Je veux un remboursement', 'remboursement'],
  ['return', 'Vorrei un rimborso', 'rimborso'],
  ['return', 'Ik wil de lamp retourneren', 'retourneren'],
  ['cancellation', 'please cancel it', 'cancel'],
  ['cancellation', 'Bitte stornieren Sie', 'stornieren'],
  ['cancellation', 'quiero cancelar', 'cancelar'],
  ['cancellation', 'je veux annuler', 'annuler'],
  ['cancellation', 'vorrei annullare', 'annullare'],
  ['cancellation', 'ik wil annuleren', 'annuleren'],
])('%s: %s', (intent, text, evidence) => {
  expect(intentOf(text)).toEqual({ intent, evidence });
});

test.each([
  'Where is my order? Otherwise I cancel.',
  'Wo ist mein Paket? Sonst möchte ich die Rückerstattung',
  'please do not cancel my order',
  'bitte nicht stornieren',
  'Stornieren Sie nicht',
  'Do you sell lamps?',
  'scancellation',
  '',
  '\u0000\ud800',
])('what is not plain is read by a person: %j', (text) => {
  expect(intentOf(text)).toEqual({ intent: 'other', evidence: null });
});

test('hostile text is read in linear time', () => {
  for (const piece of ['where is my ', 'not ', 'cancel ', 'status of my ', ' ', 'a']) {
    const from = performance.now();
    intentOf(piece.repeat(100_000 / piece.length));
    expect(performance.now() - from).toBeLessThan(500);
  }
});
