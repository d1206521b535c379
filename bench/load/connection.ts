/**
 * As much HTTP/1.1 as a load generator needs, on a bare socket: on a machine with few cores every microsecond the
 * generator uses is missing on the other side. Understands answers with Content-Length and nothing else.
 */
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

export interface Connection {
  send(request: Buffer): Promise<Answer>;
  close(): void;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

const empty = Buffer.alloc(0);

export function openConnection(port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => resolve(converse(socket)));
  });
}

function converse(socket: Socket): Connection {
  let received: Buffer = empty;
  let waiting: Waiting | undefined;
  const fail = (error: Error) => waiting?.reject(error);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the server closed the connection')));
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    try {
      const answer = parse(received);
      if (!answer) return;
      received = empty;
      const { resolve } = waiting!;
      waiting = undefined;
      resolve(answer);
    } catch (error) {
      fail(error as Error);
    }
  });
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

/** @returns undefined until the whole answer is there */
function parse(received: Buffer): Answer | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = received.toString('latin1', 0, end);
  const length = /\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer without Content-Length: ${head}`);
  const start = end + 4;
  if (received.length < start + Number(length)) return undefined;
  return { status: Number(head.slice(9, 12)), body: received.subarray(start, start + Number(length)) };
}
