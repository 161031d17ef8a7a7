// What a page pays for the client: minified, gzipped, without the parser and without tabs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const LIMIT = 5_000;

test("the client has some 5 kB without its parser", async () => {
  const entry = fileURLToPath(new URL("index.mjs", import.meta.url));
  const external = ["eventsource-parser"];
  const { outputFiles, metafile } = await build({ entryPoints: [entry], bundle: true, minify: true, format: "esm", write: false, metafile: true, external });
  const size = gzipSync(outputFiles[0].contents, { level: 9 }).length;
  console.log(`millstream/client: ${size} bytes gzipped`);
  assert.ok(size <= LIMIT, `${size} bytes`);
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  assert.deepEqual(imported, external, "it imports nothing else");
});
