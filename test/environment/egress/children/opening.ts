/** Before the settings, with them, and after: what opens, what a second time does, and what cannot be taken away. */
import dgram from 'node:dgram';
import dns from 'node:dns';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import workerThreads from 'node:worker_threads';
import { answer, isEgressGuarded, Listener, openEgress, outcomeOf } from './guard.ts';

const listener = new Listener();
const port = await listener.listen('127.0.0.1');
const connect = async () => {
  const socket = net.connect(port, '127.0.0.1');
  const outcome = await outcomeOf(once(socket, 'connect'));
  socket.destroy();
  return outcome;
};
const thrown = (work: () => unknown): string => {
  try {
    work();
    return 'nothing thrown';
  } catch (error) {
    return String(error);
  }
};

const path = join(tmpdir(), `egress-${process.pid}.sock`);
const local = net.createServer((socket) => socket.end()).listen(path);
await once(local, 'listening');

const before = {
  guarded: isEgressGuarded(),
  tcp: await connect(),
  path: await outcomeOf(once(net.connect(path), 'connect')),
  misspelt: thrown(() => openEgress({ loopback: true, hosts: ['http://api.allowed.test'] })),
  tcpAfterMisspelt: await connect(),
};

const settings = { loopback: false, hosts: ['127.0.0.1'] };
openEgress(settings);
// What was read is read: the caller's object is his own.
settings.loopback = true;
settings.hosts.push('*.allowed.test', '127.0.0.9');

/** A refusal is a failed connection: told later, with nothing written and the socket closed. */
async function asAnError(): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  const socket = net.connect({ host: 'api.unlisted.test', port: 443 });
  socket.on('connect', () => seen.push('connect'));
  socket.on('error', ({ name, message }) => seen.push(name, message));
  seen.push('returned', socket.connecting);
  socket.write('secret');
  await once(socket, 'close').catch(() => undefined);
  seen.push(socket.destroyed);
  return seen;
}

/** A socket that is TCP already, and a path beside the host: Node goes by the socket. */
async function besidePath(): Promise<string> {
  const { BoundSocket } = net as unknown as { BoundSocket?: new () => unknown };
  if (BoundSocket === undefined) return 'not-a-host';
  const socket = new net.Socket({ handle: new BoundSocket() } as net.SocketConstructorOpts);
  socket.connect({ path: '/x', host: '127.0.0.9', port } as unknown as net.IpcSocketConnectOpts);
  return outcomeOf(once(socket, 'connect'));
}

/** An object that shows one host to who checks and another to who connects. */
async function twoFaced(): Promise<string> {
  let reads = 0;
  const options = {
    port,
    get host() {
      reads += 1;
      return reads === 1 ? '127.0.0.1' : '127.0.0.9';
    },
  };
  await outcomeOf(once(new net.Socket().connect(options), 'connect'));
  return `read ${reads}`;
}

/** Node reads what options inherit, so the guard must. */
async function inherited(): Promise<string> {
  const options = Object.create({ host: '127.0.0.9', port }) as net.TcpNetConnectOpts;
  return outcomeOf(once(new net.Socket().connect(options), 'connect'));
}

const { prototype } = net.Socket;
const targets: readonly (readonly [object, string])[] = [
  [prototype, 'connect'],
  [dgram.Socket.prototype, 'send'],
  [dgram.Socket.prototype, 'bind'],
  [dgram.Socket.prototype, 'connect'],
  [dns, 'resolve'],
  [dns.promises, 'resolve4'],
  [dns.Resolver.prototype, 'resolve4'],
  [workerThreads, 'Worker'],
  [workerThreads.Worker.prototype, 'constructor'],
  [process, 'binding'],
];
const original = () => undefined;
const locks = targets.map(([target, name]) => [
  thrown(() => Object.assign(target, { [name]: original })),
  thrown(() => Object.defineProperty(target, name, { value: original })),
  thrown(() => Reflect.deleteProperty(target, name) && 'deleted'),
  (target as Record<string, unknown>)[name] === original,
]);

const server = http.createServer((_, response) => response.end('here'));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port: httpPort } = server.address() as AddressInfo;

answer({
  before,
  after: {
    tcp: await connect(),
    read: await (await fetch(`http://127.0.0.1:${httpPort}/`)).text(),
    changedLater: await outcomeOf(once(net.connect(port, '127.0.0.9'), 'connect')),
    again: thrown(() => openEgress({ loopback: true, hosts: [] })),
    reloaded: await outcomeOf(import(`${process.env['EGRESS_GUARD']}/egress.preload.js?again`)),
    asAnError: await asAnError(),
    besidePath: await besidePath(),
    twoFaced: await twoFaced(),
    inherited: await inherited(),
    badPort: thrown(() => net.connect({ host: 'api.unlisted.test', port: 70_000 })),
    noPort: thrown(() => net.connect({ host: 'api.unlisted.test' } as net.NetConnectOpts)),
  },
  locks,
});
