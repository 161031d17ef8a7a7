// The word that was meant by a misspelt one.

/** More changes than this are another word. */
const MAX_CHANGES = 2;

/**
 * The end of an error, with the most similar of the known words.
 *
 * @param {string} word
 * @param {string[]} known
 */
export function suggestion(word, known) {
  const near = known.map((other) => ({ other, changes: distance(word, other) })).sort((a, b) => a.changes - b.changes)[0];
  return near !== undefined && near.changes <= MAX_CHANGES ? `: did you mean ${near.other}?` : "";
}

/**
 * How many characters are added, removed or changed between two words.
 *
 * @param {string} a
 * @param {string} b
 */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [line, letter] of [...a].entries()) {
    const next = [line + 1];
    for (const [column, other] of [...b].entries()) {
      next.push(Math.min((row[column] ?? 0) + (letter === other ? 0 : 1), (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
