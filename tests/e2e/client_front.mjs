// A server in front of the hub that gives its own answers first: those that the hub cannot be made to give.
import { once } from "node:events";
import { createServer, request } from "node:http";

/** So that a page of another origin can read the answers. */
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "*, authorization",
  "access-control-allow-methods": "*",
  "access-control-expose-headers": "*",
};

/** Passes on each request that it has no answer for. */
export class Front {
  /** When the requests came that it had to answer or to pass on, on the clock of `performance`. */
  times = [];
  #answers;
  #server;

  /** In front of the server at `port`. `answers` are `{ status, headers, body }`, one for each of the first requests. */
  static async to(t, port, answers) {
    const front = new Front();
    front.#answers = [...answers];
    front.#server = createServer((asked, answer) => front.#answer(port, asked, answer)).listen(0, "127.0.0.1");
    await once(front.#server, "listening");
    t.after(() => {
      front.#server.closeAllConnections();
      front.#server.close();
    });
    return front;
  }

  /** `url` with the origin of this server. */
  at(url) {
    const here = new URL(url);
    here.host = `127.0.0.1:${this.#server.address().port}`;
    return here.href;
  }

  #answer(port, asked, answer) {
    if (asked.method === "OPTIONS") return answer.writeHead(204, CORS).end();
    this.times.push(performance.now());
    const own = this.#answers.shift();
    if (own !== undefined) return answer.writeHead(own.status, { ...CORS, ...own.headers }).end(own.body);
    const { method, url: path, headers } = asked;
    const passed = request({ host: "127.0.0.1", port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode, response.headers);
      answer.flushHeaders();
      response.on("error", () => answer.destroy()).pipe(answer);
    });
    // A hub that refuses a body early answers, and then closes the connection.
    passed.on("error", () => answer.headersSent || answer.destroy());
    answer.on("close", () => passed.destroy());
    asked.pipe(passed);
  }
}

/** An answer with a problem document, as the hub gives it. */
export const problem = (status, members = {}, headers = {}) => ({
  status,
  headers: { "content-type": "application/problem+json", ...headers },
  body: JSON.stringify({ type: "about:blank", status, ...members }),
});
