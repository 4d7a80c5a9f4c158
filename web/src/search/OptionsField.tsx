import { useEffect, useState } from 'react';
import { Field } from './Field';
import { OptionsPanel } from './OptionsPanel';
import { changes, sentence } from './sentence';
import type { SearchModel } from './useSearchModel';

export function OptionsField({ model }: { model: SearchModel }) {
  const [open, setOpen] = useState(false);
  const { asking, program, draft } = model;
  useEffect(() => {
    if (asking?.field === 'options') setOpen(true);
  }, [asking]);
  const faults = model.faults.filter((fault) => fault.field === 'options' || fault.field.startsWith('options.'));
  return (
    <Field
      label="Options"
      open={open && program !== undefined}
      onToggle={() => setOpen(!open)}
      blocked={!program}
      faults={open ? faults.filter((fault) => fault.field === 'options') : faults}
      hint={program ? changes(program, draft.options) : null}
      panel={program ? <OptionsPanel model={model} program={program} /> : null}
    >
      {program ? (
        <p>
          {sentence(program, draft.options).map((piece) =>
            piece.value ? (
              <b className="semi" key={piece.text}>
                {piece.text}
              </b>
            ) : (
              piece.text
            ),
          )}
        </p>
      ) : (
        <p>The defaults follow the program.</p>
      )}
    </Field>
  );
}
