/** A server under measurement: one process, one port, and how much CPU time it has used. */
import { serveParent, startChild } from './child.js';

export interface ServerProcess {
  readonly port: number;
  /** CPU time used so far. */
  cpuMicros(): Promise<number>;
  stop(): Promise<void>;
}

export async function startServerProcess(
  module: string,
  environment: Record<string, string>,
): Promise<ServerProcess> {
  const child = await startChild(module, environment);
  return {
    port: child.greeting as number,
    cpuMicros: async () => (await child.ask('cpu')) as number,
    stop: () => child.stop(),
  };
}

/** The server's side, once it listens. */
export function reportServer(port: number): void {
  serveParent(port, () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  });
}
