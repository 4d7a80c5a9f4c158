import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { scoreClass } from '../alignment/score';
import { queryPage } from '../api/queries';
import type { Job, QueryRow } from '../api/types';
import { shownTitle } from '../results/titles';
import { Fold } from '../ui/Fold';
import { bits, count, duration, evalue, percent } from '../ui/format';
import { announce } from '../ui/live';
import { Note, ProblemNote } from '../ui/Note';
import { useNow } from '../ui/now';
import { Panel } from '../ui/Panel';
import { nounOf } from './looks';
import { PartList } from './PartList';
import { Parts, sayParts } from './Parts';
import { Steps } from './Steps';
import { isWaiting, Stopping, Waiting } from './Waiting';

/** Rows of "Hits so far". */
const SHOWN = 12;

/** A search under way: steps, parts, and what was found until now. */
export function RunningView({ job }: { job: Job }) {
  const says = job.parts.estimated_total > 0 ? sayParts(job.parts, nounOf(job)) : '';
  const stopping = job.phase === 'cancelling';
  useEffect(() => {
    if (says) announce(says);
  }, [says]);
  return (
    <main className="page" id="main">
      <div className="cols-tl">
        <div className="stack-4">
          <section className="card" aria-labelledby="steps">
            <div className="hd">
              <h2 id="steps">Steps</h2>
              <Link className="small" to="/jobs/$jobId" params={{ jobId: job.job_id }} search={{ tab: 'logs' }}>
                Logs
              </Link>
            </div>
            <div className="bd">
              <Steps job={job} />
            </div>
          </section>
          <p className="small muted">You can close this page. The search goes on, and the result stays under Jobs.</p>
        </div>
        <div className="stack-4">
          {job.error ? (
            <Note kind="warn" icon="wait" title={job.error.detail}>
              {job.error.hint ?? 'It is tried again by itself.'}
            </Note>
          ) : null}
          {stopping ? <Stopping job={job} /> : null}
          {isWaiting(job) ? <Waiting job={job} /> : <Progress job={job} says={says} />}
          {job.elastic && job.parts.planned > 0 ? <OneByOne job={job} /> : null}
          {job.started_at ? <Log job={job} /> : null}
          {job.queries_done > 0 ? (
            <Panel failed="The hits so far could not be shown">
              <SoFar job={job} />
            </Panel>
          ) : null}
        </div>
      </div>
    </main>
  );
}

function Progress({ job, says }: { job: Job; says: string }) {
  const doing = job.steps.findLast((step) => step.status === 'running' && step.detail);
  return (
    <section className="card" aria-label="Progress">
      <div className="bd">
        <div className="between progress-head">
          <p className="big">{says || 'Getting ready'}</p>
          <Clock job={job} />
        </div>
        {job.elastic && !says && doing ? <p className="muted">{doing.detail}</p> : null}
        {job.parts.estimated_total > 0 ? <Parts job={job} /> : null}
      </div>
    </section>
  );
}

const LiveStream = lazy(() => import('../logs/LiveStream').then((module) => ({ default: module.LiveStream })));

function Log({ job }: { job: Job }) {
  return (
    <Suspense fallback={null}>
      <LiveStream job={job} />
    </Suspense>
  );
}

/** Batches one by one, behind a heading. */
function OneByOne({ job }: { job: Job }) {
  return (
    <Panel failed="The batches could not be shown">
      <Fold title="Batches one by one">
        <PartList job={job} />
      </Fold>
    </Panel>
  );
}

function Clock({ job }: { job: Job }) {
  const now = useNow(1_000);
  const left = job.remaining_seconds;
  return (
    <dl className="stat">
      <div>
        <dt>Elapsed</dt>
        <dd>{duration(now - Date.parse(job.started_at ?? job.created_at))}</dd>
      </div>
      <div>
        <dt>Remaining</dt>
        <dd>
          {left === null || left === undefined ? 'not known yet' : `about ${duration(Math.max(1, left) * 1_000)}`}
        </dd>
      </div>
      <div>
        <dt>Hits so far</dt>
        <dd>{count(job.hits)}</dd>
      </div>
    </dl>
  );
}

function SoFar({ job }: { job: Job }) {
  const answer = useQuery(queryPage(job.job_id, 1, false, true));
  const rows = (answer.data?.queries ?? []).slice(0, SHOWN);
  return (
    <section className="card clip" aria-labelledby="so-far">
      <div className="hd">
        <div>
          <h2 id="so-far">Hits so far</h2>
          <p className="small muted">
            {count(job.queries_done)} of {count(job.queries_total)} queries searched. Order and counts may still change.
          </p>
        </div>
        <Link className="btn s" to="/jobs/$jobId" params={{ jobId: job.job_id }} search={{ tab: 'hits' }}>
          Open results so far
        </Link>
      </div>
      {answer.error && !answer.data ? (
        <ProblemNote title="The hits so far could not be read" error={answer.error} />
      ) : null}
      <div className="tw">
        <table className="cards">
          <caption className="vh">Best hits so far</caption>
          <thead>
            <tr>
              <th>Query</th>
              <th>Best hit</th>
              <th className="num">Score, bits</th>
              <th className="num">E-value</th>
              <th className="num">Identity</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.query} row={row} job={job.job_id} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ row, job }: { row: QueryRow; job: string }) {
  const { best } = row;
  return (
    <tr className="h">
      <td className="full so-far-query">
        <Link className="rowlink ell" to="/jobs/$jobId" params={{ jobId: job }} search={{ tab: 'hits', q: row.query }}>
          {row.id}
        </Link>
        {row.title ? <span className="l2 ell">{shownTitle(row.title)}</span> : null}
      </td>
      <td className="full so-far-best">
        <span className="ell">{best ? shownTitle(best.title) : 'No hits'}</span>
        {best?.organism ? <span className="l2 ell sci">{best.organism}</span> : null}
      </td>
      {best ? (
        <>
          <td className="num nowrap" data-l="Bits">
            <span className="score">
              <i className={`sw s${scoreClass(best.bitscore)}`} />
              {bits(best.bitscore)}
            </span>
          </td>
          <td className="num nowrap" data-l="E">
            {evalue(best.evalue)}
          </td>
          <td className="num nowrap" data-l="Identity">
            {percent(best.identity, 1)}
          </td>
        </>
      ) : (
        <td colSpan={3} />
      )}
    </tr>
  );
}
