// Reading by a call: the application's own Worker may read everything, as it may publish everything.
import { answer } from "./handler.mjs";
import { pathOfHub } from "./mount.mjs";

/** @import { Visit } from "./handler.mjs" */

const EVERYTHING = { subscribe: ["*"] };

/**
 * A `fetch` that reads one hub with every right. It can ask for nothing else: a POST is refused at the door. The origin and
 * the path of what it is asked for mean nothing.
 *
 * @param {string} hub
 * @param {Omit<Visit, "request">} visit
 * @returns {(input: string | URL, init?: RequestInit) => Promise<Response>}
 */
export function readerOf(hub, visit) {
  const path = pathOfHub(hub);
  return async (input, init) => {
    const url = new URL(input);
    url.pathname = path;
    return answer({ ...visit, request: new Request(url, init), authorize: () => EVERYTHING });
  };
}
