import { api } from '../api/client';
import { problemOf } from '../api/problem';
import type { ProgramForm, SubmitAnswer, SubmitRequest } from '../api/types';
import type { Draft } from './draft';

/** The request for a draft, on a cluster where one is named. Options that the program does not have stay at home. */
export function requestOf(
  draft: Draft,
  program: ProgramForm,
  database: string | undefined,
  text: string | undefined,
  cluster?: string,
): SubmitRequest {
  const known = new Set([
    ...program.options.map((option) => option.name),
    ...(program.tasks.length > 0 ? ['task'] : []),
  ]);
  const options = Object.fromEntries(Object.entries(draft.options).filter(([name]) => known.has(name)));
  const title = draft.title.trim();
  return {
    program: program.program,
    options,
    ...(database ? { databases: [{ name: database }] } : {}),
    ...(text === undefined ? {} : { query_data: text }),
    ...(title ? { job_title: title } : {}),
    ...(cluster ? { engine: 'elastic', cluster_name: cluster } : {}),
    ...(cluster && draft.outfmt ? { outfmt: draft.outfmt } : {}),
  };
}

let held: { body: string; key: string } | undefined;

/** The key of a request: the same for the same request until it was taken, so that a second press is the same job. */
function keyFor(body: string): string {
  if (held?.body !== body) held = { body, key: crypto.randomUUID() };
  return held.key;
}

/** Submits a search; the sequences go as a file part where they are a file. */
export async function submit(request: SubmitRequest, file: File | undefined): Promise<SubmitAnswer> {
  const body = JSON.stringify([request, file ? [file.name, file.size, file.lastModified] : null]);
  const whole = { ...request, idempotency_key: keyFor(body) };
  const answer = file ? await sendForm(whole, file) : await api.POST('/api/blast/jobs', { body: whole });
  if (answer.data === undefined) throw problemOf(answer.response, answer.error);
  held = undefined;
  return answer.data;
}

async function sendForm(request: SubmitRequest, file: File) {
  return api.POST('/api/blast/jobs', {
    body: request,
    bodySerializer: () => {
      const form = new FormData();
      form.append('request', new Blob([JSON.stringify(request)], { type: 'application/json' }));
      form.append('query', file);
      return form;
    },
  });
}
