import { type ReactNode, useId } from 'react';
import type { FieldProblem } from '../api/types';
import { faultText } from './fault';

interface FieldProps {
  label: string;
  /** What is chosen, in one line. */
  children: ReactNode;
  hint?: ReactNode;
  open: boolean;
  onToggle: () => void;
  /** Word on the button while closed. */
  action?: string;
  blocked?: boolean;
  faults?: FieldProblem[];
  /** What opens in place. */
  panel: ReactNode;
}

/** A line of the form that says what is chosen and opens in place to change it. */
export function Field({ label, children, hint, open, onToggle, action, blocked, faults, panel }: FieldProps) {
  const id = useId();
  return (
    <section className="field" aria-labelledby={id}>
      <h3 className="lab" id={id}>
        {label}
      </h3>
      <div className="field-says">
        {children}
        {hint ? <div className="hint">{hint}</div> : null}
        {faults?.map((fault) => (
          <p className="fault" role="alert" key={`${fault.field}-${fault.code}`}>
            {faultText(fault)}
          </p>
        ))}
      </div>
      <button
        className="btn s"
        type="button"
        aria-expanded={open}
        aria-controls={open ? `${id}-panel` : undefined}
        aria-label={`${open ? 'Done with' : (action ?? 'Change')} ${label.toLowerCase()}`}
        disabled={blocked ?? false}
        onClick={onToggle}
      >
        {open ? 'Done' : (action ?? 'Change')}
      </button>
      {open ? (
        <div className="field-panel" id={`${id}-panel`}>
          {panel}
        </div>
      ) : null}
    </section>
  );
}
