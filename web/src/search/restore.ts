import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { jobQuery, jobSequencesQuery, optionsQuery } from '../api/queries';
import type { Job, OptionsForm, OptionValue } from '../api/types';
import type { Draft } from './draft';
import { placeId } from './places';
import type { SearchSearch } from './search';

/** One sequence of a FASTA text, 0-based. */
export function recordAt(text: string, index: number): string {
  const starts = [...text.matchAll(/^>/gm)].map((match) => match.index);
  const from = starts[index];
  return from === undefined ? text : text.slice(from, starts[index + 1] ?? text.length);
}

/** The options of a job that differ from the defaults of its program and task. */
export function changedOptions(job: Job, form: OptionsForm): Record<string, OptionValue> {
  const program = form.programs.find((candidate) => candidate.program === job.program);
  if (!program) return {};
  const values = job.payload.options;
  const task = String(values.task ?? program.tasks[0]?.name ?? '');
  const changed: Record<string, OptionValue> = {};
  if (program.tasks.length > 0 && task !== program.tasks[0]?.name) changed.task = task;
  for (const option of program.options) {
    const value = values[option.name];
    const usual = option.defaults[task] ?? option.defaults[''];
    if (value !== undefined && value !== usual) changed[option.name] = value;
  }
  return changed;
}

async function draftOf(
  client: ReturnType<typeof useQueryClient>,
  from: SearchSearch & { edit: string },
): Promise<Draft> {
  const [job, sequences, form] = await Promise.all([
    client.fetchQuery(jobQuery(from.edit)),
    client.fetchQuery(jobSequencesQuery(from.edit)),
    client.fetchQuery(optionsQuery),
  ]);
  const text = sequences.query_text;
  const title = job.job_title.endsWith(', again') ? job.job_title : `${job.job_title}, again`;
  return {
    text: from.only === undefined ? text : recordAt(text, from.only),
    database: from.database ?? job.databases[0]?.name,
    program: from.program ?? job.program,
    options: { ...changedOptions(job, form), ...from.set },
    title: from.only === undefined ? title : '',
    place: job.cluster_name ? placeId(job.cluster_name) : undefined,
    outfmt: job.elastic?.outfmt?.value || undefined,
  };
}

/** Fills the form from an earlier job that the address names, then takes it out of the address. */
export function useRestore(change: (draft: Draft) => void): { loading: boolean; error: unknown } {
  const from = useSearch({ from: '/' });
  const client = useQueryClient();
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const { edit } = from;
    if (!edit) return;
    let stopped = false;
    draftOf(client, { ...from, edit }).then(
      (draft) => {
        if (stopped) return;
        setError(null);
        change(draft);
        void navigate({ to: '/', search: {}, replace: true });
      },
      (fault: unknown) => {
        if (!stopped) setError(fault);
      },
    );
    return () => {
      stopped = true;
    };
  }, [from, client, navigate, change]);
  return { loading: from.edit !== undefined && error === null, error };
}
