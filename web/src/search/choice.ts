import type { Database, OptionsForm, PreFlight, ProgramForm } from '../api/types';
import type { Draft } from './draft';

/** The database of a draft: the chosen one, else a ready one of the sequences' molecule. */
export function databaseOf(draft: Draft, databases: Database[], molecule: string | undefined): Database | undefined {
  if (draft.database) return databases.find((database) => database.name === draft.database);
  if (!molecule) return undefined;
  const ready = databases.filter((database) => database.state === 'ready');
  const same = (database: Database) => database.molecule === molecule;
  return ready.find(same) ?? ready[0] ?? databases.find(same) ?? databases[0];
}

/** Programs that read such sequences and such a database. */
export function fitting(form: OptionsForm, query: string, database: string): ProgramForm[] {
  return form.programs.filter((p) => p.query_molecule === query && p.database_molecule === database);
}

/** The program of a draft: the chosen one, else what the server finds best, else the first that fits. */
export function programOf(
  draft: Draft,
  form: OptionsForm,
  molecule: string | undefined,
  database: Database | undefined,
  seen: PreFlight | undefined,
): ProgramForm | undefined {
  const named = (name: string | undefined) => form.programs.find((program) => program.program === name);
  if (draft.program) return named(draft.program);
  if (!molecule || !database) return undefined;
  const fits = fitting(form, molecule, database.molecule);
  const best = seen?.fitting_programs.find((name) => fits.some((program) => program.program === name));
  return named(best) ?? fits[0];
}
