// examples/own-worker: a hub with the paths and tokens of Mercure, as a Worker of its own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { opened } from "./page.mjs";
import { Project } from "./project.mjs";

let project;
let server;
before(async () => {
  project = await Project.install("examples/own-worker");
  server = await project.dev();
});
after(() => project?.remove());

const HUB = "/.well-known/mercure";

function publish(token, fields) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const body = new URLSearchParams({ topic: "news", ...fields });
  return fetch(server.origin + HUB, { method: "POST", headers, body, signal: AbortSignal.timeout(15_000) });
}

test("it compiles with the strict types that wrangler writes, and those of the package", async () => {
  await project.run("wrangler", "types");
  await project.run("tsc", "--strict", "--noEmit");
});

test("a deployment's dry run bundles it", async () => {
  const output = await project.run("wrangler", "deploy", "--dry-run");
  for (const name of ["HUB", "ASSETS", "ANONYMOUS_SUBSCRIBE", "HISTORY_AGE"]) assert.match(output, new RegExp(`^env\\.${name}\\b`, "m"));
});

test("a page shows what is published with a token that the package made", async (t) => {
  const key = /^MERCURE_PUBLISHER_JWT_KEY=(.*)$/m.exec(project.read(".dev.vars"))[1];
  project.write("key", key);
  const [token] = (await project.run("millstream", "token", "--publish", "news", "--key", "key")).split("\n");
  const page = await opened(t, server.origin);
  const answer = await publish(token, { data: "rain" });
  assert.equal(answer.status, 200, await answer.text());
  await page.locator("#news li").filter({ hasText: "rain" }).waitFor();
  const other = await publish(token, { topic: "other" });
  assert.ok([401, 403].includes(other.status), `${other.status}`);
});

test("a publication without a token is 401", async () => {
  assert.equal((await publish(undefined, { data: "forged" })).status, 401);
});

test("the assets answer for paths that are not the hub's", async () => {
  const answer = await fetch(`${server.origin}/nothing`, { signal: AbortSignal.timeout(15_000) });
  assert.equal(answer.status, 404);
  assert.equal((await fetch(`${server.origin}/healthz`, { signal: AbortSignal.timeout(15_000) })).status, 200);
});
