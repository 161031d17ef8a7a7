// The types of the package, for a user with strict types.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { Project } from "./project.mjs";

let project;
before(async () => {
  project = await Project.install("tests/package/types");
  await project.run("wrangler", "types");
});
after(() => project?.remove());

test("right calls compile, and wrong options, updates and decisions do not", async () => {
  await project.run("tsc", "--strict", "--noEmit");
});

test("the context of millstream/resumable-stream takes the place of that of resumable-stream", async () => {
  await project.run("tsc", "--project", "tsconfig.resumable.json");
});

test("a Worker with resumable streams is bundled from the package", async () => {
  const output = await project.run("wrangler", "deploy", "src/resumable.ts", "--dry-run", "--outdir", "built");
  assert.deepEqual(output.match(/^env\.\S+/gm), ["env.HUB"]);
  assert.match(readFileSync(project.path("built/resumable.js"), "utf8"), /the producer of the stream was lost/);
});

test("the declarations need no types but those that wrangler writes", () => {
  assert.equal(existsSync(project.path("node_modules/@cloudflare/workers-types")), false);
  assert.equal(existsSync(project.path("node_modules/@types")), false);
});

test("the source maps of the declarations lead to the modules", () => {
  const declarations = project.path("node_modules/millstream/npm/worker/create_hub.d.mts");
  const { sources } = JSON.parse(readFileSync(`${declarations}.map`, "utf8"));
  assert.deepEqual(sources, ["create_hub.mjs"]);
  assert.ok(existsSync(join(dirname(declarations), sources[0])));
});

test("every link of the packed README and pages to a file leads there", () => {
  const folder = project.path("node_modules/millstream");
  const pages = readdirSync(join(folder, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`);
  for (const page of ["README.md", ...pages]) {
    const links = readFileSync(join(folder, page), "utf8").matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g);
    for (const [, target] of links) assert.ok(existsSync(join(folder, dirname(page), target)), `${page} links to ${target}`);
  }
});

test("an editor shows what createHub and its calls do", () => {
  const declared = (name) => readFileSync(project.path(`node_modules/millstream/npm/worker/${name}`), "utf8");
  const types = declared("types.d.ts");
  for (const call of ["<Env = any>(options: HubOptions", "publish(", "publishMany(", "disconnect(", "close(", "status(", "stop(", "export(", "import(", "clear(", "pipe<"]) {
    const documented = types.split("\n").some((line, at, all) => line.trim().startsWith(call) && all[at - 1].trim().endsWith("*/"));
    assert.ok(documented, call);
  }
  assert.match(declared("create_hub.d.mts"), /createHub: CreateHub/);
});
