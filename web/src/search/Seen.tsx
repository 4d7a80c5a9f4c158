import type { RefObject } from 'react';
import type { FieldProblem, QueryStats } from '../api/types';
import { count, percent, plural } from '../ui/format';
import { ProblemNote } from '../ui/Note';
import { State } from '../ui/State';
import { faultText } from './fault';
import { selectPlace } from './place';
import type { SearchModel } from './useSearchModel';

const IN_SEQUENCES = new Set(['query', 'query_data', 'query_fasta']);

/** What was seen in the sequences, or what is wrong with them and where. */
export function Seen({ model, field }: { model: SearchModel; field: RefObject<HTMLTextAreaElement | null> }) {
  if (!model.hasSequences) return null;
  const faults = model.faults.filter((fault) => IN_SEQUENCES.has(fault.field));
  const seen = model.preflight?.query;
  return (
    <div className="seen">
      {faults.map((fault) => (
        <Fault
          key={`${fault.code}-${fault.line}-${fault.column}-${fault.message}`}
          fault={fault}
          field={model.attached ? undefined : field}
        />
      ))}
      {seen && faults.length === 0 ? (
        <Stats seen={seen} part={model.attached !== undefined && !model.attached.whole} />
      ) : null}
      {!seen && faults.length === 0 && !model.checkFault ? <p className="muted">Looking at the sequences</p> : null}
      {model.checkFault && !model.preflight ? (
        <ProblemNote title="The sequences could not be looked at" error={model.checkFault} retry={model.retryCheck} />
      ) : null}
    </div>
  );
}

function Stats({ seen, part }: { seen: QueryStats; part: boolean }) {
  const rest = [
    seen.queries > 1 ? `shortest ${count(seen.shortest)}, longest ${count(seen.longest)}` : '',
    seen.gc_fraction === null || seen.gc_fraction === undefined ? '' : `GC ${percent(seen.gc_fraction * 100)}`,
    seen.duplicate_ids > 0
      ? `${plural(seen.duplicate_ids, 'name')} occurred before; they are kept apart by position`
      : seen.queries > 1
        ? 'no duplicate names'
        : '',
  ].filter((words) => words !== '');
  return (
    <p>
      <State tone="ok" icon="check">
        {part ? 'At the beginning: ' : ''}
        {plural(seen.queries, `${seen.molecule} sequence`)}, {plural(seen.letters, 'letter')}
      </State>
      {rest.length > 0 ? <span className="muted"> · {rest.join(' · ')}</span> : null}
    </p>
  );
}

interface FaultProps {
  fault: FieldProblem;
  field: RefObject<HTMLTextAreaElement | null> | undefined;
}

function Fault({ fault, field }: FaultProps) {
  const { line, column } = fault;
  return (
    <div className="seen-fault" role="alert">
      <State tone="err" icon="fail" />
      <p className="grow">{faultText(fault)}</p>
      {line && field ? (
        <button
          className="btn s"
          type="button"
          onClick={() => {
            if (field.current) selectPlace(field.current, line, column ?? 1);
          }}
        >
          Show line {count(line)}
          {column ? `, column ${count(column)}` : ''}
        </button>
      ) : null}
    </div>
  );
}
