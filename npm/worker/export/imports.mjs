// Whether a hub is being imported into. Then nobody may read it by halves, and nobody may add to it.
import { unconfirmed } from "../../../build/millstream.js";
import { HubError } from "../hub_error.mjs";
import { problem } from "../last_resort.mjs";
import { WELL_KNOWN } from "../mount.mjs";
import { marked } from "../refused.mjs";

/** Seconds. An import of an ordinary hub takes less. */
const COME_BACK = "5";

/** The imports into one hub: one at a time. */
export class Imports {
  #variables;
  #runs = false;

  /** @param {any} variables those of the hub */
  constructor(variables) {
    this.#variables = variables;
  }

  /**
   * Runs an import.
   *
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async run(work) {
    if (this.#runs) throw new HubError("another import into this hub is under way", { status: 409 });
    this.#runs = true;
    try {
      return await work();
    } finally {
      this.#runs = false;
    }
  }

  /**
   * The answer to a request for updates or subscriptions, if an import runs. Event streams come back by themselves.
   *
   * @param {Request} request
   * @returns {Response | undefined}
   */
  heldOff(request) {
    if (!this.#runs || !new URL(request.url).pathname.includes(WELL_KNOWN)) return undefined;
    const detail = "another hub is being imported into this one; try again";
    const refusal = { reason: "importing", status: 503, text: detail, isPlain: true };
    const response = unconfirmed(request, this.#variables);
    if (response.ok) return marked(response, refusal);
    const headers = new Headers(response.headers);
    headers.set("retry-after", COME_BACK);
    const { body } = problem(503, "Service Unavailable", { detail });
    return marked(new Response(body, { status: 503, headers }), refusal);
  }
}
