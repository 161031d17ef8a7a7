// What must come within a time.

/**
 * What the promise resolves to; undefined if it takes longer. `late` is given what comes behind that time.
 *
 * @template T
 * @param {Promise<T>} promise
 * @param {{ within: number, late: (value: T) => void }} bound `within` is in milliseconds
 * @returns {Promise<T | undefined>}
 */
export function inTime(promise, { within, late }) {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      resolve(undefined);
    }, within);
    promise.then(
      (value) => {
        if (isOver) return late(value);
        clearTimeout(timer);
        resolve(value);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
