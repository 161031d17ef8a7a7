// A chat whose answers this tab follows, whichever tab has asked for them.
import { useChat } from "@ai-sdk/react";
import type { UIMessage } from "ai";
import { HubChatTransport } from "millstream/ai";
import { useStream } from "millstream/react";
import { useEffect, useState } from "react";
import type { Snapshot } from "../shared/snapshot";

// README: begin transport
const transport = new HubChatTransport({
  // One message is sent: the server has the others.
  prepareSendMessagesRequest: ({ id, messages }) => ({ api: `/api/chat/${id}`, body: { message: messages.at(-1) } }),
});
// README: end transport

/** An answer that has begun, and what was asked. */
interface Announced {
  answer: string;
  asked: UIMessage;
}

export function useAnswers(id: string, snapshot: Snapshot) {
  const chat = useChat({ id, messages: snapshot.messages, transport });
  const { messages, setMessages, resumeStream, status } = chat;
  const [announced, announce] = useState<Announced>();
  const last = snapshot.messages.at(-1);

  // README: begin announcements
  const { state } = useStream(`/api/chat/${id}/announcements`, {
    topics: "answers",
    json: true,
    // The answers behind the last one that is stored: one may be under way, or have broken off.
    from: last?.role === "assistant" ? last.id : "earliest",
    onUpdate: (update) => announce({ answer: update.id, asked: update.data }),
  });
  // README: end announcements

  const isBusy = status === "submitted" || status === "streaming";
  useEffect(() => {
    if (announced === undefined || isBusy) return;
    announce(undefined);
    // This tab has asked for it, and has read it.
    if (messages.some(({ id }) => id === announced.answer)) return;
    const index = messages.findIndex(({ id }) => id === announced.asked.id);
    setMessages([...messages.slice(0, index === -1 ? undefined : index), announced.asked]);
    void resumeStream();
  }, [announced, isBusy]);

  return { ...chat, isBusy, connection: state, stopAnswer: () => transport.stop(id) };
}
