import { useQuery } from '@tanstack/react-query';
import { eventsQuery, isActive } from '../api/queries';
import type { Job, JobElastic, JobEvent } from '../api/types';
import { formatName, rulesOut } from '../search/downloads';
import { CopyButton } from '../ui/Copy';
import { plural } from '../ui/format';
import { ProblemNote } from '../ui/Note';
import { Panel } from '../ui/Panel';
import { SkeletonRows } from '../ui/Skeleton';
import { utc } from '../ui/Time';
import { Configuration } from './Configuration';
import { nounOf } from './looks';
import { PartList } from './PartList';
import { Parts, sayParts } from './Parts';
import { Steps } from './Steps';

/** Steps, parts, what it ran on, the command, and the history. */
export function HowItRan({ job }: { job: Job }) {
  return (
    <main className="page" id="main">
      <div className="cols-tl">
        <section className="card" aria-labelledby="steps">
          <div className="hd">
            <h2 id="steps">Steps</h2>
          </div>
          <div className="bd">
            <Steps job={job} skipped />
          </div>
        </section>
        <div className="stack-4">
          <section className="card" aria-labelledby="ran-on">
            <div className="hd">
              <h2 id="ran-on">What it ran on</h2>
            </div>
            <dl className="kv bd">
              <dt>Program</dt>
              <dd>
                {job.program}
                {job.blast_version ? `, BLAST+ ${job.blast_version}` : ''}
              </dd>
              {job.databases.map((database) => (
                <Database
                  key={database.name}
                  title={database.title || database.name}
                  name={database.name}
                  generation={database.generation}
                />
              ))}
              {job.elastic ? <OnCluster elastic={job.elastic} /> : null}
              <dt>Sequences</dt>
              <dd>
                {plural(job.payload.query.queries, `${job.payload.query.molecule} sequence`)},{' '}
                {plural(job.payload.query.letters, 'letter')}
              </dd>
              <dt>Job</dt>
              <dd className="mono">{job.job_id}</dd>
            </dl>
            <div className="bd ran-command">
              <p className="lab" id="command">
                Same search on the command line
              </p>
              <div className="cmd">
                {job.payload.command_line}
                <CopyButton className="btn s ghost" label="Copy" text={job.payload.command_line} />
              </div>
            </div>
            {job.elastic ? <Configuration job={job} /> : null}
          </section>
          {job.warnings.length > 0 ? (
            <section className="card" aria-labelledby="warnings">
              <div className="hd">
                <h2 id="warnings">Warnings</h2>
              </div>
              <ul className="bd">
                {job.warnings.map((warning) => (
                  <li key={warning}>{warning}</li>
                ))}
              </ul>
            </section>
          ) : null}
          {job.parts.estimated_total > 0 ? (
            <section className="card" aria-labelledby="parts">
              <div className="hd">
                <h2 id="parts">{job.elastic ? 'Batches' : 'Parts'}</h2>
                <span className="muted small">{sayParts(job.parts, nounOf(job))}</span>
              </div>
              <div className="bd">
                <Parts job={job} />
              </div>
              {job.elastic && job.parts.planned > 0 ? <PartList job={job} /> : null}
            </section>
          ) : null}
          <Panel failed="The history could not be shown">
            <History job={job} />
          </Panel>
        </div>
      </div>
    </main>
  );
}

function OnCluster({ elastic }: { elastic: JobElastic }) {
  return (
    <>
      <dt>Where</dt>
      <dd>
        Cluster {elastic.cluster_name}
        {elastic.batches > 0 ? `, ${plural(elastic.batches, 'batch', 'batches')}` : ''}
        {elastic.attempt > 1 ? `, submitted ${elastic.attempt} times` : ''}
      </dd>
      {elastic.elastic_blast_job_id ? (
        <>
          <dt>ElasticBLAST</dt>
          <dd className="mono">{elastic.elastic_blast_job_id}</dd>
        </>
      ) : null}
      {elastic.outfmt ? (
        <>
          <dt>Results</dt>
          <dd>
            {formatName(elastic.outfmt)} <span className="muted">{rulesOut(elastic.outfmt)}</span>
          </dd>
        </>
      ) : null}
    </>
  );
}

function Database({ title, name, generation }: { title: string; name: string; generation: string }) {
  return (
    <>
      <dt>Database</dt>
      <dd>
        {title} <span className="mono muted">{name}</span>, version <span className="mono">{generation}</span>
      </dd>
    </>
  );
}

function History({ job }: { job: Job }) {
  const answer = useQuery(eventsQuery(job.job_id, isActive(job)));
  return (
    <section className="card" aria-labelledby="history">
      <div className="hd">
        <h2 id="history">History</h2>
      </div>
      {answer.error && !answer.data ? (
        <ProblemNote title="The history could not be read" error={answer.error} retry={() => void answer.refetch()} />
      ) : null}
      {answer.isPending ? <SkeletonRows rows={4} label="Reading the history" /> : null}
      <ol className="ev">
        {answer.data?.events.map((event) => (
          <li key={event.id}>
            <time className="muted" dateTime={event.timestamp}>
              {utc(event.timestamp).slice(11)}
            </time>
            <span className="mono">{event.event}</span>
            <span className="muted">{details(event)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

const details = (event: JobEvent): string =>
  Object.entries(event.payload)
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${value}`)
    .join(', ');
