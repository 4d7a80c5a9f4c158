import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { isActive } from '../api/queries';
import type { Job } from '../api/types';
import { sessionOf } from './session';

/** So long after its end what a search said last may still be on its way to the store; the stream waits for it. */
const SETTLES_MS = 60_000;

/** The log of a search: followed while it goes on, read from the store a while after it ended. */
export function useLog(job: Job) {
  const { job_id: id } = job;
  const ended = job.ended_at ? Date.parse(job.ended_at) : 0;
  // Decided when somebody begins to look: a log that is followed is followed to its end.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same search keeps its session
  const session = useMemo(() => sessionOf(id, isActive(job) || Date.now() - ended < SETTLES_MS), [id]);
  useEffect(() => session.look(), [session]);
  const contents = useSyncExternalStore(session.book.subscribe, session.book.read);
  const connection = useSyncExternalStore(session.subscribe, session.read);
  return { contents, connection, place: session.place, retry: session.retry };
}
