// One publication. It is sent again until it is answered, under one key, so that the hub publishes it once.
import { randomPart, wait } from "./pause.mjs";
import { answerOf, post, toLine, unanswered } from "./publication.mjs";
import { Tokens } from "./token.mjs";

/** @import { Problem } from "./problem.mjs" */
/** @import { Publication, Published, PublishOptions, Url } from "./types.d.ts" */

const ATTEMPTS = 5;

/**
 * Publishes an update. When it resolves, the update is stored.
 *
 * @param {Url<any>} url the hub's; a relative one is one of the page
 * @param {Publication} update
 * @param {PublishOptions} [options]
 * @returns {Promise<Published>}
 * @throws {Problem} when the hub refuses it, or did not answer in all attempts
 */
export async function publish(url, update, options = {}) {
  // A page without TLS has no `randomUUID`.
  const { idempotencyKey = crypto.getRandomValues(new Uint32Array(4)), attempts = ATTEMPTS, signal, token } = options;
  const tokens = new Tokens(token, signal);
  const headers = { "content-type": "application/json", "idempotency-key": `"${idempotencyKey}"` };
  const body = toLine(update);
  for (let failures = 1, refused = false; ; failures += 1) {
    await tokens.ask({ refused });
    try {
      const response = await post(url, { tokens, headers, body }, options);
      const id = await answerOf(response.text(), signal);
      const type = response.headers.get("content-type");
      // Such as the page of a network that asks for a login.
      if (!type?.startsWith("text/plain")) throw unanswered(`the answer is ${type}`);
      return { id, connections: Number(response.headers.get("millstream-connections")) };
    } catch (error) {
      // Another error than a problem is not passing.
      const problem = /** @type {Problem} */ (error);
      refused = problem.status === 401 && !!token && !refused;
      if (failures >= attempts || !(problem.isPassing || refused)) throw problem;
      if (!refused) await wait({ least: problem.retryAfter ?? 0, random: randomPart(failures) }, signal);
    }
  }
}
