/** Key phrases in folded text (lower case, no diacritics), as sources of bounded regular expressions. */

const thing = {
  en: '(?:orders?|packages?|parcels?|deliver(?:y|ies)|shipments?|stuff|items?)',
  de: '(?:bestellung|paket|lieferung|sendung|ware|packchen|paeckchen)',
  es: '(?:pedido|paquete|envio|orden|compra)',
  fr: '(?:commande|colis|paquet|livraison)',
  it: '(?:ordine|pacco|spedizione|consegna)',
  nl: '(?:bestelling|pakket|pakketje|zending|levering|order)',
};
const my = {
  en: '(?:my|the|our|this)',
  de: '(?:meine?|die|das|unsere?)',
  es: '(?:mi|el|la|nuestro|nuestra)',
  fr: '(?:ma|mon|la|le|notre)',
  it: '(?:il mio|la mia|il|la)',
  nl: '(?:mijn|de|het|onze)',
};

export const intentPhrases = {
  'order-status': [
    `where(?: is|'s|s| are) ${my.en}(?: \\w{1,12})? ${thing.en}`,
    `(?:track|trace|locate|find) ${my.en} ${thing.en}`,
    `(?:order|delivery|shipping|shipment) status|status of ${my.en} ${thing.en}|tracking (?:number|link|info)`,
    `when (?:will|does|is) ${my.en} ${thing.en}`,
    `(?:has|is) ${my.en} ${thing.en} (?:shipped|been shipped|been sent|on its way)`,
    `${thing.en} (?:has not|hasn't|hasnt|did not|didn't|didnt) (?:arrived?|come)`,
    `wo (?:ist|bleibt|steckt) ${my.de} ${thing.de}|wann (?:kommt|wird) ${my.de} ${thing.de}`,
    `sendungsverfolgung|lieferstatus|bestellstatus|status meiner ${thing.de}|sendungsnummer`,
    `${thing.de} (?:ist )?(?:noch )?nicht (?:angekommen|da)`,
    `donde (?:esta|anda|queda) ${my.es} ${thing.es}|cuando (?:llega|llegara) ${my.es} ${thing.es}`,
    `estado (?:de|del) (?:mi )?${thing.es}|numero de seguimiento|rastrear ${my.es} ${thing.es}`,
    `ou (?:est|en est|se trouve) ${my.fr} ${thing.fr}|quand (?:arrive|arrivera) ${my.fr} ${thing.fr}`,
    `suivi (?:de|du) (?:ma |mon )?${thing.fr}|suivre ${my.fr} ${thing.fr}|statut de (?:ma|la) ${thing.fr}|numero de suivi`,
    `dov'? ?e(?:'|) ${my.it} ${thing.it}|quando arriva ${my.it} ${thing.it}`,
    `stato (?:del(?:l'| ?)|della )(?:mio |mia )?${thing.it}|numero di tracciamento|tracciare ${my.it} ${thing.it}`,
    `waar (?:is|blijft) ${my.nl} ${thing.nl}|wanneer komt ${my.nl} ${thing.nl}`,
    `bestelstatus|status van (?:mijn|de) ${thing.nl}|track en trace`,
  ],
  return: [
    'returns?|returning|send (?:it|this|them|that) back|refund(?:s|ed)?|money back|exchange (?:it|this|them)',
    'retour(?:e|en)?|ruckgabe|rueckgabe|zuruck(?:schicken|senden|geben)|zurueck(?:schicken|senden|geben)',
    'umtausch(?:en)?|ruckerstattung|rueckerstattung|geld zuruck|erstatt(?:en|ung)',
    'devolver(?:lo|la)?|devolucion(?:es)?|reembols(?:o|ar)',
    'retourner|renvoyer|rembours(?:er|ement)|echanger',
    'reso|restituire|restituzione|rimbors(?:o|are)|rendere (?:il|la)',
    'retourneren|terug ?(?:sturen|zenden)|terugbetaling|ruilen',
  ],
  cancellation: [
    'cancel(?:s|l?ed|l?ing|l?ation)?',
    'stornier(?:en|t|e|ung)|storno|widerruf(?:en)?|abbestellen',
    'cancelar(?:lo|la)?|cancelacion|anular(?:lo|la)?|anulacion',
    'annul(?:er|ez|ation)',
    'annulla(?:re|mento)|disdire|disdetta',
    'annuler(?:en|ing)|afbestellen',
  ],
} as const;
