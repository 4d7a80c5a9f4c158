import type { FieldProblem, Problem } from './types';

/** Any failed request: what the server said (RFC 9457), or what is known when it said nothing. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly requestId: string | undefined;
  readonly fields: FieldProblem[];

  constructor(problem: Partial<Problem> & { status: number }) {
    super(problem.detail ?? problem.title ?? 'The service did not say what went wrong.');
    this.name = 'ApiProblem';
    this.status = problem.status;
    this.code = problem.code ?? 'unknown';
    this.title = problem.title ?? 'This did not work';
    this.hint = problem.hint ?? undefined;
    this.retryable = problem.retryable ?? problem.status >= 500;
    this.retryAfterSeconds = problem.retry_after_seconds ?? undefined;
    this.requestId = problem.request_id ?? undefined;
    this.fields = problem.errors ?? [];
  }

  /** Whether the service or its storage is away, rather than this one request being wrong. */
  get isOutage(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

const unreachable = (): ApiProblem =>
  new ApiProblem({
    status: 0,
    code: 'unreachable',
    title: 'The service is not answering',
    detail: 'The request did not reach the service, or its answer was cut off.',
    retryable: true,
  });

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function looksLikeProblem(value: unknown): value is Partial<Problem> {
  return isObject(value) && (typeof value.code === 'string' || typeof value.title === 'string');
}

/** The problem in a failed response. `body` is what was read from it, parsed where it was JSON. */
export function problemOf(response: Response, body: unknown): ApiProblem {
  const retryAfter = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
  const after = Number.isFinite(retryAfter) ? { retry_after_seconds: retryAfter } : {};
  if (looksLikeProblem(body)) return new ApiProblem({ ...after, ...body, status: response.status });
  return new ApiProblem({
    ...after,
    status: response.status,
    title: response.status >= 500 ? 'The service is in trouble' : 'The request was refused',
    detail: `The service answered ${response.status} without saying why.`,
  });
}

/** The one place where a thrown thing becomes a problem that can be shown. */
export function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof TypeError) return unreachable();
  return new ApiProblem({
    status: -1,
    code: 'page_fault',
    title: 'This part of the page failed',
    detail: error instanceof Error ? error.message : 'An unknown fault.',
    retryable: false,
  });
}
