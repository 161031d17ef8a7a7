// examples/worker-hono: a hub in a Hono application, with its sessions.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { opened } from "./page.mjs";
import { Project } from "./project.mjs";

let project;
let server;
before(async () => {
  project = await Project.install("examples/worker-hono");
  server = await project.dev();
});
after(() => project?.remove());

const signal = () => AbortSignal.timeout(15_000);
const json = (body) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** The headers of a user who has logged in. */
async function session(user) {
  const answer = await fetch(`${server.origin}/login`, { ...json({ user }), signal: signal() });
  assert.equal(answer.status, 200);
  return { cookie: answer.headers.get("set-cookie").split(";")[0] };
}

/** Asks for a stream, and gives the status and the beginning of the answer. */
async function asks(topic, headers) {
  const query = new URLSearchParams({ topic, lastEventID: "earliest" });
  const answer = await fetch(`${server.origin}/events?${query}`, { headers, signal: signal() });
  const { value } = await answer.body.getReader().read();
  return { status: answer.status, text: new TextDecoder().decode(value) };
}

test("it compiles with the strict types that wrangler writes, and those of the package", async () => {
  await project.run("wrangler", "types");
  await project.run("tsc", "--strict", "--noEmit");
});

test("a deployment's dry run bundles it", async () => {
  assert.match(await project.run("wrangler", "deploy", "--dry-run"), /^env\.HUB \(HubObject\)/m);
});

test("a page shows an order, and shows it again after a reload", async (t) => {
  const page = await opened(t, server.origin);
  const logIn = async () => {
    await page.getByLabel("Name").fill("ada lovelace");
    const stream = page.waitForResponse((response) => response.url().includes("/events?"));
    await page.getByRole("button", { name: "Log in" }).click();
    assert.equal((await stream).status(), 200);
  };
  await logIn();
  await page.getByLabel("Item").fill("<b>tea</b>");
  await page.getByRole("button", { name: "Order" }).click();
  const shown = page.locator("#orders li").filter({ hasText: "<b>tea</b>" });
  await shown.waitFor();
  await page.reload();
  await logIn();
  await shown.waitFor();
});

test("a stranger gets the application's own refusal, at the hub and beside it", async () => {
  assert.deepEqual(await asks("users/ada/orders/{id}"), { status: 401, text: "log in first\n" });
  const forged = await asks("users/ada/orders/{id}", { cookie: "session=ada.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D" });
  assert.equal(forged.status, 401);
  const order = await fetch(`${server.origin}/orders`, { ...json({ item: "tea" }), signal: signal() });
  assert.equal(order.status, 401);
});

test("a user cannot select the orders of another", async () => {
  const bob = await session("bob");
  for (const topic of ["users/ada/orders/{id}", "users/{user}/orders/{id}", "*"]) {
    assert.equal((await asks(topic, bob)).status, 403, topic);
  }
  assert.equal((await asks("users/bob/orders/{id}", bob)).status, 200);
});

test("a visitor who may subscribe may not publish", async () => {
  const bob = await session("bob");
  const body = new URLSearchParams({ topic: "users/bob/orders/1", data: "forged" });
  const answer = await fetch(`${server.origin}/events`, { method: "POST", headers: bob, body, signal: signal() });
  assert.ok([401, 403].includes(answer.status), `${answer.status}`);
});

test("other paths are the application's", async () => {
  for (const path of ["/event", "/eventsource", "/.well-known/mercure"]) {
    const answer = await fetch(server.origin + path, { signal: signal() });
    assert.deepEqual([answer.status, await answer.text()], [404, "404 Not Found"], path);
  }
});
