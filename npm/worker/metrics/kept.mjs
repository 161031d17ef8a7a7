// The figures of objects over all of their lives in this isolate.
//
// The wasm of a hub counts from zero in each life, and a hub that sleeps begins a new life when it wakes. Its counters go on
// where they were.
import { BoundedMap } from "../bounded_map.mjs";
import { objectCounts } from "./counts.mjs";
import { familyOf } from "./families.mjs";
import { FIGURES } from "./figures.mjs";
import { reportOf } from "./report.mjs";

/** @import { Report } from "./report.mjs" */

/** Objects of an isolate whose figures are kept. */
const OBJECTS = 10_000;

/** Which figures are added up. The others are as they are now. */
const isCounted = FIGURES.map((figure) => familyOf(figure.split("."))?.type !== "gauge");

/**
 * The figures at the end of the last life of each object, by its id.
 *
 * @type {BoundedMap<string, number[]>}
 */
const kept = new BoundedMap(OBJECTS);

/**
 * The report of an object.
 *
 * @param {string} id
 * @param {string} told what its hub tells in this life: `figures` of the wasm class
 * @returns {Report}
 */
export function ofAllLives(id, told) {
  /** @type {number[]} */
  const figures = JSON.parse(told);
  const before = kept.get(id);
  const inAll = before === undefined ? figures : figures.map((figure, at) => (isCounted[at] ? figure + (before[at] ?? 0) : figure));
  return reportOf(inAll, objectCounts.of(id));
}

/** Keeps what a hub tells at the end of a life; without it the figures begin anew, since some of them are not known. */
export function keep(/** @type {string} */ id, /** @type {string | undefined} */ told) {
  const figures = told === undefined ? undefined : ofAllLives(id, told).figures;
  if (figures === undefined) kept.delete(id);
  else kept.set(id, figures);
}

/** Forgets the figures of all objects: after a trap the figures of the last lives are not known. */
export function forgetKept() {
  kept.clear();
}
