import { useId, useMemo, useState } from 'react';
import type { Database } from '../api/types';
import { bytes, plural } from '../ui/format';
import { DatabaseState } from '../ui/State';
import { Day } from '../ui/Time';
import type { SearchModel } from './useSearchModel';

/** Above this many databases a field to find one is worth its place. */
const FIND_FROM = 8;

function matches(database: Database, words: string): boolean {
  const text = `${database.title} ${database.name} ${database.description} ${database.source}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function DatabasePicker({ model, onChosen }: { model: SearchModel; onChosen: () => void }) {
  const id = useId();
  const [words, setWords] = useState('');
  const found = useMemo(() => model.databases.filter((database) => matches(database, words)), [model.databases, words]);
  return (
    <div className="pick">
      {model.databases.length >= FIND_FROM ? (
        <div className="ph">
          <input
            className="in"
            type="search"
            aria-label="Find a database"
            placeholder="Name or purpose"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        </div>
      ) : null}
      <fieldset className="list">
        <legend className="vh">Databases</legend>
        {found.map((database) => (
          <Choice
            key={database.name}
            group={id}
            database={database}
            chosen={model.database?.name === database.name}
            onChoose={() => {
              model.change({ database: database.name, program: undefined });
              onChosen();
            }}
          />
        ))}
        {found.length === 0 ? <p className="empty">No database is named like that.</p> : null}
      </fieldset>
      {model.molecule ? (
        <p className="pf muted">
          Your sequences are {model.molecule}. A database of the other molecule is searched in translation.
        </p>
      ) : null}
    </div>
  );
}

interface ChoiceProps {
  group: string;
  database: Database;
  chosen: boolean;
  onChoose: () => void;
}

function Choice({ group, database, chosen, onChoose }: ChoiceProps) {
  return (
    <label className="pk">
      <input className="cb" type="radio" name={group} checked={chosen} onChange={onChoose} />
      <span className="pk-name">
        <span className="med">{database.title}</span> <span className="tag">{database.molecule}</span>
        <span className="l2">{database.description}</span>
      </span>
      <span className="small">
        <DatabaseState state={database.state} />
        {database.state === 'ready' ? (
          <span className="l2">
            {plural(database.sequences, 'sequence')} · {bytes(database.size_bytes)}
          </span>
        ) : (
          <span className="l2">{database.not_ready_reason}</span>
        )}
        {database.fits_cache ? null : <span className="l2 fault">Too large for the cache of this machine</span>}
      </span>
      <span className="small muted">
        {database.created_at ? <Day iso={database.source_date || database.created_at} /> : null}
      </span>
    </label>
  );
}
