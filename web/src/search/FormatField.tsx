import { useEffect, useId, useState } from 'react';
import { formatName, gives, rulesOut } from './downloads';
import { Field } from './Field';
import type { SearchModel } from './useSearchModel';

/** A cluster keeps one output format: which, and which downloads it gives and rules out. */
export function FormatField({ model }: { model: SearchModel }) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const formats = model.form?.outfmts ?? [];
  const wanted = model.draft.outfmt ?? '';
  const { asking } = model;
  useEffect(() => {
    if (asking?.field === 'format') setOpen(true);
  }, [asking]);
  // An earlier search may have had fields of its own, which the list does not offer: the server tells what they give.
  const told = model.preflight?.outfmt;
  const chosen = formats.find((format) => format.value === wanted) ?? (told?.value === wanted ? told : undefined);
  if (!model.cluster || formats.length === 0) return null;
  return (
    <Field
      label="Results"
      open={open}
      onToggle={() => setOpen(!open)}
      faults={model.faults.filter((fault) => fault.field === 'outfmt')}
      hint={
        chosen ? (
          <>
            {gives(chosen)} {rulesOut(chosen)}
          </>
        ) : null
      }
      panel={
        <fieldset className="pick">
          <legend className="vh">Output format</legend>
          <div className="list">
            {formats.map((format) => (
              <label className="pk two" key={format.value}>
                <input
                  className="cb"
                  type="radio"
                  name={id}
                  checked={format.value === wanted}
                  onChange={() => {
                    model.change({ outfmt: format.value === '' ? undefined : format.value });
                    setOpen(false);
                  }}
                />
                <span className="pk-name">
                  <span className="med">{formatName(format)}</span> <span className="tag">format {format.number}</span>
                  <span className="l2">{format.sentence}</span>
                </span>
              </label>
            ))}
          </div>
          <p className="pf muted">A cluster keeps one format; it cannot be changed after the search began.</p>
        </fieldset>
      }
    >
      <p className="med">
        {chosen ? formatName(chosen) : 'Format'}
        {wanted === '' ? null : <span className="mono"> {wanted}</span>}
      </p>
    </Field>
  );
}
