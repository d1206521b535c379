import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Settings } from '../config/settings.js';
import { PortTakenError } from './failure.js';

const firstPort = 3000;
const lastPort = 3999;

/** Listens on `PORT`, or on the next free port from 3000. @returns the URL. @throws PortTakenError */
export async function listen(
  app: NestFastifyApplication,
  { listenHost: host, port }: Settings,
): Promise<string> {
  const server = app.getHttpAdapter().getInstance();
  for (let candidate = port ?? firstPort; candidate <= (port ?? lastPort); candidate += 1) {
    try {
      return await server.listen({ host, port: candidate });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES')
        throw new PortTakenError(`port ${candidate} is not yours to use: choose one from 1024.`);
      if (code === 'EADDRNOTAVAIL')
        throw new PortTakenError(
          `LISTEN_HOST ${host} is no address of this machine: choose one that is, or unset it.`,
        );
      if (code !== 'EADDRINUSE') throw error;
    }
  }
  throw new PortTakenError(
    port === undefined
      ? `every port from ${firstPort} to ${lastPort} is taken.`
      : `port ${port} is taken. Stop what uses it, choose another PORT, or unset PORT to take the next free one.`,
  );
}
