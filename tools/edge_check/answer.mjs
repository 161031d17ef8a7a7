// The hub's answer as it comes over the wire, which `fetch` would hide: how it is coded, and its bytes before and behind it.
import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import { pipeline } from "node:stream";
import { constants, createGunzip } from "node:zlib";

export class Answer {
  /** Bytes of the body so far, as they came, and of its text. */
  bytes = 0;
  textBytes = 0;
  #response;

  /** Asks, and waits for the head of the answer. */
  static async to(url, { headers, signal }) {
    const { get } = url.protocol === "https:" ? https : http;
    const [response] = await once(get(url, { headers, signal, agent: false }), "response");
    const answer = new Answer();
    answer.#response = response;
    return answer;
  }

  get status() {
    return this.#response.statusCode;
  }

  /** Its coding: `identity` where the head names none. */
  get coding() {
    return this.#response.headers["content-encoding"] ?? "identity";
  }

  get vary() {
    return this.#response.headers.vary;
  }

  async text() {
    return (await Array.fromAsync(this)).join("");
  }

  /** The text of each part when it comes. */
  async *[Symbol.asyncIterator]() {
    const decoder = new TextDecoder();
    for await (const part of this.#parts()) {
      this.textBytes += part.length;
      yield decoder.decode(part, { stream: true });
    }
  }

  #parts() {
    const response = this.#response.on("data", ({ length }) => (this.bytes += length));
    if (this.coding !== "gzip") return response;
    // A stream that is cut is read up to there.
    const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
    return pipeline(response, gunzip, () => {});
  }
}
