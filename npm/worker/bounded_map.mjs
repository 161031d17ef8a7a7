/**
 * A map with a largest number of keys. Beyond that the key that was set first is forgotten.
 *
 * @template Key, Value
 * @extends {Map<Key, Value>}
 */
export class BoundedMap extends Map {
  #most;

  constructor(/** @type {number} */ most) {
    super();
    this.#most = most;
  }

  /**
   * @override
   * @param {Key} key
   * @param {Value} value
   */
  set(key, value) {
    this.delete(key);
    if (this.size >= this.#most) this.delete(/** @type {Key} */ (this.keys().next().value));
    return super.set(key, value);
  }
}
