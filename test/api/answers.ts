/** What tests ask of an answer: that it is the problem it should be, and that two answers cannot be told apart. */
import type { Response } from 'supertest';
import { expect } from 'vitest';
import { problemCodes, problemDetails, type ProblemCode } from '../../src/http/problem.js';

/** The answer is this problem, whole: RFC 9457, with the request's id and nothing that is not promised. */
export function expectProblem(answer: Response, code: ProblemCode): void {
  const { type, title, status } = problemDetails(code);
  const requestId = answer.headers['x-request-id'];
  expect(answer.body).toMatchObject({ type, title, status, code, requestId });
  expect(requestId).toMatch(/^[A-Za-z0-9._-]{8,64}$/);
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json(;|$)/);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(problemCodes).toContain(answer.body.code);
  const known = ['type', 'title', 'status', 'code', 'detail', 'errors', 'requestId'];
  expect(Object.keys(answer.body).filter((key) => !known.includes(key))).toEqual([]);
}

/** The answer is this problem and says no more than its code: neither a detail nor a list of errors. */
export function expectBareProblem(answer: Response, code: ProblemCode): void {
  expectProblem(answer, code);
  expect(Object.keys(answer.body).toSorted()).toEqual(['code', 'requestId', 'status', 'title', 'type']);
}

/** Where the input was wrong, in order. */
export function placesOf(answer: Response): string[] {
  expectProblem(answer, 'validation-failed');
  const errors = answer.body.errors as { pointer?: string; parameter?: string }[];
  return [...new Set(errors.map(({ pointer, parameter }) => pointer ?? parameter ?? ''))].toSorted();
}

/** All that a caller can see of an answer, byte by byte, but for the request's id and the time. */
export function seenOf(answer: Response): string {
  const id = String(answer.headers['x-request-id']);
  const headers = Object.entries(answer.headers as Record<string, string>)
    .filter(([name]) => name !== 'date' && name !== 'x-request-id')
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([answer.status, headers, answer.text.replace(id, '<id>')]);
}

/** No caller can tell these answers apart. */
export function expectIndistinguishable(answers: readonly Response[]): void {
  expect(answers.length).toBeGreaterThan(1);
  expect(new Set(answers.map(seenOf)).size, answers.map((answer) => answer.text).join('\n')).toBe(1);
}

/** A JWT's claims or header, unverified. */
export function partOf(token: string, part: 'header' | 'claims'): Record<string, unknown> {
  const text = token.split('.')[part === 'header' ? 0 : 1] ?? '';
  return JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>;
}
