import { useEffect, useRef, useState } from 'react';

interface DeleteButtonProps {
  /** What is deleted, for a screen reader. */
  name: string;
  size: 'small' | 'normal';
  busy: boolean;
  onDelete: () => void;
}

/** Asks in its own place before it deletes. */
export function DeleteButton({ name, size, busy, onDelete }: DeleteButtonProps) {
  const [asking, setAsking] = useState(false);
  const small = size === 'small' ? ' s' : '';
  const what = <span className="vh"> {name}</span>;
  if (!asking) {
    return (
      <button className={`btn${small === '' ? '' : ' s ghost'}`} type="button" onClick={() => setAsking(true)}>
        Delete{what}
      </button>
    );
  }
  return (
    <>
      <button className={`btn danger${small}`} type="button" aria-busy={busy} onClick={onDelete}>
        Delete for good{what}
      </button>
      <Keep className={`btn ghost${small}`} onClick={() => setAsking(false)} />
    </>
  );
}

/** The way back takes the focus, so that a second press of Enter deletes nothing. */
function Keep({ className, onClick }: { className: string; onClick: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <button className={className} type="button" ref={button} onClick={onClick}>
      Keep
    </button>
  );
}
