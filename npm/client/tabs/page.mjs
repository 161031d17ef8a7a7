// What happens to a page: it is put away and shown again, frozen and thawed, hidden.

/**
 * @typedef {object} Turns
 * @property {(why: string) => void} leave the page stops, maybe for good
 * @property {() => void} join it goes on
 * @property {() => void} look it is shown or has a network again: what was missed?
 */

/**
 * Listens to the page until `signal` is aborted. A worker has none of these events.
 *
 * @param {Turns} turns
 * @param {{ pausesWhenHidden: boolean, signal: AbortSignal }} how
 */
export function listenToPage({ leave, join, look }, { pausesWhenHidden, signal }) {
  const { document } = globalThis;
  const isHidden = () => document?.visibilityState === "hidden";
  const goOn = () => !(pausesWhenHidden && isHidden()) && join();
  const turn = () => {
    if (!isHidden()) join();
    else if (pausesWhenHidden) leave("The page is hidden.");
  };
  // A page that leaves in time hands over its lead at once, and may be kept for going back to it.
  const ofWindow = { pagehide: () => leave("The page was left."), pageshow: goOn, online: look };
  const ofDocument = { freeze: () => leave("The page is frozen."), resume: goOn, visibilitychange: turn };
  for (const [type, listener] of Object.entries(ofWindow)) globalThis.addEventListener(type, listener, { signal });
  for (const [type, listener] of Object.entries(ofDocument)) document?.addEventListener(type, listener, { signal });
  if (pausesWhenHidden) turn();
  else join();
}
