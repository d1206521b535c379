/** The logger alone: what it lets out of what it is given. */
import { Logger as NestsOwn } from '@nestjs/common';
import { beforeEach, describe, expect, test } from 'vitest';
import { createLogger, refusal } from '../../src/logging/logger.js';
import { NestLogger } from '../../src/logging/nest-logger.js';
import { Completion, Prompt } from '../../src/providers/openai/openai.provider.js';

let lines: Record<string, unknown>[] = [];
beforeEach(() => (lines = []));
const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
const tags = { owner: undefined, costCenter: undefined };
const logger = createLogger({ environment: 'production', logLevel: 'debug', tags }, { write });
const nest = new NestLogger(logger);
const told = () => JSON.stringify(lines);
const mara = 'Mara Lindqvist';

test('only declared fields leave, each of its kind; of the rest the number', () => {
  logger.info(
    { route: '/a', ms: 'Mara', source: { mara }, [mara]: 1, user: { deep: [{ mara }] }, status: 200 },
    'ok',
  );
  expect(lines[0]).toMatchObject({ env: 'production', route: '/a', status: 200, dropped: 4, msg: 'ok' });
  expect(Object.keys(lines[0]!)).not.toContain('user');
  expect(told()).not.toContain('Mara');
});

test('words and text fields pass the scanner; placeholders are not filled', () => {
  logger.info({ source: 'mara@lindqvist.example' }, 'to +12025550143 of %s %o %j', mara, { mara }, { mara });
  logger.warn('to %s', mara);
  expect(lines[0]).toMatchObject({ source: '[masked]', msg: 'to [masked] of %s %o %j', dropped: 3 });
  expect(lines[1]).toMatchObject({ msg: 'to %s', dropped: 1 });
  expect(told()).not.toContain('Mara');
});

test('bindings, which would pass no list, are refused', () => {
  expect(() => logger.child({ mara })).toThrow('bindings');
  expect(() => logger.setBindings({ mara })).toThrow('bindings');
});

describe('an error', () => {
  const failed = () =>
    Object.assign(
      new TypeError(`no such customer: ${mara}\n    at ${mara.replace(' ', '.')} (file:///x.js:1:2)`, {
        cause: Object.assign(new RangeError(mara), { code: 'ECONNRESET' }),
      }),
      { code: 'E_FAILED', detail: mara, config: { headers: { authorization: mara } }, status: 999 },
    );

  test.each([
    ['as a field', () => logger.error({ err: failed() }, 'it failed')],
    ['alone', () => logger.error(failed())],
    ['with words', () => logger.error(failed(), 'it failed')],
    ['through Nest', () => nest.error(failed(), undefined, 'Source')],
    ['as a warning through Nest', () => nest.warn(failed(), 'Source')],
  ])('%s is told by its name, codes and frames', (_name, log) => {
    log();
    const facts = { name: 'TypeError', code: 'E_FAILED', cause: { name: 'RangeError', code: 'ECONNRESET' } };
    expect(lines[0]!['err']).toEqual({ ...facts, frames: expect.any(Array) });
    expect((lines[0]!['err'] as { frames: string[] }).frames[0]).toContain('log-line.test.ts');
    expect(told()).not.toMatch(/Mara|999/);
  });

  test('of which somebody took message and stack apart is told by its name and frames', () => {
    const { message, stack } = failed();
    nest.error(message, stack, 'Source');
    expect(lines[0]).toMatchObject({ level: 'error', source: 'Source', err: { name: 'TypeError' } });
    expect(told()).toContain('log-line.test.ts');
    expect(told()).not.toContain('Mara');
  });

  test('whose message was changed since, or whose name, codes or stack are not what they should be, tells less', () => {
    const changed = failed();
    changed.message = 'another';
    const odd = Object.assign(failed(), {
      name: mara,
      code: mara.toLowerCase(),
      constraint: mara,
      table: 12025550143,
    });
    const far = Object.assign(failed(), { stack: 'Mara', code: 12025550143 });
    for (const error of [changed, odd, far]) logger.error(error);
    nest.error(changed.message, changed.stack, 'Source');
    logger.error({ err: mara });
    expect(lines).toHaveLength(5);
    expect(told()).not.toMatch(/mara|12025550143/i);
  });

  test('says what Postgres says where that names nothing but the schema', () => {
    const says = 'new row for relation "connections" violates check constraint "unforeseen"';
    const constraint = 'connections_account_key';
    logger.error(Object.assign(new Error(says), { code: '23514', table: 'connections', constraint }));
    logger.error(new Error(`invalid input syntax for type uuid: "${mara}"`));
    expect(lines[0]!['err']).toMatchObject({ says, code: '23514', table: 'connections', constraint });
    expect(told()).not.toContain('Mara');
  });

  test('of our own words with frames keeps the words', () => {
    nest.error('job send-message: NotSentYet', '    at run (file:///srv/a.ts:1:2)', 'JobRunner');
    expect(lines[0]).toMatchObject({
      msg: 'job send-message: NotSentYet',
      err: { frames: ['at run (file:///srv/a.ts:1:2)'] },
    });
  });
});

describe.each([Prompt, Completion])('S1.7: %o is refused', (Kind) => {
  const held = new Kind(mara);
  test.each([
    ['alone', () => logger.info(held as never)],
    ['as a field', () => logger.info({ held }, 'x')],
    ['nested', () => logger.info({ a: { b: [{ c: held }] } }, 'x')],
    ['in words', () => logger.info(`it said ${String(held)}`)],
    ['as a value of words', () => logger.info('it said %s', held)],
    ['on an error', () => logger.error(Object.assign(new Error('failed'), { held }))],
    ['through Nest', () => new NestsOwn('Phrasing', {}).log(held)],
  ])('%s: nothing of it leaves, and the place is told of as an error', (_name, log) => {
    NestsOwn.overrideLogger(nest);
    log();
    NestsOwn.overrideLogger(false);
    const told_ = lines.find(({ msg }) => msg === refusal);
    expect(told_).toMatchObject({ level: 'error' });
    expect(JSON.stringify(told_)).toContain('log-line.test.ts');
    expect(told()).not.toContain('Mara');
  });
});

test('what cannot be read does not reach who logs', () => {
  const hostile = Object.defineProperty({}, 'route', {
    enumerable: true,
    get: () => {
      throw new Error(mara);
    },
  });
  expect(() => logger.info(hostile, 'x')).not.toThrow();
  expect(lines[0]).toMatchObject({ msg: 'a line could not be written' });
});
