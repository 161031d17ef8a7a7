// JSON for readers. Its tokens stay as they were sent: a parser would round long numbers and drop repeated members.

/** Longer texts are shown as they are. */
const MAX_LENGTH = 65_536;
/** Deeper ones too, so that the indentation stays small. */
const MAX_DEPTH = 32;

/** The object or array `text`, indented with tabs; null for any other text. */
export function indented(text) {
  if (text.length > MAX_LENGTH || !/^\s*[[{]/.test(text) || !isJson(text)) return null;
  const parts = [];
  let depth = 0;
  const line = () => `\n${"\t".repeat(depth)}`;
  for (const [token] of text.matchAll(/"(?:[^"\\]+|\\.)*"|\{\s*\}|\[\s*\]|[[\]{},:]|[^\s"[\]{},:]+/g)) {
    if (token === "{" || token === "[") {
      depth += 1;
      if (depth > MAX_DEPTH) return null;
      parts.push(token, line());
    } else if (token === "}" || token === "]") {
      depth -= 1;
      parts.push(line(), token);
    } else if (token === ",") parts.push(token, line());
    else if (token === ":") parts.push(": ");
    else parts.push(/^[[{]/.test(token) ? token[0] + token.at(-1) : token);
  }
  return parts.join("");
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
