import { describe, expect, test } from 'vitest';
import { OpenAiMock } from '../../src/providers/openai/openai.mock.js';
import { Prompt } from '../../src/providers/openai/openai.provider.js';
import { newMocks } from './mocks.js';
import { openAiContract } from './openai.suite.js';

const provider = new OpenAiMock(newMocks().faults);

openAiContract(() => ({
  provider,
  says: {
    drafted: 'Phrase: <reply>Your order #1001 is on its way.</reply>',
    refused: 'Please MOCK-REFUSE this',
    incomplete: 'Please MOCK-INCOMPLETE this',
    invalid: 'Please MOCK-INVALID this',
    throttled: 'Please MOCK-THROTTLE this',
  },
}));

describe('the mock', () => {
  const draft = async (input: string) => {
    const prompts = { instructions: new Prompt('Be kind.'), input: new Prompt(input) };
    const { outcome } = await provider.draft({ ...prompts, maxOutputTokens: 500 });
    return outcome.kind === 'drafted' ? outcome.text.reveal() : outcome.kind;
  };

  test('says the reply with a greeting, the same every time', async () => {
    const input = 'Ada asks.\n<reply>\nYour order #1001\nis on its way.\n</reply>\nBe brief.';
    const text = await draft(input);
    expect(text).toBe(
      'Hello! Your order #1001\nis on its way. Let us know if we can help with anything else.',
    );
    expect(await draft(input)).toBe(text);
  });

  test('invents a tracking number when it is told to', async () => {
    expect(await draft('MOCK-INVENT <reply>It left.</reply>')).toContain('1Z999AA10123456784');
    expect(await draft('<reply>It left.</reply>')).not.toContain('1Z999AA10123456784');
  });

  test('has something to say without a reply', async () => {
    expect(await draft('Hello?')).toContain('Thank you for your message.');
    expect(await draft('<reply></reply>')).toContain('Thank you for your message.');
  });
});
