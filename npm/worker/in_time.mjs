// What must come within a time.

/**
 * What the promise resolves to; if it takes longer, what `instead` gives or throws. `late` is given what comes behind that time.
 *
 * @template T, Instead
 * @param {PromiseLike<T>} promise
 * @param {{ within: number, instead: () => Instead, late?: (value: T) => void }} bound `within` is in milliseconds
 * @returns {Promise<T | Instead>}
 */
export function inTime(promise, { within, instead, late = () => {} }) {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      try {
        resolve(instead());
      } catch (error) {
        reject(error);
      }
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
