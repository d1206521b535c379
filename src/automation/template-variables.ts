/** Every variable a template may hold. A closed list: an unknown one is an error when the template is saved. */
import type { OrderFact } from './facts.js';
import { languageOf, statusWord } from './status-words.js';

export type VariableType = 'text' | 'date' | 'url';

export const templateVariables = {
  'order.name': 'text',
  'order.status': 'text',
  'order.tracking_number': 'text',
  'order.tracking_company': 'text',
  'order.tracking_url': 'url',
  'order.estimated_delivery': 'date',
  'order.delivered_at': 'date',
  'order.status_url': 'url',
  'contact.name': 'text',
  'organization.name': 'text',
} as const satisfies Readonly<Record<string, VariableType>>;

export type TemplateVariable = keyof typeof templateVariables;
type OrderVariable = Extract<TemplateVariable, `order.${string}`>;

export function isTemplateVariable(name: string): name is TemplateVariable {
  return Object.hasOwn(templateVariables, name);
}

/** By the fewest letters to change; undefined where more than half of them would be. */
export function nearestVariable(name: string): TemplateVariable | undefined {
  const names = Object.keys(templateVariables).filter(isTemplateVariable);
  const near = names.map((known) => ({ known, changes: distance(name.toLowerCase(), known) }));
  const [best] = near.toSorted((one, other) => one.changes - other.changes);
  return best !== undefined && best.changes <= best.known.length / 2 ? best.known : undefined;
}

/** A variable of which an order has more than one value (two parcels) is left out: which one is meant is not known. */
export function orderValues(
  facts: readonly OrderFact[],
  locale: string,
): Readonly<Record<OrderVariable, string | undefined>> {
  const only = (isMeant: (fact: OrderFact) => boolean): string | undefined => {
    const [fact, ...others] = facts.filter(isMeant);
    return fact !== undefined && others.length === 0 && 'value' in fact ? fact.value : undefined;
  };
  const status = facts.find((fact) => fact.kind === 'status');
  return {
    'order.name': only(({ kind }) => kind === 'order-name'),
    'order.status': status && statusWord(status.value, languageOf(locale)),
    'order.tracking_number': only(({ kind }) => kind === 'tracking-number'),
    'order.tracking_company': only(({ kind }) => kind === 'tracking-company'),
    'order.tracking_url': only((fact) => fact.kind === 'url' && fact.of === 'tracking'),
    'order.estimated_delivery': only((fact) => fact.kind === 'date' && fact.of === 'estimated'),
    'order.delivered_at': only((fact) => fact.kind === 'date' && fact.of === 'delivered'),
    'order.status_url': only((fact) => fact.kind === 'url' && fact.of === 'status-page'),
  };
}

/** Levenshtein's, row by row. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [line, letter] of Array.from(one).entries()) {
    const next = [line + 1];
    for (let at = 1; at <= other.length; at++) {
      const change = (row[at - 1] ?? 0) + (other[at - 1] === letter ? 0 : 1);
      next.push(Math.min((row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
