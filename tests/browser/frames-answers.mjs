// A page as it is built, with answers of the API that hold very much: for measuring the page alone.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

/** Finished batches of the job. */
export const BATCHES = 5_000;
/** Lines of its log, in so many containers. */
export const LINES = 200_000;
const CONTAINERS = 20;

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2' };
const BEGAN = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds) => new Date(BEGAN + seconds * 1_000).toISOString();

const step = (phase, number) => ({
  phase,
  status: 'completed',
  started_at: at(number * 60),
  completed_at: at(number * 60 + 50),
  duration_ms: 50_000,
  detail: null,
});
const PHASES = ['preparing', 'warming_up', 'configuring', 'staging_db', 'submitting', 'running', 'exporting_results', 'completed'];

const JOB = {
  job_id: 'job-frames',
  job_title: 'Very many batches',
  status: 'completed',
  phase: 'completed',
  program: 'blastn',
  databases: [{ name: 'large', generation: '1', title: 'Large' }],
  query_label: 'first',
  engine: 'elastic',
  cluster_name: 'standin',
  queries_total: BATCHES * 20,
  queries_done: BATCHES * 20,
  letters_total: BATCHES * 20_000,
  letters_done: BATCHES * 20_000,
  hits: 0,
  created_at: at(0),
  updated_at: at(500),
  started_at: at(1),
  ended_at: at(500),
  error: null,
  can_cancel: false,
  payload: {
    options: {},
    command_line: 'blastn -db large',
    query: { queries: BATCHES * 20, letters: BATCHES * 20_000, shortest: 1_000, longest: 1_000, duplicate_ids: 0, molecule: 'nucleotide', gc_fraction: 0.5, first_id: 'first' },
  },
  steps: PHASES.map(step),
  parts: { planned: BATCHES, all_planned: true, estimated_total: BATCHES, done: BATCHES, running: 0, failed: 0, cells: [], map: 'd'.repeat(BATCHES) },
  queue: null,
  elastic: {
    cluster_name: 'standin',
    elastic_blast_job_id: 'job-frames',
    batches: BATCHES,
    attempt: 1,
    left: 0,
    waiting_since: null,
    next_look_at: null,
    seen_at: at(500),
    outfmt: { value: '', number: 7, label: 'Hits and alignments (usual)', shown_in_page: true, gives: ['tsv'], rules_out: ['archive'], sentence: '' },
  },
  blast_version: '2.12.0+',
  warnings: [],
  remaining_seconds: null,
};

function parts(query) {
  const from = Number(query.get('from') ?? 0);
  const count = Math.max(0, Math.min(Number(query.get('limit') ?? 200), BATCHES - from));
  const part = (_, index) => {
    const batch = from + index;
    return {
      first_query: batch * 20,
      queries: 20,
      state: 'done',
      batch,
      node: `aks-blastpool-${batch % 10}`,
      attempts: 1,
      started_at: at(100 + batch / 50),
      ended_at: at(160 + batch / 50),
      elapsed_ms: 60_000,
      error: null,
    };
  };
  return { parts: Array.from({ length: count }, part), from, total: BATCHES };
}

const pod = (number) => `blastn-batch-megablast-job-${String(number).padStart(3, '0')}-a-b`;
const EACH = LINES / CONTAINERS;
const TARGETS = Array.from({ length: CONTAINERS }, (_, number) => ({
  target: `${pod(number)}/blast`,
  step: 'running',
  pod: pod(number),
  container: 'blast',
  attempt: 0,
  lines: EACH,
  ended: true,
}));

// Lines of several lengths, some of which are wrapped, some warnings and errors among them.
function sayLine(number) {
  if (number % 997 === 0) return `Error: sequence ${number} cannot be read`;
  if (number % 101 === 0) return `Warning: [blastn] sequence ${number} is masked to 91 %, ${'which leaves little to search, '.repeat(6)}`;
  return `sequence ${number} searched: ${number % 83} hits, ${'x'.repeat(number % 60)}`;
}

function lines(query) {
  const number = TARGETS.findIndex(({ target }) => target === query.get('target'));
  if (number < 0) return undefined;
  const from = Number(query.get('from') ?? 0);
  const count = Math.max(0, Math.min(Number(query.get('limit') ?? 1_000), EACH - from));
  const line = (_, index) => {
    const own = from + index;
    const ts = at(100 + own / 20 + number / 1_000);
    return { id: `uid-${number}:blast:${ts}:${own}`, index: own, ts, stream: 'stdout', line: sayLine(own * CONTAINERS + number) };
  };
  const next = from + count < EACH ? { next: from + count } : {};
  return { target: query.get('target'), from, lines: Array.from({ length: count }, line), total: EACH, ended: true, ...next };
}

const ANSWERS = {
  '/api/me': () => ({ owner_id: '0', name: 'Researcher', development: true, notice: '' }),
  '/api/blast/jobs': () => ({ jobs: [], next: null }),
  '/api/blast/jobs/job-frames': () => JOB,
  '/api/blast/jobs/job-batches': () => ({ ...JOB, job_id: 'job-batches' }),
  '/api/blast/jobs/job-batches/events': () => ({ events: [] }),
  '/api/blast/jobs/job-batches/parts': parts,
  '/api/blast/jobs/job-batches/logs/targets': () => ({ targets: [] }),
  '/api/blast/jobs/job-frames/events': () => ({ events: [] }),
  '/api/blast/jobs/job-frames/parts': parts,
  '/api/blast/jobs/job-frames/logs': lines,
  '/api/blast/jobs/job-frames/logs/targets': () => ({ targets: TARGETS }),
};

/** Serves the page built in `dist`; gives its address and what closes it. */
export async function servePage(dist) {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://page');
    const answer = ANSWERS[pathname]?.(searchParams);
    if (answer) return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    if (pathname.startsWith('/api/')) return response.writeHead(404).end();
    const file = path.extname(pathname) ? pathname : '/index.html';
    const body = await readFile(path.join(dist, path.normalize(file))).catch(() => undefined);
    if (!body) return response.writeHead(404).end();
    return response.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' }).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { base: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
