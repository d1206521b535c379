/**
 * A refusal is an error to whoever tried, and is told to listeners: later, never inside the attempt, in the async context of
 * the attempt, at most a thousand waiting. What a listener does or throws changes nothing for the attempt or the others.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

const reasons = {
  closed: 'connections are not open: settings are not read, or this is a worker thread',
  'not-listed': 'the host is not listed',
  'not-a-host': 'this is neither a name nor an address',
  'private-address': 'it is a private address',
  'loopback-address': 'it is an address of this machine',
  'link-local-address': 'it is a link-local address',
  'metadata-address': "it is the cloud's metadata service",
  'special-address': 'it is an address of a reserved range',
  'remote-pipe': 'the named pipe is not on this machine',
  udp: 'UDP is not used here',
  resolver: 'only the system resolver is used here',
  binding: 'raw handles of the network are not given out',
} as const;

export type EgressReason = keyof typeof reasons;

/** What was tried. `host` is its canonical spelling, or says what it was not: never a path, a query or a credential. */
export interface EgressAttempt {
  readonly host: string;
  readonly port: number | undefined;
}

export interface EgressRefusal extends EgressAttempt {
  readonly reason: EgressReason;
  readonly at: Date;
  /** How many more nobody is told of, because too many waited behind this one. */
  readonly dropped: number;
}

export class EgressRefusedError extends Error {
  readonly code = 'EGRESS_REFUSED';
  override readonly name = 'EgressRefusedError';
  readonly host: string;
  readonly port: number | undefined;

  constructor(
    { host, port }: EgressAttempt,
    readonly reason: EgressReason,
  ) {
    const place = host.includes(':') ? `[${host}]` : host;
    super(`connection refused: ${port === undefined ? place : `${place}:${port}`}: ${reasons[reason]}`);
    this.host = host;
    this.port = port;
  }
}

export type EgressListener = (refusal: EgressRefusal) => unknown;

interface Waiting {
  readonly refusal: EgressRefusal;
  readonly inContext: (tell: () => void) => void;
}

/** More than a thousand in one turn of the loop is one fault repeating itself; its first thousand say so. */
const mostWaiting = 1000;
const listeners = new Set<EgressListener>();
let waiting: Waiting[] = [];
let dropped = 0;
let scheduled = false;

/** Makes the caller's error, and a note for the listeners. */
export function refuse(attempt: EgressAttempt, reason: EgressReason): EgressRefusedError {
  if (waiting.length < mostWaiting) {
    const refusal = { host: attempt.host, port: attempt.port, reason, at: new Date(), dropped: 0 };
    waiting.push({ refusal, inContext: AsyncLocalStorage.snapshot() });
  } else dropped += 1;
  schedule();
  return new EgressRefusedError(attempt, reason);
}

/** What was refused before anybody listened is told to the first who does. Answers how to stop. */
export function onEgressRefusal(listener: EgressListener): () => void {
  listeners.add(listener);
  schedule();
  return () => {
    listeners.delete(listener);
  };
}

function schedule(): void {
  if (scheduled || listeners.size === 0 || waiting.length === 0) return;
  scheduled = true;
  setImmediate(tellAll);
}

function tellAll(): void {
  const [batch, missing] = [waiting, dropped];
  [waiting, dropped, scheduled] = [[], 0, false];
  for (const [i, { refusal, inContext }] of batch.entries()) {
    const told = Object.freeze(i === batch.length - 1 ? { ...refusal, dropped: missing } : refusal);
    for (const listener of listeners) inContext(() => void tell(listener, told));
  }
}

/** The listener runs at once; whether it throws or rejects is its own business. */
async function tell(listener: EgressListener, refusal: EgressRefusal): Promise<void> {
  try {
    await listener(refusal);
  } catch {
    // A broken listener must not become an unhandled rejection, which would end the process.
  }
}
