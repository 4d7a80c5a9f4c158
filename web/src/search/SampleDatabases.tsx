import { plural } from '../ui/format';
import { DatabaseState } from '../ui/State';
import type { SearchModel } from './useSearchModel';

/** On the first visit: which databases are here and which are on their way. */
export function SampleDatabases({ model }: { model: SearchModel }) {
  if (model.databases.length === 0) return null;
  return (
    <section className="card" aria-labelledby="sample-databases">
      <div className="sample-head">
        <h2 id="sample-databases">Databases</h2>
        <p className="small muted">Samples are built on the first start.</p>
      </div>
      <ul>
        {model.databases.map((database) => (
          <li className="sample" key={database.name}>
            <div className="between">
              <span className="med ell">{database.title}</span>
              <span className="small">
                <DatabaseState state={database.state} />
              </span>
            </div>
            <p className="small muted">
              {database.state === 'ready'
                ? `${plural(database.sequences, 'sequence')}${database.has_organisms ? ', with organisms' : ''}`
                : (database.not_ready_reason ?? 'Not ready yet')}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
