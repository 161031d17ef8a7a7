import { useEffect, useRef } from "react";

/** Pixels from the end of the page within which a reader follows what is written. */
const NEAR = 160;

/** Keeps the end of the page in sight while it grows, unless the reader has scrolled up. */
export function useFollowing() {
  const isFollowing = useRef(true);

  useEffect(() => {
    const look = () => {
      const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
      isFollowing.current = scrollHeight - clientHeight - scrollTop < NEAR;
    };
    addEventListener("scroll", look, { passive: true });
    return () => removeEventListener("scroll", look);
  }, []);
  // After each render: an alert makes the page longer too.
  useEffect(() => {
    if (isFollowing.current) scrollTo({ top: document.documentElement.scrollHeight });
  });
}
