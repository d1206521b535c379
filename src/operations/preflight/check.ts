/** Does one check: it never throws, never hangs, and says so when it takes long. */
import { failed, type Check, type Finding } from './types.js';

const noticeMs = 2_000;

export type RunCheck = (name: string, work: () => Promise<Finding> | Finding) => Promise<Check>;

export function checkRunner(onProgress: (line: string) => void, timeoutMs = 5_000): RunCheck {
  return async (name, work) => {
    const notice = setInterval(() => onProgress(`still waiting for ${name}`), noticeMs);
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<Finding>((resolve) => {
      deadline = setTimeout(() => resolve(failed(`no answer within ${timeoutMs / 1_000} s`)), timeoutMs);
    });
    try {
      return { name, ...(await Promise.race([Promise.resolve().then(work), late])) };
    } catch (error) {
      return { name, ...failed(`did not work (${errorWord(error)})`) };
    } finally {
      clearInterval(notice);
      clearTimeout(deadline);
    }
  };
}

/** A driver's message may hold anything; its code, and the name of its class, do not. */
function errorWord(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  const word = typeof code === 'string' ? code : error instanceof Error ? error.constructor.name : '';
  return /^\w{1,40}$/.test(word) ? word : 'error';
}
