// The hooks of React, Vue and Svelte where a server renders a page, and where a browser takes the page over.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { effectScope } from "vue";
import { stream } from "../../npm/svelte/index.mjs";
import { useStream } from "../../npm/vue/index.mjs";
import { ClientPages } from "./client_page.mjs";
import { HTML } from "./hooks/on_server.mjs";
import { Server } from "./server.mjs";

const HUB = "https://example.com/events";
/** Vue is told nothing by the tests' bundler. */
const OF_BUNDLING = /^Feature flags __VUE_/;

let server;
before(async () => (server = await Server.start({ kind: "workerd" })));
after(() => server?.stop());
const pages = ClientPages.forTests();

/** Options, and how often the hub was asked by them. */
function counted() {
  const asked = [];
  const fetch = async (url) => {
    asked.push(url);
    return new Response(null, { status: 204 });
  };
  return { asked, options: { topics: "a", fetch } };
}

for (const [framework, html] of Object.entries(HTML)) {
  test(`${framework}: a server renders a stream as it is before it is open, and asks the hub for nothing`, async () => {
    const { asked, options } = counted();
    assert.match(await html([HUB, options]), /<p>connecting<\/p>/);
    assert.match(await html([HUB, { ...options, enabled: false }]), /<p>closed<\/p>/);
    assert.match(await html(["/events", options]), /<p>connecting<\/p>/, "the URL may be relative");
    await turn();
    assert.deepEqual(asked, []);
  });

  test(`${framework}: a browser takes over what a server has rendered, without a complaint`, async (t) => {
    const page = await pages.open(t, { origin: server.origin, entries: [`tests/e2e/hooks/${framework}.mjs`] });
    const complaints = [];
    page.on("console", (message) => ["warning", "error"].includes(message.type()) && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    const values = [server.hub(), { topics: "a" }];
    const rendered = await page.evaluateHandle((html) => {
      const element = document.body.appendChild(document.createElement("div"));
      element.innerHTML = html;
      return element;
    }, await HTML[framework](values));
    const paragraph = await rendered.evaluateHandle((element) => element.querySelector("p"));
    await page.evaluate(([element, values]) => globalThis.client.hydrate(element, values), [rendered, values]);
    await page.getByText("open", { exact: true }).waitFor();
    assert.equal(await paragraph.evaluate((element) => element.isConnected && element.textContent), "open", "the element is the server's");
    assert.deepEqual(complaints.filter((text) => !OF_BUNDLING.test(text)), []);
  });
}

test("outside a component a server asks the hub for nothing either", async () => {
  const { asked, options } = counted();
  const scope = effectScope();
  scope.run(() => useStream(HUB, options));
  const leave = stream(HUB, options).subscribe(() => {});
  await turn();
  leave();
  scope.stop();
  assert.deepEqual(asked, []);
});
