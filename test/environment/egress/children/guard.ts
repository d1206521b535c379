/** What the programs of this folder share: the guard that was preloaded, a listener to connect to, an answer to print. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

type Guard = typeof import('../../../../src/environment/egress.guard.js');
type Refusals = typeof import('../../../../src/environment/egress.refusal.js');

const folder = process.env['EGRESS_GUARD']!;
export const { openEgress, isEgressGuarded } = (await import(`${folder}/egress.guard.js`)) as Guard;
export const { onEgressRefusal } = (await import(`${folder}/egress.refusal.js`)) as Refusals;

/** Takes connections, counts them and hangs up. */
export class Listener {
  connections = 0;
  private readonly servers: Server[] = [];

  /** The same port for every host; one that this machine does not have is left out. */
  async listen(...hosts: readonly string[]): Promise<number> {
    let port = 0;
    for (const host of hosts) {
      const server = createServer((socket) => {
        this.connections += 1;
        socket.on('error', () => undefined).destroy();
      });
      try {
        server.listen(port, host);
        await once(server, 'listening');
      } catch {
        continue;
      }
      port = (server.address() as AddressInfo).port;
      this.servers.push(server);
    }
    return port;
  }
}

/** The refusal that a library's error was made of, however deep. */
export function refusalIn(error: unknown, depth = 0): { reason: string; message: string } | undefined {
  if (typeof error !== 'object' || error === null || depth > 6) return undefined;
  const { code, reason, message } = error as Record<string, unknown>;
  if (code === 'EGRESS_REFUSED') return { reason: String(reason), message: String(message) };
  const { cause, errors, servers } = error as Record<string, unknown>;
  const inside = [cause, reason, error instanceof Map ? [...error.values()] : undefined, errors, servers];
  for (const part of [...inside.flat(), (error as { error?: unknown }).error]) {
    const found = refusalIn(part, depth + 1);
    if (found) return found;
  }
  return undefined;
}

/** 'done', the reason of a refusal, or the code of another failure. */
export async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    return refusalIn(error)?.reason ?? String((error as { code?: unknown }).code ?? error);
  }
}

export function answer(value: unknown): never {
  process.stdout.write(`\n${JSON.stringify(value)}\n`);
  process.exit();
}
