// The Worker: takes requests through the door, and hands those that are let in to the object of their hub.
import { lastLine, unconfirmed, unreachable } from "../build/millstream.js";
import { admit } from "./door.mjs";
import { UNCONFIRMED } from "./hub_object.mjs";
import { instance } from "./instance.mjs";
import { comeBack, problem } from "./last_resort.mjs";
import { log } from "./log.mjs";

/** One that meets the trap, one that meets an object which is yet to be reset, and one that meets neither. */
const ATTEMPTS = 3;
/** Methods that change nothing and have no body, which the first attempt would have used up. */
const REPEATABLE = ["GET", "HEAD", "OPTIONS"];

/**
 * The entry of a Worker. `authorize(request, env, context, hub)` decides in the place of tokens; it must not read the
 * body. It gives claims as a token has them, or `{ subscribe, publish, subscriber, payload, expires }`; a `Response`,
 * which is the answer; or nothing for somebody who is not known.
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

/** An EventSource that is answered with an error never comes back by itself, so a request that can be repeated is tried again. */
async function handOver(request, env, { hub, granted }) {
  const attempts = REPEATABLE.includes(request.method) ? ATTEMPTS : 1;
  let answer = unreachable;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      instance();
      const stub = env.HUB.get(env.HUB.idFromName(hub));
      // Some ways to a Worker let a client send a `cf` of its own: every way to an object replaces the member.
      return ending(await stub.fetch(request, { cf: { ...request.cf, millstream: granted } }));
    } catch (error) {
      log("hub unreachable", `attempt ${attempt} of ${attempts}: ${error}`);
      if (String(error).includes(UNCONFIRMED)) answer = unconfirmed;
      if (error.overloaded) break;
    }
  }
  return instead(answer, request, env);
}

/** The instance's answer in the place of an object, or one that needs no instance. */
function instead(answer, request, env) {
  try {
    instance();
    return answer(request, env);
  } catch (error) {
    log("no answer", String(error));
    return comeBack(request) ?? problem(500, "Internal Server Error");
  }
}

/** The same answer; if it is that to a streamed publication, it ends as it should also when its object is reset. */
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
