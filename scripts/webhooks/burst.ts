/** A number of requests, so many at once: each connection sends its next when it has the answer to its last. */
import type { Outcome } from './client.ts';

export interface Burst {
  readonly count: number;
  readonly concurrency: number;
  readonly send: () => Promise<Outcome>;
  /** Called every two seconds. */
  readonly progress: (answered: number) => void;
}

export interface BurstResult {
  /** In the order of the answers; fewer than asked for when nobody ever answered. */
  readonly outcomes: readonly Outcome[];
  readonly seconds: number;
}

export async function sendBurst({ count, concurrency, send, progress }: Burst): Promise<BurstResult> {
  const outcomes: Outcome[] = [];
  const from = performance.now();
  const ticking = setInterval(() => progress(outcomes.length), 2_000);
  let next = 0;
  let reached = false;
  let hopeless = false;
  const work = async (): Promise<void> => {
    while (!hopeless && next < count) {
      next += 1;
      const outcome = await send();
      outcomes.push(outcome);
      reached ||= 'status' in outcome;
      // A server that goes away in between is news, and counted; one that was never there is not waited for.
      hopeless = !reached;
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(count, concurrency) }, work));
  } finally {
    clearInterval(ticking);
  }
  return { outcomes, seconds: (performance.now() - from) / 1_000 };
}
