import { useEffect, useState } from 'react';
import type { Database } from '../api/types';
import { plural, roughly } from '../ui/format';
import { DatabaseState } from '../ui/State';
import { Day } from '../ui/Time';
import { DatabasePicker } from './DatabasePicker';
import { Field } from './Field';
import type { SearchModel } from './useSearchModel';

const FIELDS = new Set(['database', 'databases', 'db']);

export function DatabaseField({ model }: { model: SearchModel }) {
  const [open, setOpen] = useState(false);
  const { asking, database, databases } = model;
  useEffect(() => {
    if (asking?.field === 'database') setOpen(true);
  }, [asking]);
  const missing = model.draft.database !== undefined && !database && databases.length > 0;
  return (
    <Field
      label="Database"
      open={open}
      onToggle={() => setOpen(!open)}
      action={database ? 'Change' : 'Choose'}
      blocked={databases.length === 0}
      faults={model.faults.filter((fault) => FIELDS.has(fault.field))}
      hint={database ? <Readiness database={database} /> : summary(databases)}
      panel={<DatabasePicker model={model} onChosen={() => setOpen(false)} />}
    >
      {database ? (
        <p className="med">
          {database.title} <span className="tag">{database.molecule}</span>
        </p>
      ) : (
        <p className="med">
          {missing ? `“${model.draft.database}” is not here` : 'Chosen for you once sequences are here'}
        </p>
      )}
    </Field>
  );
}

function Readiness({ database }: { database: Database }) {
  return (
    <>
      {database.state === 'ready' ? (
        <>
          {plural(database.sequences, 'sequence')}, {roughly(database.letters)} letters, of{' '}
          <Day iso={database.source_date || database.created_at} /> ·{' '}
        </>
      ) : null}
      <DatabaseState state={database.state} />
      {database.not_ready_reason ? <> · {database.not_ready_reason}</> : null}
    </>
  );
}

function summary(databases: Database[]): string {
  if (databases.length === 0) return 'No database is here yet';
  const ready = databases.filter((database) => database.state === 'ready').length;
  const coming = databases.filter((database) => database.state === 'preparing').length;
  const words = `${ready} ${ready === 1 ? 'is' : 'are'} ready`;
  return coming > 0 ? `${words}, ${coming} ${coming === 1 ? 'is' : 'are'} being built` : words;
}
