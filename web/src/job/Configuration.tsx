import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { configurationQuery, isActive } from '../api/queries';
import type { Job } from '../api/types';
import { CopyButton } from '../ui/Copy';
import { ProblemNote } from '../ui/Note';

/** The configuration that ElasticBLAST was given, read when somebody asks for it. */
export function Configuration({ job }: { job: Job }) {
  const [shown, setShown] = useState(false);
  const answer = useQuery({ ...configurationQuery(job.job_id, isActive(job)), enabled: shown });
  const text = answer.data?.text;
  return (
    <div className="bd ran-command">
      <p className="between">
        <span className="lab">Configuration as ElasticBLAST reads it</span>
        <button className="btn s" type="button" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {shown ? 'Hide' : 'Show'}
        </button>
      </p>
      {answer.error ? <ProblemNote error={answer.error} retry={() => void answer.refetch()} /> : null}
      {shown && answer.isSuccess && !text ? <p className="muted">It is written when the search is submitted.</p> : null}
      {shown && text ? (
        <div className="cmd">
          {text}
          <CopyButton className="btn s ghost" label="Copy" text={text} />
        </div>
      ) : null}
    </div>
  );
}
