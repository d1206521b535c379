import { inspect } from 'node:util';
import { z } from 'zod';
import type { Answer, NoAnswer } from '../exchange.js';

/** What such a text shows of itself. */
export const withheldWord = '[prompt withheld]';

/** A text that no log, error, dump or JSON shows, and that the logger refuses: only who asks by `reveal` gets it (S1.7). */
export abstract class Withheld {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return withheldWord;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** What the model is told. */
export class Prompt extends Withheld {
  // Keeps a prompt and a completion apart for the compiler.
  readonly role = 'prompt';
}

/** What the model said. */
export class Completion extends Withheld {
  readonly role = 'completion';
}

export interface DraftRequest {
  readonly instructions: Prompt;
  readonly input: Prompt;
  /** At least 16, which is the vendor's least. */
  readonly maxOutputTokens: number;
}

export type DraftOutcome =
  | { readonly kind: 'drafted'; readonly text: Completion }
  /** The model declined. */
  | { readonly kind: 'refused' }
  /** It was cut off; nothing of it is used. */
  | { readonly kind: 'incomplete'; readonly reason: 'max-output-tokens' | 'content-filter' }
  /** It answered something else than the format asks for. */
  | { readonly kind: 'invalid' }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  /** Paid for no more; trying again does not help. */
  | { readonly kind: 'quota-exhausted' }
  | { readonly kind: 'credentials-refused' }
  /** It may have been drafted, and billed. */
  | { readonly kind: 'unknown'; readonly reason: NoAnswer };

/** `text.format` of the request: strict, so every property is required and no other is allowed (vendors.md, 4). */
export const draftFormat = {
  type: 'json_schema',
  name: 'draft',
  strict: true,
  schema: {
    type: 'object',
    properties: { text: { type: 'string' } },
    required: ['text'],
    additionalProperties: false,
  },
} as const;

const draft = z.strictObject({ text: z.string().trim().min(1) });

/** The text of a complete answer. @returns undefined when it is not what `draftFormat` asks for */
export function readDraft(json: string): Completion | undefined {
  try {
    const { data } = draft.safeParse(JSON.parse(json));
    return data && new Completion(data.text);
  } catch {
    return undefined;
  }
}

/** Phrases; it decides nothing, and is told no secret. Nothing is stored at the vendor (`store: false`, S1.7). */
export abstract class OpenAiProvider {
  /** `POST /responses`, once: a second try may bill twice, so it is the caller's decision. */
  abstract draft(request: DraftRequest): Promise<Answer<DraftOutcome>>;
}
