/** Dates, weekdays, times of day and spans of time: everything that could be taken for a promise when. */
import { claimsOf, wordsPattern, type Claim, type ReadText } from './claim.js';
import { counts, months, nextWords, relativeDays, singleSpans, spans, weekdays } from './date-words.js';

const month = months.flat().toSorted(byLength).join('|');
const weekday = weekdays.flat().toSorted(byLength).join('|');
/** Alone they would be words of other meaning: `may`, `mar`, `set`. */
const clearMonth = months
  .flat()
  .filter((name) => name.length > 4 || /^(?:june|july|jun[io]|jul[io]|juin|aout|mayo|mei)$/.test(name))
  .toSorted(byLength)
  .join('|');

const iso = /(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/g;
const dotted = /(?<!\d)(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}|\d{2})(?!\d))?/g;
const slashed = /(?<![\d/])(\d{1,2})([/-])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?![\d/])/g;
const dayMonth = new RegExp(
  String.raw`(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|ste|de|\.|o|e)?[\s-]?(?:of\s|de\s|di\s)?(${month})(?!\p{L})\.?(?:,?[\s-](?:de\s|del\s)?(\d{4})(?!\d))?`,
  'gu',
);
const monthDay = new RegExp(
  String.raw`(?<!\p{L})(${month})\.?\s(?:the\s)?(\d{1,2})(?!\d)(?:st|nd|rd|th)?(?:,?\s(\d{4})(?!\d))?`,
  'gu',
);
const monthYear = new RegExp(String.raw`(?<!\p{L})(${month})\.?\s(?:de\s|del\s|of\s)?(\d{4})(?!\d)`, 'gu');
const monthAlone = wordsPattern(`(?:${clearMonth})`, '(?:in|until|by|early|late) may', '(?:im|en|bis) mai');
const weekdayAlone = wordsPattern(`(${weekday})s?`);
const nextWeekday = wordsPattern(`(?:${nextWords})\\s(?:${weekday})s?`, `(?:${weekday})\\s(?:${nextWords})`);
const relative = wordsPattern(...relativeDays);
const spanOfTime = wordsPattern(
  `(?:[\\p{L}\\d-]{1,12}\\s)?(?:${spans})`,
  `(?:${counts})\\s?(?:${singleSpans})`,
);
const time =
  /(?<!\d)\d{1,2}\s?(?:(?:[:h]\s?\d{2}|\.\d{2}(?=\s?(?:uhr|h|uur|am|pm)))(?!\d)(?:\s?(?:uhr|uur|am|pm|h)(?!\p{L}))?|(?:uhr|uur|am|pm|[ap]\.m|h|o'clock)(?!\p{L}))/gu;

export function dateClaims({ bare }: ReadText): readonly Claim[] {
  return [
    ...claimsOf('date', bare, iso, ([, year, month_, day]) => dateKey(year, month_, day)),
    ...claimsOf('date', bare, dotted, ([, day, month_, year]) => dateKey(year, month_, day)),
    ...claimsOf('date', bare, slashed, slashedKey),
    ...claimsOf('date', bare, dayMonth, ([, day, name, year]) => dateKey(year, monthNumber(name), day)),
    ...claimsOf('date', bare, monthDay, ([, name, day, year]) => dateKey(year, monthNumber(name), day)),
    ...claimsOf('date', bare, monthYear, ([, name, year]) => `${year}-${two(monthNumber(name))}`),
    ...claimsOf('date', bare, monthAlone, ([written]) => monthKey(written.split(' ').at(-1))),
    ...claimsOf('date', bare, weekdayAlone, ([, name]) => weekdayKey(indexOf(weekdays, name))),
    ...claimsOf('date', bare, nextWeekday, ([written]) => `promise ${written}`),
    ...claimsOf('date', bare, relative, ([written]) => `promise ${written}`),
    ...claimsOf('date', bare, spanOfTime, ([written]) => `promise ${written}`),
    ...claimsOf('date', bare, time, ([written]) => `time ${written}`),
  ];
}

/** Every way to say a day, in UTC, in the form of a claim's value. */
export function dateKeys(date: Date): readonly string[] {
  const day = date.toISOString().slice(0, 10);
  return [day, day.slice(0, 7), `-${day.slice(4)}`, `month ${day.slice(5, 7)}`, weekdayKey(date.getUTCDay())];
}

/** Without a year it is the day in any year. @returns undefined for what is no day: a price, a version */
function dateKey(
  year: string | undefined,
  month_: string | undefined,
  day: string | undefined,
): string | undefined {
  const inRange = Number(month_) >= 1 && Number(month_) <= 12 && Number(day) >= 1 && Number(day) <= 31;
  if (!inRange) return undefined;
  const fullYear = year?.length === 2 ? `20${year}` : year;
  return `${fullYear ?? '-'}-${two(month_)}-${two(day)}`;
}

/** `03/04` is March 4 or April 3: as long as it could be both it is neither. A range of numbers has no year. */
function slashedKey(match: RegExpExecArray): string | undefined {
  const [written, first, sign, second, year] = match;
  if (sign === '-' && year === undefined) return undefined;
  const [one, other] = [Number(first), Number(second)];
  if (one <= 12 && other <= 12 && one !== other) return `ambiguous ${written}`;
  return other > 12 ? dateKey(year, first, second) : dateKey(year, second, first);
}

function monthNumber(name: string | undefined): string {
  return String(indexOf(months, name) + 1);
}

function monthKey(name: string | undefined): string {
  return `month ${two(monthNumber(name))}`;
}

function weekdayKey(day: number): string {
  return `weekday ${day}`;
}

function indexOf(names: readonly (readonly string[])[], name = ''): number {
  return names.findIndex((of) => of.includes(name));
}

function two(number: string | undefined): string {
  return (number ?? '').padStart(2, '0');
}

/** The longest first, so that `january` is not read as `jan`. */
function byLength(one: string, other: string): number {
  return other.length - one.length;
}
