import type { Database, Example } from '../api/types';
import { DatabaseState } from '../ui/State';
import type { SearchModel } from './useSearchModel';

interface Offer {
  example: Example;
  database: Database;
}

const ORDER = ['blastn', 'blastp', 'blastx', 'tblastn', 'tblastx'];

/** The examples of all databases, in the order of the programs. */
function offers(databases: Database[]): Offer[] {
  return databases
    .flatMap((database) => database.examples.map((example) => ({ example, database })))
    .sort((a, b) => ORDER.indexOf(a.example.program) - ORDER.indexOf(b.example.program));
}

/** The first visit: one ready search for each program. */
export function Examples({ model }: { model: SearchModel }) {
  const list = offers(model.databases);
  if (list.length === 0) return null;
  return (
    <section className="card" aria-labelledby="examples">
      <div className="hd">
        <h2 id="examples">Examples, one for each program</h2>
      </div>
      <ul className="bd exs">
        {list.map(({ example, database }) => (
          <li key={`${database.name}/${example.id}`}>
            <button className="opt" type="button" onClick={() => model.takeExample(example, database)}>
              <span className="grow">
                <span className="opt-head">
                  <span className="med">{example.title}</span>
                  <span className="tag">{example.program}</span>
                </span>
                <span className="hint">{example.description}</span>
                <span className="small opt-state">
                  <DatabaseState state={database.state} />
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Later visits: the same examples, smaller, inside the card. */
export function ExamplesRow({ model }: { model: SearchModel }) {
  const list = offers(model.databases).filter(({ database }) => database.state === 'ready');
  if (list.length === 0) return null;
  return (
    <div className="exs-row">
      <p className="med" id="examples-row">
        Or start from an example
      </p>
      <ul className="exs" aria-labelledby="examples-row">
        {list.map(({ example, database }) => (
          <li key={`${database.name}/${example.id}`}>
            <button className="opt" type="button" onClick={() => model.takeExample(example, database)}>
              <span className="grow">
                <span className="med">{example.title}</span>
                <span className="hint">
                  {example.program} against {database.title}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
