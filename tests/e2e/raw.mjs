// Requests that no client library makes: byte by byte, with a body in pieces, or broken off.
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { until } from "./until.mjs";

/** A POST with a chunked body that is still being written. */
export class StreamedPost {
  /** The answer, once its headers are there. */
  response;
  /** The answer so far. */
  text = "";
  /** Whether the answer has ended. */
  ended = false;
  #request;

  /** `type` is the body's media type. */
  constructor(url, type, headers = {}) {
    this.#request = request(url, { method: "POST", headers: { "content-type": type, ...headers } });
    this.#request.on("error", () => {});
    this.#request.on("response", (response) => {
      this.response = response;
      response.setEncoding("utf8").on("data", (text) => (this.text += text));
      response.on("end", () => (this.ended = true));
      response.on("error", () => {});
    });
  }

  /** The answers so far: one for each complete line. */
  get answers() {
    return this.text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  }

  get ids() {
    return this.answers.filter(({ id }) => id !== undefined).map(({ id }) => id);
  }

  /** Writes a piece of the body, waiting when the server takes no more. */
  async write(text) {
    if (!this.#request.write(text)) await once(this.#request, "drain");
  }

  /** Waits for `count` answers. */
  answered(count) {
    return until(
      () => this.answers.length >= count,
      () => `${count} answers; there was ${JSON.stringify(this.text.slice(-500))}`,
    );
  }

  /** Ends the body properly, and waits for the end of the answer. */
  async end(text) {
    this.#request.end(text);
    await until(() => this.ended, () => `the end of the answer; there was ${JSON.stringify(this.text.slice(-500))}`);
  }

  /** Breaks the connection. */
  break() {
    this.#request.destroy();
  }
}

/** A request on a connection of its own, which can be reset. */
export class LoneRequest {
  /** The answer so far. */
  text = "";
  /** Whether the connection has ended. */
  closed = false;
  #socket;

  /** Connects; nothing is sent yet. */
  static async to(port) {
    const lone = new LoneRequest();
    const socket = connect(Number(port), "127.0.0.1");
    lone.#socket = socket;
    socket.setEncoding("utf8").on("data", (text) => (lone.text += text));
    socket.on("error", () => {}).on("close", () => (lone.closed = true));
    await once(socket, "connect");
    return lone;
  }

  /** Sends a request without a body, or with one as a form. */
  send({ method, path, headers, body }) {
    const own = { host: "127.0.0.1", connection: "close", ...headers };
    const form = body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded", "content-length": body.length };
    const lines = Object.entries({ ...own, ...form }).map((pair) => pair.join(": "));
    this.#socket.write([`${method} ${path} HTTP/1.1`, ...lines, "", body ?? ""].join("\r\n"));
  }

  /** The status of the answer, once it is there. */
  get status() {
    const status = /^HTTP\/1\.1 (\d+) /.exec(this.text)?.[1];
    return status && Number(status);
  }

  /** Waits for the answer's status. */
  async answered() {
    await until(() => this.status !== undefined || this.closed, "an answer");
    return this.status;
  }

  /** Resets the connection (RST), like a client that is killed or goes out of range. */
  reset() {
    this.#socket.resetAndDestroy();
  }
}

/** Sends these bytes on a connection of their own. Returns status, headers and body of the answer. */
export async function exchange(port, bytes) {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  let ended = false;
  socket.setEncoding("utf8").on("data", (part) => (text += part));
  socket.on("error", () => {}).on("close", () => (ended = true));
  socket.write(bytes);
  await until(() => ended, () => `the end of the answer; there was ${JSON.stringify(text)}`);
  const [head, ...body] = text.split("\r\n\r\n");
  return { status: Number(/^HTTP\/1\.[01] (\d+)/.exec(head)?.[1]), head, body: body.join("\r\n\r\n") };
}
