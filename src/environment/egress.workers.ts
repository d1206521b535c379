/**
 * A worker thread has modules of its own, so it needs the guard of its own, and gets it however it is started. Alone, Node
 * would drop it: `execArgv: []` and another `env` replace the options, and code given as text runs without `--import`.
 */
import workerThreads, { type Worker, type WorkerOptions } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { lock } from './egress.lock.js';

/** `--require` runs before any `--import`, whoever gave it, and for code given as text, too. Node 24 requires ES modules. */
const preload = ['--require', fileURLToPath(new URL('./egress.preload.js', import.meta.url))];

export function guardWorkers(): void {
  const original = workerThreads.Worker;
  const guarded = new Proxy(original, {
    construct(target, [filename, given]: [string | URL, WorkerOptions?], newTarget: typeof Worker) {
      const options = { ...given };
      const execArgv = [...preload, ...(options.execArgv ?? [])];
      return Reflect.construct(target, [filename, { ...options, execArgv }], newTarget);
    },
  });
  lock(workerThreads, 'Worker', guarded);
  // Else every worker would show the way back.
  lock(original.prototype, 'constructor', guarded);
}
