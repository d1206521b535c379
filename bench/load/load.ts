/** The load generator, seen from the bench: a process of its own, so that it takes no time from what it measures. */
import { join } from 'node:path';
import { startChild } from '../child.js';

/** A request of HTTP/1.1 as it goes over the wire, and a text that every right answer to it contains. */
export interface LoadRequest {
  readonly head: string;
  readonly body?: Buffer;
  /** A part of the head that is overwritten with the number of the sending, so that no two requests are the same. */
  readonly unique?: string;
  readonly expects: string;
}

export interface LoadPlan {
  readonly port: number;
  readonly connections: number;
  readonly durationMs: number;
  /** Stops when so many were sent, if that is sooner. */
  readonly most?: number;
}

export interface Sample {
  /** Index of the request. */
  readonly request: number;
  readonly body: string;
}

export interface LoadResult {
  /** As many as requests: each was waited for. */
  readonly answers: number;
  readonly elapsedMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly samples: readonly Sample[];
  /** The first answer that was not 200 or lacked what it must contain; the run ended there. */
  readonly failure?: string;
}

export interface LoadProcess {
  run(plan: LoadPlan): Promise<LoadResult>;
  stop(): Promise<void>;
}

/** @param requests sent in turn, over and over, by whichever connection is free */
export async function startLoad(requests: readonly LoadRequest[]): Promise<LoadProcess> {
  const child = await startChild(join(import.meta.dirname, 'load.process.js'), {});
  await child.ask({ requests });
  return {
    run: async (plan) => (await child.ask({ plan })) as LoadResult,
    stop: () => child.stop(),
  };
}
