// An import whose server is killed in the middle.
import assert from "node:assert/strict";
import { test } from "node:test";
import { KEY, callOf, exported, imported, linesOf, numbered } from "./exports.mjs";
import { StreamedPost } from "./raw.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

test("after a kill in the middle of an import a second one goes on, and the hub is whole", async () => {
  const server = await Server.start({ kind: "workerd" });
  try {
    const upload = new StreamedPost(callOf(server, "a", "import"), "application/x-ndjson", KEY);
    const file = numbered(2_000);
    await upload.write(file.slice(0, file.length / 2));
    await until(async () => linesOf(await exported(server, "a")).header.until >= 512, "two batches");
    await server.kill();
    upload.break();
    await server.restart();
    const { header, entries } = linesOf(await exported(server, "a"));
    assert.equal(entries.length, header.until);
    assert.ok(header.until >= 512 && header.until % 256 === 0, `${header.until}`);
    const { answer } = await imported(server, "a", file);
    assert.deepEqual(answer, { imported: 2_000 - header.until, held: header.until, last: 2_000 });
    assert.deepEqual(linesOf(await exported(server, "a")).entries, linesOf(file).entries);
  } finally {
    await server.stop();
  }
});
