/** Whether somebody hands the logger what the model is told or said (S1.7), itself, inside something, or as the word it prints. */
import { Withheld, withheldWord } from '../providers/openai/openai.provider.js';

const deepest = 5;
const mostLookedAt = 200;

export function holdsWithheld(given: readonly unknown[]): boolean {
  let layer: unknown[] = [...given];
  for (let depth = 0; depth <= deepest && layer.length > 0; depth += 1) {
    if (layer.some(isWithheld)) return true;
    layer = layer.slice(0, mostLookedAt).flatMap(partsOf).slice(0, mostLookedAt);
  }
  return false;
}

function isWithheld(value: unknown): boolean {
  return typeof value === 'string' ? value.includes(withheldWord) : value instanceof Withheld;
}

function partsOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  try {
    return Object.values(value);
  } catch {
    return [];
  }
}
