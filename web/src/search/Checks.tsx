import { useState } from 'react';
import type { Check } from '../api/types';
import { CopyButton } from '../ui/Copy';
import { plural } from '../ui/format';
import type { IconName } from '../ui/Icon';
import { State, type Tone } from '../ui/State';
import { HERE, otherCluster, placeId } from './places';
import type { SearchModel } from './useSearchModel';

interface Mark {
  tone: Tone;
  icon: IconName;
  word: string;
}

const MARKS: Record<string, Mark> = {
  fail: { tone: 'err', icon: 'fail', word: 'has to change' },
  warn: { tone: 'warn', icon: 'warn', word: 'warning' },
  unknown: { tone: 'idle', icon: 'info', word: 'not known' },
  pass: { tone: 'ok', icon: 'check', word: 'fine' },
};

const FINE: Mark = { tone: 'ok', icon: 'check', word: 'fine' };

/** One line for all of them: what stands in the way, or that nothing does. */
function inShort(checks: Check[]): { mark: Mark; says: string } {
  const remarks = checks.filter((check) => check.status === 'warn').length;
  const unknown = checks.filter((check) => check.status === 'unknown').length;
  if (remarks + unknown === 0) return { mark: FINE, says: `${checks.length} of ${checks.length} checks passed` };
  const words = [
    remarks > 0 ? plural(remarks, 'remark') : '',
    unknown > 0 ? `${plural(unknown, 'thing is', 'things are')} not known` : '',
  ];
  const mark = MARKS[remarks > 0 ? 'warn' : 'unknown'] ?? FINE;
  return { mark, says: `${words.filter(Boolean).join(', ')}; the search can start` };
}

/** What has to be the case before a search on a cluster, worst first. It opens by itself when something has to change. */
export function Checks({ model }: { model: SearchModel }) {
  const [shown, setShown] = useState(false);
  const checks = model.preflight?.engine === 'elastic' ? model.preflight.checks : undefined;
  if (!model.cluster || !model.hasSequences) return null;
  const blocked = checks?.some((check) => check.status === 'fail') ?? false;
  const short = checks && !blocked ? inShort(checks) : undefined;
  return (
    <section className="card checks-card" aria-label="Before it can start">
      {!checks ? (
        <ul className="checks">
          <li>
            <State tone="run" icon="run" spin>
              <span className="vh">being checked</span>
            </State>
            <div>
              <span className="nm">Checking the cluster</span>
              <span className="l2">Search can be pressed already; it is checked again then.</span>
            </div>
          </li>
        </ul>
      ) : null}
      {checks && blocked ? (
        <div className="hd">
          <div>
            <h2>Before it can start</h2>
            <p className="small muted">Nothing has been started.</p>
          </div>
          <button className="btn s" type="button" onClick={model.retryCheck}>
            Check again
          </button>
        </div>
      ) : null}
      {short ? (
        <ul className="checks short">
          <li>
            <State tone={short.mark.tone} icon={short.mark.icon}>
              <span className="vh">{short.mark.word}</span>
            </State>
            <span className="nm">{short.says}</span>
            <div className="act">
              <button className="btn s ghost" type="button" aria-expanded={shown} onClick={() => setShown(!shown)}>
                {shown ? 'Hide' : 'Show'}
              </button>
            </div>
          </li>
        </ul>
      ) : null}
      {checks && (blocked || shown) ? (
        <ul className={blocked ? 'checks' : 'checks more'}>
          {checks.map((check) => (
            <Line key={check.id} check={check} model={model} />
          ))}
        </ul>
      ) : null}
    </section>
  );
}

function Line({ check, model }: { check: Check; model: SearchModel }) {
  const mark = MARKS[check.status] ?? FINE;
  const fix = check.status === 'pass' ? null : <Fix check={check} model={model} />;
  return (
    <li>
      <State tone={mark.tone} icon={mark.icon}>
        <span className="vh">{mark.word}</span>
      </State>
      <div>
        <span className="nm">{check.title}</span>
        <span className="l2">{check.detail}</span>
        {check.status !== 'pass' && check.action && check.action_type !== 'check_again' ? (
          <span className="l2">{check.action}</span>
        ) : null}
      </div>
      {fix ? <div className="act">{fix}</div> : null}
    </li>
  );
}

/** The fix as a button, where the page can do it. */
function Fix({ check, model }: { check: Check; model: SearchModel }) {
  const button = (words: string, act: () => void) => (
    <button className="btn s" type="button" onClick={act}>
      {words}
    </button>
  );
  switch (check.action_type) {
    case 'change_options':
      return button('Change options', () => model.ask('options'));
    case 'change_format':
      return button('Change results', () => model.ask('format'));
    case 'choose_database':
      return button('Change database', () => model.ask('database'));
    case 'choose_place':
      return <Elsewhere model={model} />;
    case 'check_again':
      return button('Check again', model.retryCheck);
    case 'copy_command':
      return check.command ? <CopyButton label="Copy the command" text={check.command} /> : null;
    default:
      return check.id === 'capacity' && check.status === 'warn' ? <Elsewhere model={model} /> : null;
  }
}

/** Other places for the same search: a cluster with room, and this machine where the database fits it. */
function Elsewhere({ model }: { model: SearchModel }) {
  const other = otherCluster(model.cluster, model.database, model.clusters);
  return (
    <>
      {other ? (
        <button className="btn s" type="button" onClick={() => model.change({ place: placeId(other.name) })}>
          Use {other.name}
        </button>
      ) : null}
      {model.database?.fits_cache ? (
        <button className="btn s" type="button" onClick={() => model.change({ place: HERE, outfmt: undefined })}>
          Search here instead
        </button>
      ) : null}
    </>
  );
}
