// A chat whose answers this tab follows, whichever tab has asked for them.
import { useChat } from "@ai-sdk/react";
import { HubChatTransport } from "millstream/ai";
import { useStream } from "millstream/react";
import { useEffect, useRef, useState } from "react";
import { BUSY, type Message, type Snapshot } from "../shared/snapshot";

// README: begin transport
const transport = new HubChatTransport<Message>({
  // One message is sent: the server has the others.
  prepareSendMessagesRequest: ({ id, messages }) => ({ api: `/api/chat/${id}`, body: { message: messages.at(-1) } }),
  // An announced answer is read, or else the newest one: AI SDK comes back by itself when the page is shown again.
  prepareReconnectToStreamRequest: ({ id, requestMetadata }) => {
    const { answer } = (requestMetadata ?? {}) as Partial<Announced>;
    return { api: `/api/chat/${id}/stream${answer ? `?answer=${answer}` : ""}` };
  },
});
// README: end transport

/** An answer that has begun, and what was asked. */
interface Announced {
  answer: string;
  asked: Message;
}

/** `onRefused` is given a question that the server has not taken, since another tab had asked. */
export function useAnswers(id: string, snapshot: Snapshot, onRefused: (text: string) => void) {
  const sent = useRef("");
  const chat = useChat<Message>({ id, messages: snapshot.messages, transport, onError });
  const { messages, setMessages, sendMessage, resumeStream, status, error } = chat;

  function onError({ message }: Error) {
    if (message === BUSY) onRefused(sent.current);
    setMessages((all) => (message === BUSY ? all.slice(0, -1) : all.map((one, index) => (index === all.length - 1 ? brokenOff(one) : one))));
  }

  // README: begin announcements
  const [announced, setAnnounced] = useState<Announced[]>([]);
  const announce = (one: Announced) => setAnnounced((all) => [...all.filter(({ asked }) => asked.id !== one.asked.id), one]);
  const last = snapshot.messages.at(-1);
  const { state } = useStream(`/api/chat/${id}/announcements`, {
    // The client needs a topic; the route has its own.
    topics: "answers",
    json: true,
    // The answers behind the last one that is stored: one may be under way, or have broken off.
    from: last?.role === "assistant" ? last.id : "earliest",
    onUpdate: (update) => announce({ answer: update.id, asked: update.data }),
  });

  const isBusy = status === "submitted" || status === "streaming";
  const [next] = announced;
  const following = useRef<string>(undefined);
  // They are read one after the other, each behind its question.
  useEffect(() => {
    if (next === undefined || isBusy || following.current === next.answer) return;
    following.current = next.answer;
    const done = () => setAnnounced((all) => all.filter((one) => one !== next));
    // This tab has asked for it, and has read it.
    if (messages.some(({ id }) => id === next.answer)) return done();
    const index = messages.findIndex(({ id }) => id === next.asked.id);
    setMessages([...messages.slice(0, index === -1 ? undefined : index), next.asked]);
    void resumeStream({ metadata: next }).finally(done);
  }, [next, isBusy]);
  // README: end announcements

  async function ask(text: string) {
    sent.current = text;
    await sendMessage({ text });
  }

  const shown = error?.message === BUSY ? undefined : error;
  return { ...chat, error: shown, ask, isBusy, connection: state, stopAnswer: () => transport.stop(id) };
}

/** An answer that a page has read up to an error has broken off there. */
function brokenOff(message: Message): Message {
  return message.role === "assistant" ? { ...message, metadata: { end: "broken" } } : message;
}
