// The recipes of docs/ai.md, with the packages of AI SDK, TanStack AI and assistant-ui, in a Worker with a hub.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Server } from "../e2e/server.mjs";
import { ASSISTANT } from "./recipes/assistant_cases.mjs";
import { SDK } from "./recipes/sdk_cases.mjs";
import { TANSTACK } from "./recipes/tanstack_cases.mjs";

let server;
before(async () => (server = await Server.start({ settings: ["--config", "tests/clients/recipes/wrangler.toml"] })));
after(() => server?.stop());

for (const [recipe, cases] of Object.entries({ tanstack: TANSTACK, assistant: ASSISTANT, sdk: SDK })) {
  describe(`the recipe for ${recipe}`, { concurrency: 4 }, () => {
    for (const [name, { expected }] of Object.entries(cases)) {
      test(name, async () => {
        const { value, error } = await (await fetch(`${server.origin}/${recipe}/${encodeURIComponent(name)}`)).json();
        assert.equal(error, undefined);
        // As JSON has it.
        assert.deepEqual(value, JSON.parse(JSON.stringify(expected)));
      });
    }
  });
}
