import { exchanged, withheld, type Answer, type Heard } from '../exchange.js';
import { statusUnder, type MockFault, type MockFaults } from '../mock-faults.js';
import { OpenAiProvider, readDraft, type DraftOutcome, type DraftRequest } from './openai.provider.js';

/** By a word anywhere in the input. */
const magicWords: Readonly<Record<string, DraftOutcome>> = {
  'MOCK-REFUSE': { kind: 'refused' },
  'MOCK-INCOMPLETE': { kind: 'incomplete', reason: 'max-output-tokens' },
  'MOCK-THROTTLE': { kind: 'throttled', retryAfterMs: 2_000 },
};

/** No order has it: what the mock invents, so that a check of facts can be seen to refuse it. */
const inventedTracking = '1Z999AA10123456784';

/** Takes the text of the first `<reply>` in the input and answers it with a greeting, in the contract's own format. */
export class OpenAiMock extends OpenAiProvider {
  constructor(private readonly faults: MockFaults) {
    super();
  }

  async draft({ instructions, input, maxOutputTokens }: DraftRequest): Promise<Answer<DraftOutcome>> {
    const [told, asked] = [instructions.reveal(), input.reveal()];
    const request = { instructions: withheld(told), input: withheld(asked), maxOutputTokens, store: false };
    return exchanged({ vendor: 'openai', operation: 'draft', request }, async () => {
      const fault = await this.faults.next('openai', 'draft');
      if (fault) return { outcome: outcomeUnder(fault), status: statusUnder(fault) };
      const word = Object.keys(magicWords).find((each) => asked.includes(each));
      const magic = word === undefined ? undefined : magicWords[word];
      if (magic) return { outcome: magic, status: magic.kind === 'throttled' ? 429 : 200 };
      return phrase(asked, maxOutputTokens);
    });
  }
}

function phrase(input: string, maxOutputTokens: number): Heard<DraftOutcome> {
  const reply = /<reply>(.*?)<\/reply>/s.exec(input)?.[1]?.trim() || 'Thank you for your message.';
  const invented = input.includes('MOCK-INVENT') ? ` Your tracking number is ${inventedTracking}.` : '';
  const text = `Hello! ${reply}${invented} Let us know if we can help with anything else.`;
  // About four characters to a token, as the vendor says of English.
  if (text.length / 4 > maxOutputTokens)
    return { outcome: { kind: 'incomplete', reason: 'max-output-tokens' }, status: 200 };
  const answered = input.includes('MOCK-INVALID') ? { reply: text } : { text };
  const completion = readDraft(JSON.stringify(answered));
  return {
    outcome: completion ? { kind: 'drafted', text: completion } : { kind: 'invalid' },
    status: 200,
    response: { text: withheld(text) },
  };
}

function outcomeUnder(fault: MockFault): DraftOutcome {
  if (fault === 'throttled') return { kind: 'throttled', retryAfterMs: 2_000 };
  return fault === 'credentials-refused' ? { kind: fault } : { kind: 'unknown', reason: fault };
}
