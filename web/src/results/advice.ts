import type { Database, Job, OptionsForm } from '../api/types';
import type { SearchSearch } from '../search/search';

/** A next search that may find something, ready to be pressed. */
export interface Advice {
  title: string;
  detail: string;
  button: string;
  search: SearchSearch;
}

const DISTANT = { matrix: 'BLOSUM45', gapopen: 15, gapextend: 2 };

const limitOf = (job: Job): number => {
  const value = Number(job.payload.options.evalue);
  return Number.isFinite(value) ? value : 0.05;
};

/** What to try where nothing was found: weaker hits, a closer look, another matrix, translation, another database. */
export function adviceFor(job: Job, query: number, form: OptionsForm, databases: Database[]): Advice[] {
  const program = form.programs.find((candidate) => candidate.program === job.program);
  const has = (name: string) => program?.options.some((option) => option.name === name) ?? false;
  const again: SearchSearch = { edit: job.job_id, only: query };
  const found: Advice[] = [];
  if (has('evalue') && limitOf(job) < 10) {
    found.push({
      title: 'Show weaker hits',
      detail: `Raise the E-value limit from ${job.payload.options.evalue ?? 0.05} to 10. Expect chance matches among the results.`,
      button: 'Search again with E ≤ 10',
      search: { ...again, set: { evalue: 10 } },
    });
  }
  const tasks = program?.tasks.map((task) => task.name) ?? [];
  const task = String(job.payload.options.task ?? tasks[0] ?? '');
  if (job.program === 'blastn' && task !== 'blastn' && tasks.includes('blastn')) {
    found.push({
      title: 'Look closer',
      detail: `${task} is made for near relatives; blastn also finds sequences that differ more. It takes longer.`,
      button: 'Search as blastn',
      search: { ...again, set: { task: 'blastn' } },
    });
  }
  if (has('matrix') && has('gapopen') && job.payload.options.matrix !== DISTANT.matrix) {
    found.push({
      title: 'Use a matrix for distant relatives',
      detail: `BLOSUM45 instead of ${job.payload.options.matrix ?? 'BLOSUM62'}, with its gap costs 15 and 2.`,
      button: 'Search with BLOSUM45',
      search: { ...again, set: DISTANT },
    });
  }
  if (job.program === 'blastn') {
    found.push({
      title: 'Compare as proteins',
      detail: 'tblastx translates both sides in six frames and finds genes whose letters have changed.',
      button: 'Search with tblastx',
      search: { ...again, program: 'tblastx' },
    });
  }
  return [...found, ...elsewhere(job, again, form, databases)];
}

/** The same query against another ready database, with the program that fits it. */
function elsewhere(job: Job, again: SearchSearch, form: OptionsForm, databases: Database[]): Advice[] {
  const molecule = job.payload.query.molecule;
  const own = new Set(job.databases.map((database) => database.name));
  return databases
    .filter((database) => database.state === 'ready' && !own.has(database.name))
    .flatMap((database) => {
      const program = form.programs.find(
        (p) => p.query_molecule === molecule && p.database_molecule === database.molecule,
      );
      if (!program) return [];
      return {
        title: `Search ${database.title}`,
        detail: `${database.description}; with ${program.program}.`,
        button: `Search ${database.title}`,
        search: { ...again, database: database.name, program: program.program },
      };
    })
    .slice(0, 2);
}
