/** What names may resolve to, and how often they are asked: rebinding, mixed answers, a choice of addresses, redirects. */
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { answer, openEgress, outcomeOf } from './guard.ts';
import { asked } from './resolver.ts';

openEgress({ loopback: false, hosts: ['127.0.0.1', '127.0.0.8', '*.allowed.test'] });

const metadata = '169.254.169.254';
const server = http.createServer((request, response) => {
  if (request.url === '/away') response.writeHead(302, { location: 'http://elsewhere.test/?token=secret' });
  if (request.url === '/inside') response.writeHead(307, { location: `http://${metadata}/latest` });
  response.end('here');
});
// Nothing listens on 127.0.0.8: the second address of `two` is the one that answers.
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

const read = async (host: string, path = '/') =>
  outcomeOf(
    fetch(`http://${host}:${port}${path}`, { headers: { connection: 'close' } }).then(async (r) => r.text()),
  );
async function connected(options: object): Promise<string> {
  const socket = net.connect({ port, host: 'api.allowed.test', ...options });
  const outcome = await outcomeOf(once(socket, 'connect'));
  socket.destroy();
  return outcome;
}

answer({
  asksOncePerConnection: [await read('api.allowed.test'), asked['api.allowed.test']],
  rebinds: [await read('rebinds.allowed.test'), await read('rebinds.allowed.test')],
  mixed: await read('mixed.allowed.test'),
  two: await read('two.allowed.test'),
  alone: await connected({ autoSelectFamily: false }),
  family: await connected({ family: 4 }),
  unknown: await connected({ host: 'unknown.allowed.test' }),
  away: await read('api.allowed.test', '/away'),
  inside: await read('api.allowed.test', '/inside'),
  callersLookup: await connected({
    host: 'unlisted.test',
    lookup: (_: string, __: object, callback: (error: null, address: string, family: number) => void) => {
      callback(null, '127.0.0.1', 4);
    },
  }),
  callersAnswer: await connected({
    host: 'mixed.allowed.test',
    lookup: (_: string, __: object, callback: (error: null, address: string, family: number) => void) => {
      callback(null, '127.0.0.1', 4);
    },
  }),
});
