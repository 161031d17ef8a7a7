// What becomes of a topic that is given the text of AI SDK. Each case runs in the Worker, and gives a value.
import { simulateReadableStream, streamText } from "ai";
import { MockLanguageModelV4 } from "ai/test";

const finish = { type: "finish", finishReason: { unified: "stop" }, usage: { inputTokens: {}, outputTokens: {} } };
const words = (...deltas) => deltas.map((delta) => ({ type: "text-delta", id: "1", delta }));
const modelOf = (...chunks) =>
  new MockLanguageModelV4({
    doStream: async () => ({ stream: simulateReadableStream({ chunks: [{ type: "stream-start", warnings: [] }, { type: "text-start", id: "1" }, ...chunks] }) }),
  });
const failing = () => modelOf(...words("a ", "b"), { type: "error", error: new Error("deliberate") });

/** How the topic ends, and how many updates it has. */
async function told({ events, env, topic }, { finished }) {
  const failure = await finished.then(() => undefined, ({ message }) => message);
  const { reason, count } = await events.status(env, topic);
  return { failure, reason, count };
}

export const SDK = {
  "the words of a model are updates, and its end closes the topic as done": {
    run: (of, pipeText) => told(of, pipeText(of, { model: modelOf(...words("a ", "b"), { type: "text-end", id: "1" }, finish), prompt: "Why?" })),
    expected: { reason: "done", count: 2 },
  },
  "a model that fails closes the topic as broken, behind its words": {
    run: (of, pipeText) => told(of, pipeText(of, { model: failing(), prompt: "Why?" })),
    expected: { failure: "deliberate", reason: "broken", count: 2 },
  },
  // What the documentation warns of. If this fails, AI SDK has changed, and the warning can go.
  "textStream alone hides that a model has failed": {
    run: (of) => told(of, of.events.pipe(of.env, of.topic, (signal) => streamText({ model: failing(), prompt: "Why?", abortSignal: signal, onError: () => {} }).textStream)),
    expected: { reason: "done", count: 2 },
  },
};
