// The text alone of AI SDK's answer, in a topic.
// README: begin text
import { streamText } from "ai";

/** Publishes what the model says, word by word. A model that fails closes the topic as broken. */
export function pipeText({ events, env, topic }, { model, prompt }) {
  return events.pipe(env, topic, (signal) => textOf(streamText({ model, prompt, abortSignal: signal })));
}

async function* textOf({ stream }) {
  for await (const part of stream) {
    if (part.type === "error") throw part.error;
    if (part.type === "text-delta") yield part.text;
  }
}
// README: end text
