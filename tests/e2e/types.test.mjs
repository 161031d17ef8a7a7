// settings.d.ts beside what `wrangler types` says of a deployment that has every variable.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const names = JSON.parse(readFileSync(join(ROOT, "settings.json"), "utf8")).map(({ name }) => name);

/** The members of an interface: their names, a `?` included, and their types. */
function members(declarations, name) {
  const [, body] = new RegExp(`^(?:export )?interface ${name} \\{\n(.*?)^\\}`, "ms").exec(declarations);
  const found = body.replace(/\/\*\*.*?\*\//gs, "").matchAll(/^\s+(\w+\??): (.+);$/gm);
  return Object.fromEntries(Array.from(found, ([, member, type]) => [member, type]));
}

/** What `wrangler types` says of wrangler.toml and these variables. */
async function wranglerTypes(t, variables) {
  const folder = mkdtempSync(join(tmpdir(), "millstream-types-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const [environment, types] = [join(folder, "env"), join(folder, "types.d.ts")];
  writeFileSync(environment, variables.map((name) => `${name}=1\n`).join(""));
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  const args = [wrangler, "types", types, "--include-runtime=false", "--env-file", environment];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" };
  await promisify(execFile)(process.execPath, args, { cwd: ROOT, env, timeout: 60_000 });
  return members(readFileSync(types, "utf8"), "__BaseEnv_Env");
}

test("wrangler types every variable of the table as a text, which settings.d.ts allows, and nothing else but HUB", async (t) => {
  const { HUB, ...variables } = await wranglerTypes(t, names);
  assert.match(HUB, /^DurableObjectNamespace<.*\.HubObject>$/);
  assert.deepEqual(variables, Object.fromEntries(names.map((name) => [name, "string"])));
  const own = members(readFileSync(join(ROOT, "settings.d.ts"), "utf8"), "Settings");
  assert.deepEqual(Object.keys(own), names.map((name) => `${name}?`));
  for (const [name, type] of Object.entries(own)) assert.match(type, /^string \| /, name);
});

test("wrangler.toml itself has no variable, so that the deployed default is closed", async (t) => {
  assert.deepEqual(Object.keys(await wranglerTypes(t, [])), ["HUB"]);
});
