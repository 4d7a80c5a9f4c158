/** States that the job list can be narrowed to, as the server names them. */
export const STATUSES = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const;

export interface JobsSearch {
  status?: string;
}

export function readJobsSearch(raw: Record<string, unknown>): JobsSearch {
  return typeof raw.status === 'string' && STATUSES.some((status) => status === raw.status)
    ? { status: raw.status }
    : {};
}
