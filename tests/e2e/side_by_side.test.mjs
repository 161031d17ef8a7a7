// The runner of `make test`: chains of targets side by side.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const RUNNER = fileURLToPath(new URL("../../tools/side_by_side.mjs", import.meta.url));
const MAKEFILE = `
first: ; @echo of first; echo an error of first >&2; echo end of first
second: ; @echo of second; mkfifo meeting && echo met >meeting
third: ; @until [ -p meeting ]; do sleep 0.02; done; cat meeting
broken: ; @echo why >&2; exit 3
endless: ; @echo "$$$$" >endless.pid; exec sleep 100
after: ; @echo of after
waits: ; @until [ -s endless.pid ]; do sleep 0.02; done
`;

/** The code, the output and the folder of chains. */
async function run(t, ...chains) {
  const folder = mkdtempSync(join(tmpdir(), "millstream-chains-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "Makefile"), MAKEFILE);
  const child = spawn(process.execPath, [RUNNER, "make --no-print-directory", ...chains], { cwd: folder });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const code = await new Promise((resolve) => child.once("close", resolve));
  return { code, output };
}

test("chains run at the same time, and the output of a target stands together", async (t) => {
  const { code, output } = await run(t, "first second", "third");
  assert.equal(code, 0, output);
  assert.match(output, /==== first ====\nof first\nan error of first\nend of first\n==== first: done in \d+ s ====\n/);
  assert.match(output, /==== third ====\nmet\n/);
});

test("a target that fails tells why, ends the others, and fails the run", async (t) => {
  const { code, output } = await run(t, "endless after", "waits broken after");
  assert.equal(code, 1, output);
  assert.match(output, /==== broken ====\nwhy\nmake.*: .*\n==== broken: failed in \d+ s ====\n/);
  assert.match(output, /endless: given up\n/);
  assert.doesNotMatch(output, /of after/);
});
