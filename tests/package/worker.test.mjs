// examples/worker: the lines of README, without types or a framework.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { opened } from "./page.mjs";
import { Project } from "./project.mjs";

let project;
let server;
before(async () => {
  project = await Project.install("examples/worker");
  server = await project.dev();
});
after(() => project?.remove());

test("an application with a hub has eight lines, and one to publish", () => {
  const lines = project.read("src/index.mjs").split("\n").filter((line) => line.trim() !== "");
  assert.equal(lines.filter((line) => !line.includes("events.publish(")).length, 8);
  assert.equal(lines.length, 9);
});

test("a page shows what the application publishes, and a page that is opened later shows it too", async (t) => {
  const page = await opened(t, server.origin);
  const state = page.locator("#state");
  await page.waitForFunction(() => source.readyState === EventSource.OPEN);
  const answer = await fetch(`${server.origin}/orders/1`, { method: "PUT", body: "paid" });
  assert.equal(await answer.text(), "the application\n");
  await state.filter({ hasText: "paid" }).waitFor();
  await page.reload();
  await state.filter({ hasText: "paid" }).waitFor();
});

test("a selector that the application did not grant is 403", async () => {
  const answer = await fetch(`${server.origin}/events?topic=salaries`, { signal: AbortSignal.timeout(5_000) });
  assert.equal(answer.status, 403);
  assert.match(answer.headers.get("content-type"), /^application\/problem\+json\b/);
});

test("a deployment's dry run has one binding, and the wasm", async () => {
  const output = await project.run("wrangler", "deploy", "--dry-run", "--outdir", "built");
  assert.deepEqual(output.match(/^env\.\S+/gm), ["env.HUB"]);
  const built = readdirSync(project.path("built"));
  assert.equal(built.filter((name) => name.endsWith("-millstream_bg.wasm")).length, 1, String(built));
});
