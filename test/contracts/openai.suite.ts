/** What every OpenAI provider does, the mock and the real one. */
import { describe, expect, test } from 'vitest';
import {
  Prompt,
  readDraft,
  type DraftOutcome,
  type OpenAiProvider,
} from '../../src/providers/openai/openai.provider.js';
import { outcomeOf } from './exchanges.js';

export interface OpenAiHarness {
  readonly provider: OpenAiProvider;
  /** What to say so that it ends like this. */
  readonly says: Readonly<
    Record<'refused' | 'incomplete' | 'invalid' | 'throttled', string> & { readonly drafted: string }
  >;
}

export function openAiContract(newHarness: () => OpenAiHarness): void {
  const h = newHarness();
  const draft = async (input: string, maxOutputTokens = 500): Promise<DraftOutcome> => {
    const request = {
      instructions: new Prompt('the instructions of it'),
      input: new Prompt(input),
      maxOutputTokens,
    };
    return outcomeOf(await h.provider.draft(request), 'openai', 'draft', ['instructions of it', input]);
  };

  describe('draft', () => {
    test('answers a text', async () => {
      const outcome = await draft(h.says.drafted);
      if (outcome.kind !== 'drafted') throw new Error(outcome.kind);
      expect(outcome.text.reveal().length).toBeGreaterThan(0);
    });

    test('a refusal, an answer cut off, one in another format and a limit are told apart', async () => {
      expect(await draft(h.says.refused)).toEqual({ kind: 'refused' });
      expect(await draft(h.says.incomplete)).toEqual({
        kind: 'incomplete',
        reason: expect.stringMatching(/^(max-output-tokens|content-filter)$/),
      });
      expect(await draft(h.says.invalid)).toEqual({ kind: 'invalid' });
      expect(await draft(h.says.throttled)).toEqual({ kind: 'throttled', retryAfterMs: expect.any(Number) });
    });

    test('a limit that is too low is an answer cut off, not half an answer', async () => {
      const outcome = await draft(h.says.drafted + ' '.repeat(16), 1);
      expect(outcome).toEqual({ kind: 'incomplete', reason: 'max-output-tokens' });
    });
  });

  const wrong = [
    '',
    'Hello',
    '{}',
    '[]',
    'null',
    '{"text":1}',
    '{"text":" "}',
    '{"text":"a","more":1}',
    '{"text":"a',
  ];
  test.each(wrong)('an answer that is not what the format asks for is none: %s', (json) => {
    expect(readDraft(json)).toBeUndefined();
  });
}
