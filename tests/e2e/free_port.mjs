// Ports for servers that cannot be given port 0: they must have the same one after a restart, or be told another's.
import dgram from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { randomInt } from "node:crypto";

/**
 * Below what Linux, macOS and Windows give out for port 0 and for connections.
 * A port of theirs could be gone before its server listens, or while the server is down.
 */
const FIRST = 12_000;
const BEHIND = 32_000;
const TRIES = 100;

/** A port of the loopback that no server listens on. No other caller is given it as long as this process lives. */
export async function freePort() {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FIRST, BEHIND);
    if ((await isReserved(port)) && (await isUnused(port))) return port;
  }
  throw new Error(`no port from ${FIRST} to ${BEHIND - 1} was free in ${TRIES} tries`);
}

/** Reserves the port among the test processes: it is bound for UDP, which no server here uses. */
async function isReserved(port) {
  const socket = dgram.createSocket("udp4").unref();
  const bound = await settled(socket, () => socket.bind({ port, address: "127.0.0.1", exclusive: true }));
  if (!bound) socket.close();
  return bound;
}

async function isUnused(port) {
  const server = createServer();
  const listens = await settled(server, () => server.listen({ port, host: "127.0.0.1", exclusive: true }));
  if (listens) await once(server.close(), "close");
  return listens;
}

/** Whether the socket listens. Any error but that of a port in use is thrown. */
async function settled(socket, start) {
  const listening = once(socket, "listening");
  start();
  try {
    await listening;
    return true;
  } catch (error) {
    if (error.code === "EADDRINUSE" || error.code === "EACCES") return false;
    throw error;
  }
}
