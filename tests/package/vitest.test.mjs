// examples/vitest: a user's tests of an application with a hub.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Project } from "./project.mjs";

/** The name of the runner in the example. */
const OWN = "@cloudflare/vitest-plugin";

/** The name that the runner had until 2026, with the newest versions for it and the newest date that its runtime knows. */
const FORMER = {
  runner: "@cloudflare/vitest-pool-workers",
  versions: { "@cloudflare/vitest-pool-workers": "0.23.0", vitest: "4.1.12", wrangler: "4.124.0" },
  date: "2026-08-15",
};

/** Milliseconds, as vitest's option: the first test also loads the Worker, and other files of tests run beside it. */
const TIMEOUT = "--testTimeout=60000";

async function passes(project) {
  await project.install();
  await project.run("wrangler", "types");
  await project.run("tsc", "--strict", "--noEmit");
  assert.match(await project.run("vitest", "run", TIMEOUT), /Tests {2}4 passed \(4\)/);
}

test("a user's tests pass with Cloudflare's plugin and vitest 5", async (t) => {
  const project = new Project("examples/vitest");
  t.after(() => project.remove());
  await passes(project);
});

test("a user's tests pass with the runner's former name and vitest 4", async (t) => {
  const project = new Project("examples/vitest");
  t.after(() => project.remove());
  const manifest = JSON.parse(project.read("package.json"));
  delete manifest.devDependencies[OWN];
  Object.assign(manifest.devDependencies, FORMER.versions);
  project.write("package.json", JSON.stringify(manifest));
  project.write("vitest.config.ts", project.read("vitest.config.ts").replace(OWN, FORMER.runner));
  const date = /(?<=^compatibility_date = ").*(?="$)/m;
  project.write("wrangler.toml", project.read("wrangler.toml").replace(date, FORMER.date));
  await passes(project);
});
