/**
 * What `access` gives, or undefined if it throws: a storage may be full or forbidden, a text no JSON.
 *
 * @template Value
 * @param {() => Value} access
 * @returns {Value | undefined}
 */
export function attempt(access) {
  try {
    return access();
  } catch {
    return undefined;
  }
}
