import assert from "node:assert/strict";
import { test } from "node:test";
import { HubLog, described, log } from "./log.mjs";

/** What is written to the console by this method. */
function linesOf(t, method) {
  const lines = [];
  t.mock.method(console, method, (line) => lines.push(line));
  return lines;
}

test("a line is one JSON object with its time, its level and its event, whatever its texts hold", (t) => {
  const lines = linesOf(t, "error");
  const detail = 'a\n{"level":"error","event":"forged"}\r\u2028\ud800"';
  log("hub unreachable", { hub: "news", detail });
  const [line] = lines;
  assert.doesNotMatch(line, /[\n\r]/);
  const { time, ...told } = JSON.parse(line);
  assert.equal(new Date(time).toISOString(), time);
  assert.deepEqual(told, { level: "error", event: "hub unreachable", hub: "news", detail });
});

test("each level has its method of the console, and a hub's log begins at its level", (t) => {
  const [warnings, infos] = [linesOf(t, "warn"), linesOf(t, "info")];
  const hub = new HubLog("news", 2);
  hub.write("reset", { level: "warning", reason: "trapped" });
  hub.write("refused", { level: "info" });
  assert.deepEqual(infos, []);
  assert.equal(warnings.length, 1);
  assert.equal(JSON.parse(warnings[0]).hub, "news");
});

test("a long detail is cut", (t) => {
  const lines = linesOf(t, "error");
  log("keys unusable", { detail: "x".repeat(100_000) });
  assert.equal(JSON.parse(lines[0]).detail.length, 4_096);
});

test("any thrown value has a text", () => {
  assert.equal(described(undefined), "undefined");
  assert.equal(described({ toString: () => { throw new Error("no text"); } }), "an error without a text");
});
