// Ports on the loopback.

import { createServer, connect } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';

const HOST = '127.0.0.1';

/** A port: `port` when it is free, or any free one for 0; null when `port` is taken. */
export function freePort(port = 0) {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(null));
    server.listen(port, HOST, () => {
      const found = server.address().port;
      server.close(() => resolve(found));
    });
  });
}

/** The ports that `file` remembers for `names` where they are still free, others where not; remembered for the next time. */
export async function rememberedPorts(file, names) {
  const before = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'));
  const ports = {};
  for (const name of names) ports[name] = (before[name] && (await freePort(before[name]))) || (await freePort());
  await writeFile(file, `${JSON.stringify(ports)}\n`);
  return ports;
}

/** Whether something accepts connections on a port. */
export function answers(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port });
    const done = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => done(true));
    socket.on('error', () => done(false));
  });
}
