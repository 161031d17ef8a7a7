// The Worker: takes requests through the door, and hands each admitted one to the object of its hub.
import { lastLine, unconfirmed, unreachable } from "../../build/millstream.js";
import { admit } from "./door.mjs";
import { UNCONFIRMED } from "./hub_object.mjs";
import { instance } from "./instance.mjs";
import { comeBack, problem } from "./last_resort.mjs";
import { log } from "./log.mjs";

/** Three tries: one may meet the trap, one an object that is not reset yet, and one meets neither. */
const ATTEMPTS = 3;
/** Methods that change nothing and have no body. The first attempt would use up a body. */
const REPEATABLE = ["GET", "HEAD", "OPTIONS"];

/**
 * The entry of a Worker. `authorize(request, env, context, hub)` decides instead of tokens; it must not read the body.
 * It returns the claims of a token, or `{ subscribe, publish, subscriber, payload, expires }`; a `Response`, which is the
 * answer; or nothing for a client that it does not know.
 */
export function handler({ authorize } = {}) {
  return {
    async fetch(request, env, context) {
      let admitted;
      try {
        admitted = await admit({ request, env, context, authorize });
      } catch (error) {
        log("no answer at the door", String(error));
        return instead(unreachable, request, env);
      }
      if (admitted instanceof Response) return admitted;
      return handOver(request, env, admitted);
    },
  };
}

/** Hands a request to its hub. A repeatable one is tried again, since an EventSource that gets an error never comes back. */
async function handOver(request, env, { hub, granted }) {
  const attempts = REPEATABLE.includes(request.method) ? ATTEMPTS : 1;
  let answer = unreachable;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      instance();
      const stub = env.HUB.get(env.HUB.idFromName(hub));
      // On some ways to a Worker a client can send a `cf` of its own. So every way to an object replaces the member.
      return ending(await stub.fetch(request, { cf: { ...request.cf, millstream: granted } }));
    } catch (error) {
      log("hub unreachable", `attempt ${attempt} of ${attempts}: ${error}`);
      if (String(error).includes(UNCONFIRMED)) answer = unconfirmed;
      if (error.overloaded) break;
    }
  }
  return instead(answer, request, env);
}

/** The instance's answer for an object that cannot answer, or an answer without the instance. */
function instead(answer, request, env) {
  try {
    instance();
    return answer(request, env);
  } catch (error) {
    log("no answer", String(error));
    return comeBack(request) ?? problem(500, "Internal Server Error");
  }
}

/** The same answer. An answer to a streamed publication gets its last line also when its object is reset. */
function ending(response) {
  if (response.headers.get("content-type") !== "application/x-ndjson") return response;
  const reader = response.body.getReader();
  const lines = new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          log("publication cut off", String(error));
          instance();
          controller.enqueue(lastLine());
          controller.close();
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return new Response(lines, response);
}
