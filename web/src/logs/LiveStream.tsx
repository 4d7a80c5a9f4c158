import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Job } from '../api/types';
import { tidy } from '../job/search';
import { Panel } from '../ui/Panel';
import { LogViewer } from './LogViewer';
import type { Choice } from './view';

/** The log as a part of the Running step: open where a cluster is watched, at hand where BLAST+ runs here and says little. */
export function LiveStream({ job }: { job: Job }) {
  const [shown, setShown] = useState(job.engine === 'elastic');
  const [choice, setChoice] = useState<Choice>({});
  return (
    <section className="card live-stream" aria-labelledby="live-stream">
      <div className="hd">
        <h2 id="live-stream">Live stream</h2>
        <div className="row">
          <button className="btn s ghost" type="button" aria-expanded={shown} onClick={() => setShown(!shown)}>
            {shown ? 'Hide' : 'Show'}
          </button>
          <Link
            className="btn s"
            to="/jobs/$jobId"
            params={{ jobId: job.job_id }}
            search={tidy({ tab: 'logs' as const, ...choice })}
          >
            Open the log
          </Link>
        </div>
      </div>
      {shown ? (
        <Panel failed="The log could not be shown">
          <LogViewer
            job={job}
            size="panel"
            choice={choice}
            onChoice={(part) => setChoice((before) => ({ ...before, ...part }))}
          />
        </Panel>
      ) : null}
    </section>
  );
}
