import { inspect } from 'node:util';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { Completion, Prompt } from '../../src/providers/openai/openai.provider.js';

const secret = 'Ada Lovelace asks for her order';

describe.each([Prompt, Completion])('S1.7: %o', (Kind) => {
  const held = new Kind(secret);

  test('reveals its text to who asks', () => {
    expect(held.reveal()).toBe(secret);
  });

  test('shows nothing to a log', () => {
    const lines: string[] = [];
    const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
    logger.info({ held, inner: { list: [held] } }, `prompt: ${String(held)}`);
    logger.error(
      { err: Object.assign(new Error('failed'), { held }) },
      '%o %O %j %s',
      held,
      held,
      held,
      held,
    );
    expect(lines).toHaveLength(2);
    expect(lines.join('')).toContain('[prompt withheld]');
    expect(lines.join('')).not.toContain('Ada');
  });

  test('shows nothing to inspect, JSON, a template, a spread, or a clone', () => {
    const seen = [
      inspect(held),
      inspect({ held: [held] }, { depth: null, showHidden: true }),
      inspect(held, { customInspect: false, showHidden: true }),
      inspect(Object.assign(new Error('failed'), { held })),
      JSON.stringify({ held }),
      String(held),
      ''.concat(held as unknown as string),
      JSON.stringify(Object.assign({}, held)),
      JSON.stringify(Object.getOwnPropertyDescriptors(held)),
      inspect(structuredClone(Object.assign({}, held))),
    ];
    for (const each of seen) expect(each).not.toContain('Ada');
    expect(JSON.parse(JSON.stringify({ held }))).toEqual({ held: '[prompt withheld]' });
  });
});
