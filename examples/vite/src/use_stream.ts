// The updates of a stream, as a state of React.
import { useEffect, useState } from "react";

export interface Received<Data> {
  id: string;
  data: Data;
}

/** The updates that have come from `url` so far. The browser reconnects and resumes by itself. */
export function useStream<Data>(url: string): Received<Data>[] {
  const [updates, setUpdates] = useState<Received<Data>[]>([]);
  useEffect(() => {
    const source = new EventSource(url);
    source.onmessage = ({ lastEventId, data }) =>
      setUpdates((before) => [...before, { id: lastEventId, data: JSON.parse(data) as Data }]);
    return () => {
      source.close();
      setUpdates([]);
    };
  }, [url]);
  return updates;
}
