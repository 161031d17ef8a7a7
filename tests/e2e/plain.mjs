// What docs/client.md does without the client, in a page.

export function read(show, fetchAfresh) {
  // README: begin read
  const source = new EventSource("/events?topic=orders/{id}&topic=news");
  source.onmessage = ({ data }) => show(data);
  source.addEventListener("paid", ({ data }) => show(`paid: ${data}`));
  source.addEventListener("gap", ({ data }) => fetchAfresh(JSON.parse(data)));
  // README: end read
  return source;
}

export function resume(show) {
  // README: begin resume
  const url = new URL("/events?topic=orders/{id}", location.href);
  const last = sessionStorage.getItem("last");
  if (last !== null) url.searchParams.set("lastEventId", last);
  const source = new EventSource(url);
  source.onmessage = ({ data, lastEventId }) => {
    show(data);
    sessionStorage.setItem("last", lastEventId);
  };
  // README: end resume
  return source;
}

export function told(show) {
  // README: begin told
  const source = new EventSource("/events?topic=orders/{id}");
  source.onopen = () => show("live");
  source.onerror = async () => {
    if (source.readyState !== EventSource.CLOSED) return show("reconnecting");
    const answer = await fetch(source.url);
    if (answer.ok) return answer.body.cancel();
    const { status, detail } = await answer.json();
    show(`${status}: ${detail}`);
  };
  // README: end told
  return source;
}

export async function publish(order) {
  // README: begin publish
  const answer = await fetch("/events", {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": `"${crypto.randomUUID()}"` },
    body: JSON.stringify({ topic: `orders/${order.id}`, type: "paid", data: order }),
  });
  if (!answer.ok) throw new Error((await answer.json()).detail);
  const id = await answer.text();
  // README: end publish
  return id;
}
