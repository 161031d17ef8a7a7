// The fenced blocks of README.md and docs/, and the files that they are taken from.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The text of a file of the repository. */
export const read = (path) => readFileSync(join(ROOT, path), "utf8");

/** README.md and the pages of docs/. */
export function documents() {
  const pages = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
  return ["README.md", ...pages.sort().map((name) => `docs/${name}`)];
}

/**
 * The fenced blocks of a Markdown text, in their order.
 * `source` is the path, and perhaps the name of a part, of the comment `<!-- from PATH NAME -->` on the line before.
 */
export function blocks(markdown) {
  const found = [];
  let open;
  markdown.split("\n").forEach((line, index, lines) => {
    const [, indent, language] = /^( *)```(\S*)/.exec(line) ?? [];
    if (indent === undefined) {
      open?.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line.trimStart());
    } else if (open === undefined) {
      const [, path, name] = /^ *<!-- from (\S+)(?: (\S+))? -->$/.exec(lines[index - 1] ?? "") ?? [];
      open = { indent, language, line: index + 1, source: path && { path, name }, lines: [] };
    } else {
      const { indent, lines: body, ...block } = open;
      found.push({ ...block, text: body.join("\n") });
      open = undefined;
    }
  });
  if (open !== undefined) throw new Error(`the block of line ${open.line} does not end`);
  return found;
}

const EDGE = /^(\s*)(?:\/\/|#|<!--|\/\*) README: (begin|end)(?: ([\w-]+))?(?: -->| \*\/)?$/;

/**
 * What a document shows of a file: the part between `README: begin NAME` and `README: end NAME`.
 * Without a name that is the part without a name, or the whole file if it has none.
 * The part loses its common indentation; a document never shows the lines with `README:`.
 */
export function part(text, name) {
  const lines = text.trimEnd().split("\n");
  const edge = (which) => lines.flatMap((line, index) => {
    const [, , kind, of] = EDGE.exec(line) ?? [];
    return kind === which && of === name ? [index] : [];
  });
  const [begins, ends] = [edge("begin"), edge("end")];
  if (begins.length !== ends.length || begins.length > 1) throw new Error(`one begin and one end: ${begins}; ${ends}`);
  if (name !== undefined && begins.length === 0) throw new Error(`no part of the name ${name}`);
  const inside = begins.length === 0 ? lines : lines.slice(begins[0] + 1, ends[0]);
  const shown = inside.filter((line) => !EDGE.test(line));
  const indents = shown.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const common = Math.min(...indents);
  return shown.map((line) => line.slice(common).trimEnd()).join("\n");
}
