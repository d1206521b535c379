/**
 * Refuses every connection that the rules do not name (S4.3; design.md, Environments). Closed from the moment it is loaded,
 * opened once by the settings, never wider again: rules and originals are in closures, and the guarded methods can neither
 * be assigned nor defined anew. It stops mistakes; who can run any code he likes has other ways (docs/egress.md).
 */
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { egressRules, type EgressRules, type EgressSettings } from './egress.rules.js';
import { guardBindings, guardDatagrams, guardResolver } from './egress.sidesteps.js';
import { guardSockets } from './egress.sockets.js';
import { guardWorkers } from './egress.workers.js';

let guarded = false;
let rules: EgressRules | undefined;
let isFinal = false;

/** For the preload. A second time throws: the methods are locked. */
export function guardEgress(): void {
  guardSockets(() => rules);
  guardDatagrams();
  guardResolver();
  guardBindings();
  guardWorkers();
  // So that `import { resolve } from 'node:dns'` is the guarded one.
  syncBuiltinESMExports();
  guarded = true;
}

/** False: the process was started without the preload, and everything is open. */
export function isEgressGuarded(): boolean {
  return guarded;
}

/**
 * Called once, by whoever has read the settings. Throws without the guard: rules that nobody enforces say nothing.
 *
 * @param stage `secrets` when the settings refer to secrets that must be fetched first: the hosts of those, and then the
 * whole of it, which is final
 */
export function openEgress(settings: EgressSettings, stage: 'secrets' | 'final' = 'final'): void {
  if (!guarded)
    throw new Error('the egress guard is not loaded: node --import dist/environment/egress.preload.js');
  // Nothing here needs the network in one, and a worker that opened itself would be a way around the rules.
  if (!isMainThread) throw new Error('a worker thread cannot open egress');
  if (isFinal) throw new Error('egress is open already, and is never opened wider');
  rules = egressRules(settings);
  isFinal = stage === 'final';
}
