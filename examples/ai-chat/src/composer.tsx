import { useState, type FormEvent, type KeyboardEvent } from "react";

interface Props {
  isBusy: boolean;
  onSend: (text: string) => void;
  onStop: () => void;
}

export function Composer({ isBusy, onSend, onStop }: Props) {
  const [text, setText] = useState("");

  function send(event: FormEvent) {
    event.preventDefault();
    if (isBusy) return onStop();
    if (text.trim() === "") return;
    onSend(text.trim());
    setText("");
  }

  function press(event: KeyboardEvent<HTMLTextAreaElement>) {
    const isSending = event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing;
    if (isSending && !isBusy) send(event);
  }

  return (
    <form onSubmit={send}>
      <label htmlFor="text">Message</label>
      <textarea id="text" rows={2} maxLength={4_000} value={text} onChange={(event) => setText(event.target.value)} onKeyDown={press} autoFocus />
      {/* It stays the same button, so that the focus is not lost. */}
      <button className={isBusy ? "stop" : undefined}>{isBusy ? "Stop" : "Send"}</button>
    </form>
  );
}
