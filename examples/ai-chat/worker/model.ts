// Stands for a model: the mock model of AI SDK. With a provider, `model` is its name, such as "openai/gpt-6-luna".
import { simulateReadableStream, type LanguageModel } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { wordsFor } from "./words";

/** Milliseconds between two words. */
const PAUSE = 40;
/** How many words it writes before it fails. */
const FEW = 100;

const usage = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
};

export const model: LanguageModel = new MockLanguageModelV4({
  async doStream({ prompt }) {
    const last = prompt.findLast(({ role }) => role === "user");
    const asked = last?.role === "user" ? last.content.map((part) => (part.type === "text" ? part.text : "")).join("") : "";
    const words = wordsFor(asked).map((delta) => ({ type: "text-delta" as const, id: "1", delta }));
    const end = [{ type: "text-end" as const, id: "1" }, { type: "finish" as const, finishReason: { unified: "stop" as const, raw: undefined }, usage }];
    const failure = [{ type: "error" as const, error: new Error("the stand-in was asked to fail") }];
    const rest = /\bfail\b/i.test(asked) ? [...words.slice(0, FEW), ...failure] : [...words, ...end];
    return {
      stream: simulateReadableStream({
        chunkDelayInMs: PAUSE,
        chunks: [
          { type: "stream-start", warnings: [] },
          { type: "text-start", id: "1" },
          ...rest,
        ],
      }),
    };
  },
});
