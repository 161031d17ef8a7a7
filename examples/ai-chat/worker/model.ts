// Stands for a model: the mock model of AI SDK. With a provider, `model` is its name, such as "openai/gpt-6-luna".
import { simulateReadableStream, type LanguageModel } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { wordsFor } from "./words";

/** Milliseconds between two words. */
const PAUSE = 40;

const usage = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
};

export const model: LanguageModel = new MockLanguageModelV4({
  async doStream({ prompt }) {
    const last = prompt.findLast(({ role }) => role === "user");
    const asked = last?.role === "user" ? last.content.map((part) => (part.type === "text" ? part.text : "")).join("") : "";
    const deltas = wordsFor(asked).map((delta) => ({ type: "text-delta" as const, id: "1", delta }));
    return {
      stream: simulateReadableStream({
        chunkDelayInMs: PAUSE,
        chunks: [
          { type: "stream-start", warnings: [] },
          { type: "text-start", id: "1" },
          ...deltas,
          { type: "text-end", id: "1" },
          { type: "finish", finishReason: { unified: "stop", raw: undefined }, usage },
        ],
      }),
    };
  },
});
