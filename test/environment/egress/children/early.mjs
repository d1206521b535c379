// Preloaded into a worker in front of its code, and connects before the worker does anything else.
import net from 'node:net';

globalThis.early = new Promise((resolve) => {
  net
    .connect(1, '127.0.0.1')
    .on('error', ({ code }) => resolve(code))
    .on('connect', () => resolve('connected'));
});
