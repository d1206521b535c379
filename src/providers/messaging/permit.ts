/**
 * Every messaging provider demands a permit before anything else. One permit lets exactly one message out, to the
 * letter, once. The send gate makes them, through `mint-permit.ts`, and nobody else can: the constructor is private, and
 * what it does is handed over a single time, to that file as it loads (design.md, "The send gate").
 */
import { createHash } from 'node:crypto';

/** `conversation` passed every check of the gate; `system` is mail from a closed list. */
export type PermitKind = 'conversation' | 'system';

export class PermitRefused extends Error {
  constructor(readonly reason: 'used' | 'another-message') {
    super(reason === 'used' ? 'the permit was used already' : 'the permit is for another message');
  }
}

type Mint = (message: object, kind: PermitKind) => Permit;
let mint: Mint | undefined;

export class Permit {
  readonly #digest: string;
  #used = false;

  private constructor(
    message: object,
    readonly kind: PermitKind,
  ) {
    this.#digest = digestOf(message);
  }

  static {
    mint = (message, kind) => new Permit(message, kind);
  }

  /**
   * Spends the permit, whatever comes of it: a permit that was shown for another message lets none out any more.
   * @throws PermitRefused when any field differs, or when it was used
   */
  use(message: object): void {
    if (this.#used) throw new PermitRefused('used');
    this.#used = true;
    if (digestOf(message) !== this.#digest) throw new PermitRefused('another-message');
  }
}

/** For `mint-permit.ts` alone. Who asks second is refused; who asks first keeps that file, and the process, from starting. */
export function takeMint(): Mint {
  if (!mint) throw new Error('permits are minted in mint-permit.ts alone');
  const taken = mint;
  mint = undefined;
  return taken;
}

function digestOf(message: object): string {
  return createHash('sha256').update(canonical(message)).digest('hex');
}

/** One spelling per message: sorted fields, those that are undefined left out. @throws TypeError for what has none */
function canonical(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${Array.from(value, canonical).join(',')}]`;
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) {
    throw new TypeError('a message is made of plain objects, lists, texts and numbers');
  }
  const fields = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`);
  return `{${fields.join(',')}}`;
}
