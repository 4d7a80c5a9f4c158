import { useEffect, useId } from 'react';
import { bytes, plural } from '../ui/format';
import { Icon } from '../ui/Icon';
import { ProblemNote } from '../ui/Note';
import { PlaceChoice } from './PlaceChoice';
import type { SearchModel } from './useSearchModel';

function SearchButton({ model, describedBy, large }: { model: SearchModel; describedBy: string; large: boolean }) {
  return (
    <button
      className={large ? 'btn primary lg block' : 'btn primary'}
      type="button"
      aria-disabled={model.blocked !== null}
      aria-busy={model.isSending}
      aria-describedby={describedBy}
      aria-keyshortcuts="Control+Enter"
      onClick={model.search}
    >
      {model.isSending ? <Icon name="run" spin /> : null}
      Search
    </button>
  );
}

/** Title, where it runs, and the one button that starts it. */
export function RunCard({ model }: { model: SearchModel }) {
  const id = useId();
  const { search } = model;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      search();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [search]);
  // A search on a cluster has a list of its checks; here remarks stand beside the button.
  const checks = model.cluster ? [] : (model.preflight?.checks ?? []);
  const remarks = checks.filter((check) => check.status === 'warn');
  const titleFaults = model.faults.filter((fault) => fault.field === 'job_title');
  return (
    <aside className="card" aria-label="Run">
      <div className="bd stack-4">
        <div>
          <label className="lab" htmlFor={`${id}-t`}>
            Title
          </label>
          <input
            className="in"
            id={`${id}-t`}
            value={model.draft.title}
            maxLength={300}
            placeholder="Named after the first sequence"
            aria-invalid={titleFaults.length > 0}
            onChange={(event) => model.change({ title: event.target.value })}
          />
          {titleFaults.map((fault) => (
            <p className="fault" role="alert" key={fault.code}>
              {fault.message}
            </p>
          ))}
        </div>
        <PlaceChoice model={model} />
        <div className="run-button">
          <SearchButton model={model} describedBy={`${id}-why`} large />
          <p className="between small muted">
            <span id={`${id}-why`}>{why(model)}</span>
            {model.blocked ? null : (
              <span className="hide-s nowrap">
                <kbd className="kbd">Ctrl</kbd> <kbd className="kbd">Enter</kbd>
              </span>
            )}
          </p>
        </div>
        {remarks.length > 0 ? (
          <ul className="small muted">
            {remarks.map((check) => (
              <li key={check.id}>{check.detail}</li>
            ))}
          </ul>
        ) : null}
        {model.refused && !model.refused.isOutage && model.refused.fields.length === 0 ? (
          <ProblemNote error={model.refused} />
        ) : null}
      </div>
    </aside>
  );
}

function why(model: SearchModel): string {
  if (model.isSending) {
    return model.attached ? `Sending ${bytes(model.attached.file.size)}` : 'Sending';
  }
  if (model.refused?.isOutage) return `Not sent: ${model.refused.message} Press Search again; it stays one job.`;
  if (model.blocked) return model.blocked;
  if (!model.isChecked) return 'Checking; it can be started already.';
  return 'Nothing stands against it.';
}

/** On narrow screens the button stays at the bottom. */
export function RunBar({ model }: { model: SearchModel }) {
  const id = useId();
  const seen = model.preflight?.query;
  const says = !model.hasSequences
    ? 'No sequences yet'
    : [model.program?.program, seen ? plural(seen.queries, 'sequence') : ''].filter(Boolean).join(', ');
  return (
    <section className="paybar" aria-label="Run the search">
      <div className="grow">
        <p className="med small ell">{says}</p>
        <p className="tiny muted" id={id}>
          {why(model)}
        </p>
      </div>
      <SearchButton model={model} describedBy={id} large={false} />
    </section>
  );
}
