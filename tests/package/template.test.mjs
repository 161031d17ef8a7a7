// template/: the folder that a deploy button copies.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Project, VERSION } from "./project.mjs";

let project;
/** Its manifest, before the tarball is installed in the place of the version. */
let manifest;
before(async () => {
  project = new Project("template");
  manifest = JSON.parse(project.read("package.json"));
  await project.install();
});
after(() => project?.remove());

test("it takes the package of this version", () => {
  assert.equal(manifest.dependencies.millstream, `^${VERSION}`);
});

test("a deployment's dry run has the hub and its variable, and nothing that needs Rust", async () => {
  const output = await project.run("wrangler", "deploy", "--dry-run");
  assert.deepEqual(output.match(/^env\.\w+/gm), ["env.HUB", "env.ANONYMOUS_SUBSCRIBE"]);
});

test("every secret and variable that the button asks for has a description", () => {
  const secrets = project.read(".dev.vars.example").match(/^\w+/gm);
  const described = Object.keys(manifest.cloudflare.bindings);
  assert.deepEqual(described.toSorted(), ["ANONYMOUS_SUBSCRIBE", ...secrets].toSorted());
});

test("it answers as a hub that is closed", async () => {
  const server = await project.dev();
  const hub = `${server.origin}/.well-known/mercure?topic=news`;
  for (const method of ["GET", "POST"]) {
    const answer = await fetch(hub, { method, signal: AbortSignal.timeout(15_000) });
    assert.equal(answer.status, 401, method);
  }
});
