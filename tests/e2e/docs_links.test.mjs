// The links between the documents of the repository: the file is there, and so is the heading.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { ROOT, read } from "./documents.mjs";

const files = execFileSync("git", ["ls-files"], { cwd: ROOT, encoding: "utf8" }).trim().split("\n");

/** The text without its blocks of code and pieces of code. */
const prose = (markdown) => markdown.replace(/^ *```.*?^ *```$/gms, "").replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()#]/g, ""));

/** The anchors of the headings, as GitHub makes them. */
function anchors(markdown) {
  const headings = markdown.replace(/^ *```.*?^ *```$/gms, "").matchAll(/^#{1,6} (.+)$/gm);
  return Array.from(headings, ([, heading]) => heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-"));
}

test("every link of a document to a file of the repository, or to a heading, leads there", () => {
  const documents = files.filter((path) => path.endsWith(".md"));
  let links = 0;
  for (const path of documents) {
    for (const [, target] of prose(read(path)).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?|mailto):/.test(target)) continue;
      const [file, anchor] = target.split("#");
      const linked = file === "" ? path : normalize(join(dirname(path), file)).replace(/\/$/, "");
      const exists = files.some((known) => known === linked || known.startsWith(`${linked}/`));
      assert.ok(exists, `${path} links to ${target}, which is not there`);
      if (anchor !== undefined) assert.ok(anchors(read(linked)).includes(anchor), `${path} links to ${target}: no such heading`);
      links += 1;
    }
  }
  assert.ok(links > 30, `${links} links`);
});
