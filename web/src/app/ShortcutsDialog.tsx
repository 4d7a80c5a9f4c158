import { Modal } from '@mantine/core';
import '@mantine/core/styles/Overlay.layer.css';
import '@mantine/core/styles/ModalBase.layer.css';
import '@mantine/core/styles/Modal.layer.css';
import '@mantine/core/styles/CloseButton.layer.css';
import { useState } from 'react';
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
  const [on, setOn] = useState(lettersOn);
  return (
    <Modal opened onClose={onClose} title="Keyboard shortcuts" radius={8} closeButtonProps={{ 'aria-label': 'Close' }}>
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
    </Modal>
  );
}
