import { useLayoutEffect, useRef, type FormEvent, type KeyboardEvent } from "react";

interface Props {
  draft: string;
  isBusy: boolean;
  onDraft: (text: string) => void;
  onSend: (text: string) => void;
  onStop: () => void;
}

export function Composer({ draft, isBusy, onDraft, onSend, onStop }: Props) {
  const textarea = useRef<HTMLTextAreaElement>(null);

  function send(event: FormEvent) {
    event.preventDefault();
    if (isBusy || draft.trim() === "") return;
    onDraft("");
    onSend(draft.trim());
  }

  function press(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) send(event);
  }

  return (
    <form onSubmit={send}>
      <label htmlFor="text">Message</label>
      {/* It does not stand where “Send” is: a double click must not stop the answer. */}
      {isBusy && <Stop onStop={onStop} onLeave={() => textarea.current?.focus()} />}
      <textarea id="text" ref={textarea} rows={2} maxLength={4_000} value={draft} onChange={(event) => onDraft(event.target.value)} onKeyDown={press} autoFocus />
      {/* Not `disabled`, so that the focus is not lost. */}
      <button aria-disabled={isBusy}>Send</button>
    </form>
  );
}

function Stop({ onStop, onLeave }: { onStop: () => void; onLeave: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  // A keyboard's focus goes on to the text when the button goes.
  useLayoutEffect(() => {
    const stop = button.current;
    return () => void (stop?.matches(":focus-visible") && onLeave());
  }, []);
  return <button type="button" ref={button} className="quiet" onClick={onStop}>Stop</button>;
}
