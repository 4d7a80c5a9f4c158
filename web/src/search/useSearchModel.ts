import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { toProblem } from '../api/problem';
import { clustersQuery, databasesQuery, optionsQuery } from '../api/queries';
import type {
  ClusterSummary,
  Database,
  Example,
  FieldProblem,
  OptionsForm,
  PreFlight,
  ProgramForm,
} from '../api/types';
import { databaseOf, programOf } from './choice';
import { type Draft, useDraft } from './draft';
import type { Attached } from './files';
import { guessMolecule, hasLetters } from './molecule';
import { clusterOf, placeOf } from './places';
import { usePreFlight } from './preflight';
import { requestOf, submit } from './request';

/** Everything the search page shows and can do, in one place. */
export type SearchModel = ReturnType<typeof useSearchModel>;

const NONE: never[] = [];

/** A field of the form that a fix leads to. */
export interface Asking {
  field: 'database' | 'options' | 'format';
}

function blockedBecause(model: {
  hasSequences: boolean;
  database: Database | undefined;
  program: ProgramForm | undefined;
  preflight: PreFlight | undefined;
  isCurrent: boolean;
}): string | null {
  if (!model.hasSequences) return 'Paste at least one sequence or choose an example.';
  if (!model.database) return 'No database is ready yet.';
  if (model.database.state !== 'ready') {
    return model.database.not_ready_reason ?? `${model.database.title} is still being prepared.`;
  }
  if (!model.program) return 'No program reads these sequences and this database.';
  if (model.isCurrent && model.preflight && !model.preflight.ready) {
    const faults = model.preflight.errors.length;
    const blockers = Math.max(faults, model.preflight.critical_blockers.length);
    if (faults === 0 && blockers <= 1) return model.preflight.summary;
    return blockers === 1 ? 'One thing has to change first.' : `${blockers} things have to change first.`;
  }
  return null;
}

function useServer() {
  const databases = useQuery(databasesQuery);
  const options = useQuery(optionsQuery);
  // Clusters that cannot be listed are none to choose from; the rest of the form works on.
  const clusters = useQuery(clustersQuery);
  return {
    clusters: clusters.data?.clusters ?? (NONE as ClusterSummary[]),
    databases: databases.data?.databases ?? (NONE as Database[]),
    form: options.data as OptionsForm | undefined,
    fault: databases.data && options.data ? null : (databases.error ?? options.error),
    reload: () => {
      void databases.refetch();
      void options.refetch();
    },
  };
}

export function useSearchModel() {
  const { draft, change, clear, kept } = useDraft();
  const [attached, setAttached] = useState<Attached>();
  const server = useServer();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [seenMolecule, setSeenMolecule] = useState<{ text: string; molecule: string }>();

  const text = attached ? attached.sample : draft.text;
  const hasSequences = attached !== undefined || hasLetters(draft.text);
  const guessed = useMemo(() => guessMolecule(text), [text]);
  const molecule = seenMolecule?.text === text ? seenMolecule.molecule : guessed;
  const database = databaseOf(draft, server.databases, hasSequences ? molecule : undefined);
  const [fits, setFits] = useState<PreFlight>();
  const program = server.form
    ? programOf(draft, server.form, hasSequences ? molecule : undefined, database, fits)
    : undefined;

  const place = placeOf(draft, database, server.clusters);
  const cluster = clusterOf(place);
  const [asking, setAsking] = useState<Asking>();
  const asked =
    hasSequences && program && database ? requestOf(draft, program, database.name, text, cluster) : undefined;
  const flight = usePreFlight(asked);
  const seen = flight.data?.query;
  // What the server saw in exactly this text overrides the guess; it may change the choice above, once.
  if (flight.isCurrent && seen && (seenMolecule?.text !== text || seenMolecule.molecule !== seen.molecule)) {
    setSeenMolecule({ text, molecule: seen.molecule });
  }
  if (flight.isCurrent && flight.data !== fits) setFits(flight.data);

  const send = useMutation({
    mutationFn: () => {
      if (!program || !database) throw new Error('The form is not filled in.');
      const body = requestOf(draft, program, database.name, attached ? undefined : draft.text, cluster);
      return submit(body, attached?.file);
    },
    onSuccess: (answer) => {
      setAttached(undefined);
      clear();
      void client.invalidateQueries({ queryKey: ['jobs'] });
      void navigate({ to: '/jobs/$jobId', params: { jobId: answer.job_id } });
    },
  });
  const refused = send.error ? toProblem(send.error) : null;
  const blocked = blockedBecause({
    hasSequences,
    database,
    program,
    preflight: flight.data,
    isCurrent: flight.isCurrent,
  });
  const faults: FieldProblem[] = refused?.fields.length ? refused.fields : (flight.data?.errors ?? NONE);

  const edit = useCallback(
    (part: Partial<Draft>) => {
      send.reset();
      change(part);
    },
    [change, send.reset],
  );
  const replace = useCallback(
    (next: Draft) => {
      setAttached(undefined);
      edit(next);
    },
    [edit],
  );

  return {
    ...server,
    draft,
    kept,
    attached,
    hasSequences,
    molecule: hasSequences ? molecule : undefined,
    database,
    program,
    /** Where it runs, and the cluster where it runs on one. */
    place,
    cluster,
    /** A field that was asked to open; a new object each time. */
    asking,
    ask: (field: Asking['field']) => setAsking({ field }),
    preflight: hasSequences ? flight.data : undefined,
    isChecked: flight.isCurrent,
    checkFault: flight.error,
    retryCheck: flight.retry,
    faults,
    blocked,
    refused,
    isSending: send.isPending,
    change: edit,
    replace,
    attach: (next: Attached | undefined) => {
      send.reset();
      setAttached(next);
    },
    clear: () => {
      send.reset();
      setAttached(undefined);
      clear();
    },
    takeExample: (example: Example, from: Database) =>
      replace({
        text: example.query,
        database: from.name,
        program: example.program,
        options: {},
        title: example.title,
      }),
    search: () => {
      if (!blocked && !send.isPending && !send.isSuccess) send.mutate();
    },
  };
}
