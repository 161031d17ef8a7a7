// Names the functions of a wasm so that those that are alike follow each other:
// `node tools/alike_in_a_row.mjs FROM TO`, before `wasm-opt --reorder-functions-by-name`.
// gzip looks back 32 KiB, so it finds what two functions share where they stand close together.
import { readFileSync, writeFileSync } from "node:fs";

/** The length of the pieces by which functions are compared, in bytes: some two instructions. */
const PIECE = 6;
/** A piece that more functions have says nothing of any of them. */
const MOST_OWNERS = 100;
/** What a function of the row counts, beside the one behind it, when the next one is looked for. */
const FADING = 0.9;
/** Added to the length of a function, so that those of a few bytes do not come before all others. */
const LEAST_LENGTH = 40;
/** The ids of sections. */
const CUSTOM = 0, CODE = 10;
/** The id of the part of the section "name" that names functions. */
const FUNCTION_NAMES = 1;

const [from, to] = process.argv.slice(2);
if (!from || !to) throw new Error("usage: node tools/alike_in_a_row.mjs FROM TO");
const wasm = readFileSync(from);
const imports = WebAssembly.Module.imports(new WebAssembly.Module(wasm));
const imported = imports.filter(({ kind }) => kind === "function").length;
writeFileSync(to, Buffer.concat([wasm, names(inARow(bodies()))]));

/** The code of each function. */
function bodies() {
  let at = 8;
  while (wasm[at] !== CODE) {
    const length = numberAt(at + 1);
    at = length.end + length.value;
  }
  const count = numberAt(numberAt(at + 1).end);
  const found = [];
  for (let end = count.end; found.length < count.value;) {
    const length = numberAt(end);
    end = length.end + length.value;
    found.push(wasm.toString("latin1", length.end, end));
  }
  return found;
}

/** The indices of the functions, each behind those that it shares the most with. */
function inARow(functions) {
  const owners = new Map();
  const pieces = functions.map((code, index) => {
    const own = new Set();
    for (let at = 0; at + PIECE <= code.length; at++) own.add(code.slice(at, at + PIECE));
    for (const piece of own) owners.get(piece)?.push(index) ?? owners.set(piece, [index]);
    return own;
  });
  const left = new Set(functions.keys());
  const shares = new Float64Array(functions.length);
  const part = (index) => shares[index] / (LEAST_LENGTH + functions[index].length);
  const row = [];
  while (left.size > 0) {
    let [next] = left;
    for (const index of left) {
      if (part(index) > part(next)) next = index;
    }
    left.delete(next);
    row.push(next);
    for (const index of left) shares[index] *= FADING;
    for (const piece of pieces[next]) {
      const all = owners.get(piece);
      if (all.length > MOST_OWNERS) continue;
      for (const index of all) shares[index] += 1 / Math.sqrt(all.length);
    }
  }
  return row;
}

/** The section that gives each function a name which says its place in the row. */
function names(row) {
  const places = [];
  for (const [place, index] of row.entries()) places[index] = String(place).padStart(6, "0");
  const entries = places.map((name, index) => Buffer.concat([number(imported + index), text(name)]));
  const map = Buffer.concat([number(entries.length), ...entries]);
  return section(CUSTOM, Buffer.concat([text("name"), section(FUNCTION_NAMES, map)]));
}

function section(id, content) {
  return Buffer.concat([Buffer.of(id), number(content.length), content]);
}

function text(value) {
  return Buffer.concat([number(value.length), Buffer.from(value)]);
}

/** A number as LEB128. */
function number(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return Buffer.of(...bytes, value);
}

/** The number in LEB128 at a place, and where it ends. */
function numberAt(at) {
  let value = 0;
  let end = at;
  for (let shift = 0; ; shift += 7) {
    const byte = wasm[end++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return { value, end };
  }
}
