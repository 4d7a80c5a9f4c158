import { useEffect, useId, useRef, useState } from 'react';
import { Icon } from '../ui/Icon';
import { lettersOn, setLetters } from './shortcuts';

const KEYS: [string[], string][] = [
  [['Ctrl', 'Enter'], 'Search'],
  [['g', 's'], 'Go to Search'],
  [['g', 'j'], 'Go to Jobs'],
  [['j'], 'Next query'],
  [['k'], 'Previous query'],
  [['↑', '↓'], 'Hits'],
  [['Enter'], 'Open or close the alignments of a hit'],
  [['f'], 'Add a filter'],
  [['c'], 'Copy the first open alignment'],
  [['?'], 'This list'],
];

export default function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [on, setOn] = useState(lettersOn);
  // The browser's own dialog keeps the focus inside, closes on Escape and gives the focus back.
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog className="dlg" ref={dialog} aria-labelledby={id} onClose={onClose}>
      <div className="between">
        <h2 id={id}>Keyboard shortcuts</h2>
        <button className="btn s ghost icon" type="button" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="cross" />
        </button>
      </div>
      <dl className="keys">
        {KEYS.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd className="kbd" key={key}>
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label className="row small keys-off">
        <input
          className="cb"
          type="checkbox"
          checked={on}
          onChange={(event) => {
            setLetters(event.target.checked);
            setOn(event.target.checked);
          }}
        />
        Single letters act as shortcuts
      </label>
    </dialog>
  );
}
