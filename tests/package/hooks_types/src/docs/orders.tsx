import { useStream, type HubUrl } from "millstream/react";

interface Order {
  id: number;
  state: string;
}
const HUB = "/events" as HubUrl<{ "orders/{id}": Order }>;

export function Orders() {
  const { updates, state } = useStream(HUB, { topics: "orders/{id}", json: true });
  return (
    <>
      {state.name === "waiting" && <p role="status">What you see may be old.</p>}
      <ul>
        {updates.map(({ id, data }) => (
          <li key={id}>{`Order ${data.id} is ${data.state}.`}</li>
        ))}
      </ul>
    </>
  );
}
