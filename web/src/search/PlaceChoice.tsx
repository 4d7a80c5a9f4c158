import { useId } from 'react';
import { HERE, placesOf } from './places';
import type { SearchModel } from './useSearchModel';

/** Where it runs: a sentence where there is no choice, else each place with what speaks for and against it. */
export function PlaceChoice({ model }: { model: SearchModel }) {
  const id = useId();
  const { database, clusters, place } = model;
  if (clusters.length === 0) {
    const fits = !database || database.fits_cache;
    return (
      <div>
        <p className="lab">Where it runs</p>
        <p className="muted small">
          {fits
            ? 'On this machine, right away and free of charge.'
            : 'This database does not fit the cache of this machine.'}
        </p>
      </div>
    );
  }
  return (
    <fieldset className="places">
      <legend className="lab">Where it runs</legend>
      {placesOf(database, clusters).map((choice) => (
        <label className={choice.id === place ? 'opt on' : 'opt'} key={choice.id}>
          <input
            className="cb"
            type="radio"
            name={id}
            checked={choice.id === place}
            disabled={choice.blocked !== null}
            onChange={() => model.change({ place: choice.id, ...(choice.id === HERE ? { outfmt: undefined } : {}) })}
          />
          <span className="grow">
            <span className="between">
              <span className="med">{choice.title}</span>
              {choice.state ? <span className="small muted nowrap">{choice.state}</span> : null}
            </span>
            <span className="hint">{choice.hint}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
