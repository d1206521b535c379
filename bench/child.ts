/** A process of our own that talks over IPC: one question, one answer, in order. It ends when its parent does. */
import { fork, type ChildProcess } from 'node:child_process';
import { CannotStartError } from './bench-case.js';

const START_MS = 60_000;
const STOP_MS = 10_000;

export interface Child {
  /** What the child said when it was ready. */
  readonly greeting: unknown;
  ask(question: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * @param module the compiled file to run
 * @param environment the child's whole environment: nothing of ours leaks into a measurement
 */
export async function startChild(module: string, environment: Record<string, string>): Promise<Child> {
  const child = fork(module, {
    env: environment,
    serialization: 'advanced',
    // A request log goes where it costs what writing costs, and nobody reads it.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    const greeting = await nextMessage(child, START_MS);
    return {
      greeting,
      ask: async (question) => {
        const answer = nextMessage(child);
        child.send(question as object);
        return answer;
      },
      stop: () => stop(child),
    };
  } catch (error) {
    await stop(child);
    throw new CannotStartError(`${module} did not start`, { cause: error });
  }
}

/** The child's side: says it is ready, then answers each question; goes when the parent is gone. */
export function serveParent(greeting: unknown, answer: (question: unknown) => unknown): void {
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches the whole process group; the parent decides when we end.
  process.on('SIGINT', () => undefined);
  process.on('message', (question) => {
    void (async () => process.send?.(await answer(question)))();
  });
  process.send?.(greeting);
}

function nextMessage(child: ChildProcess, timeoutMs?: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
      act();
    };
    const onMessage = (message: unknown) => settle(() => resolve(message));
    const onError = (error: Error) => settle(() => reject(error));
    const onExit = (code: number | null, signal: string | null) =>
      settle(() => reject(new Error(`the process ended with ${signal ?? `code ${code}`}`)));
    const timer =
      timeoutMs && setTimeout(() => onError(new Error(`not ready in ${timeoutMs} ms`)), timeoutMs);
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  if (child.connected) child.disconnect();
  else child.kill('SIGKILL');
  await gone;
  clearTimeout(timer);
}
