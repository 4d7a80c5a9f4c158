import { useId, useState } from 'react';
import type { ProgramForm } from '../api/types';
import { fitting } from './choice';
import { Field } from './Field';
import type { SearchModel } from './useSearchModel';

const an = (molecule: string): string => (molecule === 'nucleotide' ? 'nucleotides' : 'proteins');

/** Why this program, and whether there is a choice. */
function reason(model: SearchModel): string {
  const { molecule, database, form } = model;
  if (!molecule || !database || !form) return 'blastn, blastp, blastx, tblastn or tblastx';
  const others = fitting(form, molecule, database.molecule).filter((p) => p.program !== model.program?.program);
  const same = molecule === database.molecule;
  const says = same
    ? `Your sequences and the database are both ${molecule}.`
    : `Your sequences are ${molecule}, the database is ${database.molecule}.`;
  if (others.length === 0) return `${says} No other program fits.`;
  return `${says} ${others.map((program) => program.program).join(' and ')} would fit too.`;
}

/** Why a program cannot be taken, or null where it can. */
function unfit(program: ProgramForm, model: SearchModel): string | null {
  if (model.molecule && program.query_molecule !== model.molecule) {
    return `Reads ${an(program.query_molecule)}; your sequences are ${model.molecule}.`;
  }
  if (model.database && program.database_molecule !== model.database.molecule) {
    return `Searches ${program.database_molecule} databases; this one is ${model.database.molecule}.`;
  }
  return null;
}

export function ProgramField({ model }: { model: SearchModel }) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const { program, form } = model;
  return (
    <Field
      label="Program"
      open={open}
      onToggle={() => setOpen(!open)}
      blocked={!model.hasSequences || !form}
      faults={model.faults.filter((fault) => fault.field === 'program')}
      hint={reason(model)}
      panel={
        <fieldset className="pick">
          <legend className="vh">Program</legend>
          {form?.programs.map((candidate) => {
            const why = unfit(candidate, model);
            return (
              <label className="pk two" key={candidate.program}>
                <input
                  className="cb"
                  type="radio"
                  name={id}
                  disabled={why !== null}
                  checked={program?.program === candidate.program}
                  onChange={() => {
                    model.change({ program: candidate.program });
                    setOpen(false);
                  }}
                />
                <span className="pk-name">
                  <span className="med">{candidate.program}</span>
                  <span className="l2">{candidate.description}</span>
                  {why ? <span className="l2">{why}</span> : null}
                </span>
              </label>
            );
          })}
        </fieldset>
      }
    >
      <p className="med">{program?.program ?? 'Follows from sequences and database'}</p>
    </Field>
  );
}
