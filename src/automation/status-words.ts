/** What `{{order.status}}` says. Every text here is recognised by `claims/status-claims.ts`; a test compares them. */
import type { OrderStatus } from './order-status.js';

export const languages = ['en', 'de', 'es', 'fr', 'it', 'nl'] as const;
export type Language = (typeof languages)[number];

/** The language of a BCP 47 locale, English where it is none of ours. */
export function languageOf(locale: string): Language {
  const language = locale.toLowerCase().split(/[-_]/)[0];
  return languages.find((ours) => ours === language) ?? 'en';
}

/** In the order of `languages`. */
const words: Readonly<Record<OrderStatus, readonly [string, string, string, string, string, string]>> = {
  cancelled: ['cancelled', 'storniert', 'cancelado', 'annulé', 'annullato', 'geannuleerd'],
  refunded: ['refunded', 'erstattet', 'reembolsado', 'remboursé', 'rimborsato', 'terugbetaald'],
  'partly-refunded': [
    'partly refunded',
    'teilweise erstattet',
    'parcialmente reembolsado',
    'partiellement remboursé',
    'parzialmente rimborsato',
    'gedeeltelijk terugbetaald',
  ],
  delivered: ['delivered', 'zugestellt', 'entregado', 'livré', 'consegnato', 'bezorgd'],
  'out-for-delivery': [
    'out for delivery',
    'in Zustellung',
    'en reparto',
    'en cours de livraison',
    'in consegna',
    'onderweg voor bezorging',
  ],
  'ready-for-pickup': [
    'ready for pickup',
    'abholbereit',
    'listo para recoger',
    'prêt à être retiré',
    'pronto per il ritiro',
    'klaar om op te halen',
  ],
  shipped: ['shipped', 'versandt', 'enviado', 'expédié', 'spedito', 'verzonden'],
  'partly-shipped': [
    'partly shipped',
    'teilweise versandt',
    'parcialmente enviado',
    'partiellement expédié',
    'parzialmente spedito',
    'gedeeltelijk verzonden',
  ],
  processing: [
    'in preparation',
    'in Bearbeitung',
    'en preparación',
    'en préparation',
    'in preparazione',
    'in behandeling',
  ],
  paid: ['paid', 'bezahlt', 'pagado', 'payé', 'pagato', 'betaald'],
  'payment-pending': [
    'awaiting payment',
    'Zahlung ausstehend',
    'pendiente de pago',
    'en attente de paiement',
    'in attesa di pagamento',
    'in afwachting van betaling',
  ],
};

export function statusWord(status: OrderStatus, language: Language): string {
  return words[status][languages.indexOf(language)] ?? words[status][0];
}
