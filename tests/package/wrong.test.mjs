// Mistakes of a user: each error names the mistake and the mend.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Project } from "./project.mjs";

let project;
before(async () => (project = await Project.install("examples/worker")));
after(() => project?.remove());

/** The project with another module or configuration: the changes are texts, each with its replacement. */
function changed(file, ...changes) {
  const original = project.read(file);
  let text = original;
  for (const [from, to] of changes) {
    assert.ok(text.includes(from), `${file} has no ${from}`);
    text = text.replace(from, to);
  }
  project.write(file, text);
  return () => project.write(file, original);
}

/** A Worker that makes a hub by the options in a body, and answers with the error. */
const TRIES = `
import { createHub, HubObject } from "millstream";
export { HubObject };
createHub({ path: "/events" });
export default {
  async fetch(request) {
    if (request.method === "GET") return new Response();
    try {
      createHub(await request.json());
      return Response.json([]);
    } catch (error) {
      return Response.json([error.name, error.message]);
    }
  },
};
`;

describe("a wrong option", () => {
  const WRONG = {
    "that is no object": ["path", /the options are "path"; they must be an object such as \{ path: "\/events" \}/],
    "with a misspelt name": [{ paths: "/events" }, /there is no option "paths"; the options are path, binding, hub, authorize, variables, assets/],
    "with a path that is no path": [{ path: "events" }, /path is "events"; it must be a path such as "\/events"/],
    "with a slash at the end of the path": [{ path: "/events/" }, /path is "\/events\/"; .* without a slash at its end/],
    "with a query in the path": [{ path: "/events?a" }, /path is "\/events\?a"; it must be a path/],
    "with a path of another type": [{ path: 1 }, /path is 1; it must be a path/],
    "with a binding that has no name": [{ binding: "" }, /binding is ""; it must be the name of a binding/],
    "with assets that are no name": [{ assets: true }, /assets is true; it must be the name of a binding/],
    "with an authorize that is no function": [{ path: "/events", authorize: { subscribe: ["*"] } }, /authorize is .*; it must be a function/],
    "with a hub that is no function": [{ path: "/events", hub: "shop" }, /hub is "shop"; it must be a function/],
    "with variables in a list": [{ path: "/events", variables: ["HISTORY_AGE"] }, /variables is .*; it must be an object such as \{ HISTORY_AGE: "1h" \}, or a prefix/],
    "with other variables than another hub of the Worker": [{ path: "/a", variables: "OTHER_" }, /called twice with different variables; give both calls the same/],
  };
  let server;
  before(async () => {
    project.write("src/options.mjs", TRIES);
    server = await project.dev("src/options.mjs");
  });

  for (const [what, [options, message]] of Object.entries(WRONG)) {
    test(`${what} is named, with the right values`, async () => {
      const answer = await fetch(`${server.origin}/options`, { method: "PUT", body: JSON.stringify(options), signal: AbortSignal.timeout(15_000) });
      const [name, text] = await answer.json();
      assert.equal(name, "TypeError");
      assert.match(text, /^millstream: /);
      assert.match(text, message);
    });
  }
});

/** Mistakes in a project, and the words of `wrangler dev` about each before anything answers. */
const FAILURES = {
  "a compatibility flag that lacks": {
    file: "wrangler.toml",
    changes: [['["enable_request_signal"]', "[]"]],
    says: /millstream: the Worker lacks the compatibility flag enable_request_signal; in wrangler\.toml, add compatibility_flags = \["enable_request_signal"\]/,
  },
  "a compatibility date that is too old for errors over RPC": {
    file: "wrangler.toml",
    changes: [["2026-10-01", "2025-06-01"]],
    says: /millstream: the Worker lacks the compatibility flag enhanced_error_serialization; in wrangler\.toml, set compatibility_date = "2026-10-01"/,
  },
  "a compatibility date that is too old for weak references": {
    file: "wrangler.toml",
    changes: [["2026-10-01", "2024-01-01"]],
    says: /millstream: the Worker lacks the compatibility flag enable_weak_ref; in wrangler\.toml, set compatibility_date = "2026-10-01"/,
  },
  "a class that the Worker does not export": {
    file: "src/index.mjs",
    changes: [["export { HubObject };", ""]],
    says: /Durable Objects?, which are not exported in your entrypoint file: HubObject\./,
  },
};
for (const [what, { file, changes, says }] of Object.entries(FAILURES)) {
  test(`${what} is named when the Worker starts, with the mend`, async () => {
    const restore = changed(file, ...changes);
    try {
      await project.devSays(says);
    } finally {
      restore();
    }
  });
}

test("a binding that is missing is named at the first request, with the lines that add it", async () => {
  const restore = changed("wrangler.toml", ['name = "HUB"', 'name = "HUBS"']);
  try {
    const server = await project.dev();
    const answer = await fetch(`${server.origin}/events?topic=orders/1`, { signal: AbortSignal.timeout(15_000) });
    assert.equal(answer.status, 500);
    const mend = /millstream: there is no Durable Object binding "HUB"; in wrangler\.toml, add \[\[durable_objects\.bindings\]\] with name = "HUB" and class_name = "HubObject", or name your binding by the option binding/;
    assert.match(await answer.text(), mend);
  } finally {
    restore();
  }
});

test("a body that the application has read before the hub gets the request is named, with the mend", async () => {
  project.write("src/post.mjs", project.read("src/index.mjs").replace('"PUT"', '"POST"'));
  const server = await project.dev("src/post.mjs");
  const answer = await fetch(`${server.origin}/events`, { method: "POST", body: "topic=orders/1", signal: AbortSignal.timeout(15_000) });
  assert.equal(answer.status, 500);
  assert.match(await answer.text(), /millstream: the body of this request has been read, .* call the hub's fetch before you read a body, or read request\.clone\(\)/);
});

test("in Node, the module says where a hub runs", async () => {
  const use = 'import { createHub } from "millstream"; createHub();';
  const failure = /the hub runs in a Cloudflare Worker\. Run this module by wrangler, by Cloudflare's Vite plugin, or in tests by/;
  await assert.rejects(project.command(process.execPath, "--input-type=module", "--eval", use), failure);
});
