/**
 * Templates with typed variables. A body is taken apart once; values are put between its parts and never looked at
 * again, so that a value can bring in no further variable. Nothing is rendered with a gap: what is missing is named.
 */
import {
  isTemplateVariable,
  nearestVariable,
  templateVariables,
  type TemplateVariable,
  type VariableType,
} from './template-variables.js';

export type TemplatePart = { readonly text: string } | { readonly variable: TemplateVariable };

export interface ParsedTemplate {
  /** Each once, in the order they first stand in the body. */
  readonly variables: readonly TemplateVariable[];
  readonly parts: readonly TemplatePart[];
}

export interface TemplateError {
  readonly problem: 'unknown-variable' | 'unclosed' | 'unopened';
  /** Where the braces stand in the body, counted as `slice` does. */
  readonly position: number;
  /** What stands between the braces, cut to 80 characters. */
  readonly found: string;
  readonly nearest: TemplateVariable | undefined;
}

/** Dates as ISO 8601; what is undefined, empty or of another type is missing. */
export type TemplateValues = Readonly<Partial<Record<TemplateVariable, string | undefined>>>;

export type Rendered = { readonly text: string } | { readonly missing: readonly TemplateVariable[] };

const braces = /\{\{([^{}]*)\}\}|\{\{|\}\}/g;

export function parseTemplate(body: string): ParsedTemplate | { readonly error: TemplateError } {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const { 0: written, 1: inner, index } of body.matchAll(braces)) {
    const name = inner?.trim();
    if (name === undefined || !isTemplateVariable(name))
      return { error: errorAt(body, index, written, name) };
    if (index > end) parts.push({ text: body.slice(end, index) });
    parts.push({ variable: name });
    end = index + written.length;
  }
  if (end < body.length) parts.push({ text: body.slice(end) });
  const variables = new Set(parts.flatMap((part) => ('variable' in part ? [part.variable] : [])));
  return { variables: [...variables], parts };
}

/** @param locale BCP 47; dates are in this language and in UTC, in English where it is not known */
export function renderTemplate(parsed: ParsedTemplate, values: TemplateValues, locale: string): Rendered {
  const shown = new Map(
    parsed.variables.map((name) => [name, show(templateVariables[name], values[name] ?? '', locale)]),
  );
  const missing = parsed.variables.filter((name) => (shown.get(name) ?? '') === '');
  if (missing.length > 0) return { missing };
  const texts = parsed.parts.map((part) => ('text' in part ? part.text : (shown.get(part.variable) ?? '')));
  return { text: texts.join('') };
}

/** Whether it says anything of an order, and so may be rendered only with a match. */
export function needsOrder({ variables }: ParsedTemplate): boolean {
  return variables.some((name) => name.startsWith('order.'));
}

/** The template's own words, for `unsupportedFacts`. */
export function literalTexts({ parts }: ParsedTemplate): readonly string[] {
  return parts.flatMap((part) => ('text' in part ? [part.text] : []));
}

function errorAt(body: string, position: number, written: string, name: string | undefined): TemplateError {
  if (name !== undefined) {
    const found = name.slice(0, 80);
    return { problem: 'unknown-variable', position, found, nearest: nearestVariable(found) };
  }
  const unclosed = written === '{{';
  const found = unclosed ? body.slice(position + 2, position + 82) : '';
  return {
    problem: unclosed ? 'unclosed' : 'unopened',
    position,
    found,
    nearest: nearestVariable(/^[\s\w.]{0,40}/.exec(found)?.[0].trim() ?? ''),
  };
}

/** @returns empty when the value is none of its type */
function show(type: VariableType, value: string, locale: string): string {
  switch (type) {
    case 'text':
      // A name of several lines could pass for lines of ours.
      return value.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
    case 'date':
      return showDate(value, locale);
    case 'url':
      return /^https?:\/\/\S+$/i.test(value) && URL.canParse(value) ? value : '';
  }
}

const isoDate = /^\d{4}-\d\d-\d\d(?:T|$)/;

function showDate(value: string, locale: string): string {
  const date = new Date(value);
  if (!isoDate.test(value) || Number.isNaN(date.getTime())) return '';
  return new Intl.DateTimeFormat(knownLocale(locale), { dateStyle: 'long', timeZone: 'UTC' }).format(date);
}

function knownLocale(locale: string): string {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
