/** How each library connects to a host, in the spelling it was given. A promise that is kept or not, when it is over. */
import { STSClient, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import mongoose from 'mongoose';
import { Client } from 'pg';
import type { LibraryName } from '../table.cases.ts';

type Library = (host: string, port: number) => Promise<unknown>;

const inUrl = (host: string) => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

/** So that no spelling becomes a header, which takes fewer characters than a connection does. */
const headers = { host: 'table.test' };

async function overSocket(socket: net.Socket): Promise<void> {
  await once(socket, 'connect');
  socket.destroy();
}

export const libraries: Readonly<Record<LibraryName, Library>> = {
  fetch: async (host, port) => fetch(`http://${inUrl(host)}:${port}/`),
  'node:http': async (host, port) => once(http.get({ host, port, headers, agent: false }), 'response'),
  'node:https': async (host, port) => once(https.get({ host, port, headers, agent: false }), 'response'),
  'node:http2': async (host, port) => once(http2.connect(`http://${inUrl(host)}:${port}`), 'connect'),
  'node:net': async (host, port) => overSocket(net.connect({ host, port })),
  'net.Socket': async (host, port) => overSocket(new net.Socket().connect(port, host)),
  'node:tls': async (host, port) => overSocket(tls.connect({ host, port })),
  pg: async (host, port) => new Client({ host, port, user: 'u', password: 'p', database: 'd' }).connect(),
  mongoose: async (host, port) => {
    const options = { serverSelectionTimeoutMS: 50, directConnection: true };
    const connection = mongoose.createConnection(`mongodb://${inUrl(host)}:${port}/d`, options);
    try {
      await connection.asPromise();
    } finally {
      await connection.destroy();
    }
  },
  '@aws-sdk/client-sts': async (host, port) => {
    const client = new STSClient({
      endpoint: `http://${inUrl(host)}:${port}`,
      region: 'us-east-2',
      maxAttempts: 1,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    await client.send(new GetCallerIdentityCommand({}));
  },
};
