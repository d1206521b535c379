/** How a status is said in English, German, Spanish, French, Italian and Dutch, folded. */
import type { OrderStatus } from '../order-status.js';

const shipped = [
  'ship(?:s|ped|ping)?|dispatched|despatched|sent|mailed|posted|on (?:its|the|their) way|in transit|left (?:our|the) warehouse|handed (?:over )?to',
  'versandt|versende[nt]|verschickt|abgeschickt|losgeschickt|unterwegs|versendung',
  'enviad[oa]s?|envi[oó]|expedid[oa]s?|despachad[oa]s?|en camino|en transito',
  'expediee?s?|expedie|envoyee?s?|envoye|en route|en chemin|en transit',
  'spedit[oaie]|inviat[oaie]|in viaggio|in transito|partit[oaie]',
  'verzonden|verstuurd|verscheept|onderweg|opgestuurd',
];
const refunded = [
  'refund(?:s|ed|ing)?|reimburse(?:d|ment)?|money back|credited',
  '(?:zuruck|rueck|ruck|zurueck)?erstatt(?:et|en|ung)|(?:ruck|rueck)zahlung|zuruckgezahlt|gutgeschrieben|gutschrift',
  'reembols(?:o|os|ad[oa]s?|ar|aremos)|abonad[oa]s?',
  'rembourse(?:e|r|s|es|ment|ments|rons)?|credite',
  'rimbors(?:o|i|at[oaie]|are)|accreditat[oaie]',
  'terugbeta(?:ald|ling|len)|teruggestort|teruggekregen',
];
const partly =
  '(?:partly|partially|in part|teilweise|parcialmente|partiellement|parzialmente|gedeeltelijk|deels)';

export const statusPhrases: Readonly<Record<OrderStatus, readonly string[]>> = {
  cancelled: [
    'cancel(?:l?ed|l?ing|lation|ation|s)?|void(?:ed)?',
    'stornier(?:t|te[nmrs]?|en|ung)|storno',
    'cancelad[oa]s?|anulad[oa]s?|cancelacion|anulacion',
    'annulee?s?|annule|annulation|annullat[oaie]|annullamento|geannuleerde?|annulering',
  ],
  refunded,
  'partly-refunded': [`${partly} (?:${refunded.join('|')})`],
  delivered: [
    'delivered|arrived|received|dropped off|handed over|picked up|collected',
    'zugestellt|geliefert|ausgeliefert|angekommen|eingetroffen|ubergeben|uebergeben|abgeholt',
    'entregad[oa]s?|llegado|llego|recibid[oa]s?|recogid[oa]s?',
    'livree?s?|livre|arrivee?s?|arrive|remise?s?|recue?s?',
    'consegnat[oaie]|arrivat[oaie]|recapitat[oaie]|ricevut[oaie]|ritirat[oaie]',
    'bezorgd|afgeleverd|geleverd|aangekomen|ontvangen|opgehaald',
  ],
  'out-for-delivery': [
    'out for delivery|in zustellung|en reparto|en cours de livraison|in consegna|onderweg voor bezorging|met de bezorger',
  ],
  'ready-for-pickup': [
    'ready (?:for|to) (?:pick ?up|pick-up|collect|collection)|available for pick-?up|abholbereit|zur abholung|bereit zur abholung',
    'listo para recoger|pret a etre retire|pronto per il ritiro|klaar om op te halen',
  ],
  shipped,
  'partly-shipped': [`${partly} (?:${shipped.join('|')})`],
  processing: [
    'in preparation|(?:being )?prepared|preparing|(?:being )?processed|processing|pack(?:ed|ing)',
    'in bearbeitung|bearbeitet|vorbereitet|vorbereitung|verpackt|gepackt|en preparacion|preparando|en proceso|procesando',
    'en preparation|en cours de (?:traitement|preparation)|preparee?s?|in preparazione|in lavorazione|preparat[oaie]',
    'in behandeling|verwerkt|voorbereid|ingepakt',
  ],
  paid: [
    'paid|payment received|bezahlt|gezahlt|zahlung erhalten|pagad[oa]s?|payee?s?|paye|pagat[oaie]|betaald|charged',
  ],
  'payment-pending': [
    'awaiting payment|payment (?:is )?(?:pending|due)|unpaid|zahlung (?:ist )?(?:ausstehend|offen)|unbezahlt',
    'pendiente de pago|en attente de paiement|in attesa di pagamento|in afwachting van betaling|onbetaald',
  ],
};

/** What can be said of an order and is none of its facts. */
export const neverFacts: readonly string[] = [
  'lost|missing|stolen|verloren|verschollen|perdid[oa]s?|perdue?s?|robad[oa]|smarrit[oaie]|pers[oa]|kwijt|zoek|gestolen',
  'delay(?:s|ed)?|late|verspat\\p{L}{1,6}|verzoger\\p{L}{1,6}|retras(?:o|ad[oa]s?)|retard(?:ee?s?)?|ritardo|vertra(?:agd|ging)',
  'return(?:s|ed|ing)?|retourniert|zuruckgesendet|zuruckgeschickt|retoure|devuelt[oa]s?|retournee?s?|restituit[oaie]|geretourneerd|teruggestuurd',
  'damaged|broken|beschadigt|danad[oa]s?|endommagee?s?|danneggiat[oaie]|beschadigd',
  'replac(?:e|ed|ement)|ersatz|ersetzt|reemplaz\\p{L}{1,6}|remplac\\p{L}{1,6}|sostitu\\p{L}{1,6}|vervang\\p{L}{1,6}',
  'out of stock|sold out|backorder(?:ed)?|ausverkauft|agotad[oa]s?|rupture de stock|esaurit[oaie]|uitverkocht',
  'customs|zoll|aduanas?|douanes?|dogana|undeliver(?:ed|able)|unshipped|on hold|reject(?:ed)?|declined|failed',
  'arriv(?:e|es|ing)|ankommen|ankommt|kommt an|llega(?:ra|n)?|arriver(?:a|ont)|arriva|arrivera|aankomen|komt aan',
  'deliver(?:s|ing)?|zustellen|liefern|entregar(?:a|emos)?|livrer(?:a|ons)?|consegnare(?:mo)?|bezorgen|leveren',
];
