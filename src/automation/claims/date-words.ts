/** Months, weekdays and words of time in English, German, Spanish, French, Italian and Dutch, folded. */

/** January first. */
export const months: readonly (readonly string[])[] = [
  ['january', 'jan', 'januar', 'janner', 'enero', 'ene', 'janvier', 'janv', 'gennaio', 'gen', 'januari'],
  ['february', 'feb', 'februar', 'febrero', 'fevrier', 'fevr', 'febbraio', 'febr', 'februari'],
  ['march', 'mar', 'marz', 'maerz', 'mrz', 'marzo', 'mars', 'maart', 'mrt'],
  ['april', 'apr', 'abril', 'abr', 'avril', 'avr', 'aprile'],
  ['may', 'mai', 'mayo', 'maggio', 'mag', 'mei'],
  ['june', 'jun', 'juni', 'junio', 'juin', 'giugno', 'giu'],
  ['july', 'jul', 'juli', 'julio', 'juillet', 'juil', 'luglio', 'lug'],
  ['august', 'aug', 'agosto', 'ago', 'aout', 'augustus'],
  ['september', 'sept', 'sep', 'septiembre', 'setiembre', 'septembre', 'settembre', 'set'],
  ['october', 'oct', 'oktober', 'okt', 'octubre', 'octobre', 'ottobre', 'ott'],
  ['november', 'nov', 'noviembre', 'novembre'],
  ['december', 'dec', 'dezember', 'dez', 'diciembre', 'dic', 'decembre', 'dicembre'],
];

/** Sunday first, as `getUTCDay` counts. German ones may end in `s`. */
export const weekdays: readonly (readonly string[])[] = [
  ['sunday', 'sun', 'sonntag', 'domingo', 'dimanche', 'domenica', 'zondag'],
  ['monday', 'mon', 'montag', 'lunes', 'lundi', 'lunedi', 'maandag'],
  ['tuesday', 'tues', 'tue', 'dienstag', 'martes', 'mardi', 'martedi', 'dinsdag'],
  ['wednesday', 'wed', 'mittwoch', 'miercoles', 'mercredi', 'mercoledi', 'woensdag'],
  ['thursday', 'thurs', 'thur', 'thu', 'donnerstag', 'jueves', 'jeudi', 'giovedi', 'donderdag'],
  ['friday', 'fri', 'freitag', 'viernes', 'vendredi', 'venerdi', 'vrijdag'],
  ['saturday', 'sat', 'samstag', 'sonnabend', 'sabado', 'samedi', 'sabato', 'zaterdag'],
];

/** Before or behind a weekday they make it another one than the one meant by a date. */
export const nextWords =
  'next|coming|following|this|last|nachste[nrs]?|naechste[nrs]?|kommende[nrs]?|folgende[nrs]?|letzte[nrs]?|proximo|siguiente|pasado|que viene|prochain|suivant|dernier|prossimo|scorso|volgende|komende|aanstaande|afgelopen';

export const relativeDays = [
  'today|tonight|tomorrow|yesterday|soon|shortly|asap|immediately|overnight|weekends?',
  'heute|morgen|ubermorgen|uebermorgen|gestern|vorgestern|bald|demnachst|in kurze|sofort|wochenende',
  'hoy|manana|ayer|pronto|en breve|enseguida|fin de semana',
  "aujourd'hui|demain|apres-demain|avant-hier|bientot|sous peu|immediatement",
  'oggi|domani|dopodomani|ieri|presto|a breve|subito|fine settimana',
  'vandaag|overmorgen|gisteren|binnenkort|spoedig|meteen',
  String.raw`(?:livree?s?|arrivee?s?|expediee?s?|envoyee?s?|depuis|partie?) hier`,
] as const;

/** A plural alone promises ("a few days"); a singular does with a number or `next` before it. */
export const spans =
  'minutes|hours|days|weeks|weekdays|workdays|months|minuten|stunden|tagen?|wochen|monaten?|werktagen?|arbeitstagen?|minutos|horas|dias|semanas|meses|heures|jours|semaines|mois|minuti|giorni|settimane|mesi|dagen|weken|uren|uur|maanden|werkdagen';
export const singleSpans =
  'minute|hour|day|week|month|business day|working day|stunde|tag|woche|monat|werktag|arbeitstag|minuto|hora|dia|semana|mes|heure|jour|semaine|giorno|settimana|mese|ora|ore|dag|werkdag|maand';
export const counts = String.raw`\d{1,4}|an?|one|next|this|within a|eine[nmrs]?|ein|nachste[nrs]?|kommende[nrs]?|diese[nrs]?|una?|proxim[oa]|est[ae]|une|prochaine?|cette|prossim[oa]|quest[ao]|een|volgende|komende|deze`;
