import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { clearOutage, useOutage } from '../api/outage';
import type { Readiness } from '../api/types';
import { announce } from '../ui/live';
import { Note } from '../ui/Note';

const EVERY_MS = 5_000;

/** Asks whether searches can be taken. Also a 503 carries the answer, so that this reads the body whatever the status. */
async function readiness(signal: AbortSignal): Promise<Readiness | null> {
  try {
    const response = await fetch('/api/health/ready', { signal });
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null && 'components' in body ? (body as Readiness) : null;
  } catch {
    return null;
  }
}

/** Stands under the top bar while the service or its storage is away, and goes by itself when it is back. */
export function OutageBanner() {
  const outage = useOutage();
  return outage ? <Watching title={outage.title} /> : null;
}

function Watching({ title }: { title: string }) {
  const queries = useQueryClient();
  const check = useQuery({
    queryKey: ['ready'],
    queryFn: ({ signal }) => readiness(signal),
    refetchInterval: EVERY_MS,
    gcTime: 0,
  });
  const ready = check.data?.status === 'ready';
  useEffect(() => {
    if (!ready) return;
    clearOutage();
    announce('The service is back');
    void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'ready' });
  }, [ready, queries]);
  const failed = check.data?.components.find((component) => component.status === 'failed');
  return (
    <div className="page-note">
      <Note
        kind="warn"
        title={failed ? 'Storage is not answering' : title}
        action={
          <button className="btn s" type="button" onClick={() => void check.refetch()}>
            Try now
          </button>
        }
      >
        {failed?.detail ?? 'What is shown may be old.'} Asking again every 5 s; running searches go on, and what you
        typed is kept.
      </Note>
    </div>
  );
}
