import { useState } from 'react';
import { Icon } from './Icon';
import { announce } from './live';

async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** A button that copies a text and says so in its own place. */
export function CopyButton({ text, label, className = 'btn s' }: CopyProps) {
  const [state, setState] = useState<'rest' | 'copied' | 'failed'>('rest');
  const words = { rest: label, copied: 'Copied', failed: 'Copying is not allowed here' };
  return (
    <button
      className={className}
      type="button"
      onClick={async () => {
        const done = await write(typeof text === 'string' ? text : text());
        setState(done ? 'copied' : 'failed');
        announce(done ? 'Copied' : words.failed);
      }}
      onBlur={() => setState('rest')}
    >
      <Icon name={state === 'copied' ? 'check' : 'copy'} />
      {words[state]}
    </button>
  );
}

interface CopyProps {
  text: string | (() => string);
  label: string;
  className?: string;
}
