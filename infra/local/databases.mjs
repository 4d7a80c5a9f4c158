// Loads databases into the running system: the samples, and a file of one's own (`FASTA=`).

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stop, say } from './say.mjs';

const FETCH = fileURLToPath(new URL('../samples/fetch.mjs', import.meta.url));
const NAME_MAX = 64;

/** Adds databases through `handler database add`, in the environment of the running host. */
export class Loader {
  #children;
  #handler;
  #env;

  constructor(children, handler, env) {
    this.#children = children;
    this.#handler = handler;
    this.#env = env;
  }

  /** Loads the sample databases in their order and calls `onLoaded` after each; what cannot be had is said and left out. */
  async samples(cache, declared, onLoaded) {
    const { lines } = this.#children.start('samples', process.execPath, [FETCH, cache], { group: true });
    const reasons = new Set();
    for await (const line of lines) {
      const { name, error, ...files } = JSON.parse(line);
      const sample = declared.find((one) => one.name === name);
      if (error) reasons.add(error);
      else if (await this.#sample(sample, files)) onLoaded(sample);
    }
    if (reasons.size === 0 || this.#children.stopping) return;
    say(`sample databases left out: ${[...reasons].join('; ')}`);
    say('everything else works; `make run FASTA=my.fa` makes a database of your own file');
  }

  async #sample(sample, files) {
    for (const note of files.notes) say(`${sample.title}: ${note}`);
    const { name, title, molecule, source, licence, description, source_date: date } = sample;
    const args = ['--name', name, '--title', title, '--molecule', molecule, '--fasta', files.fasta];
    args.push('--source', source, '--licence', licence, '--description', description, '--examples', files.examples);
    if (files.taxidMap) args.push('--taxid-map', files.taxidMap, '--taxonomy', files.taxonomy);
    if (sample.organisms_in_titles) args.push('--organisms-in-titles');
    if (date) args.push('--source-date', date);
    return this.#add(title, args);
  }

  /** Makes a database of a person's own file. */
  async own(file) {
    const title = path.basename(file);
    const args = ['--name', databaseName(file), '--title', title, '--fasta', file];
    args.push('--source', title, '--licence', 'your own file', '--description', `Made from ${title}`);
    return this.#add(title, args);
  }

  async #add(title, args) {
    const adding = this.#children.start(title, this.#handler, ['database', 'add', ...args], { env: this.#env, group: true });
    const told = [];
    for await (const line of adding.lines) told.push(line);
    const { code } = await adding.ended;
    if (code === 0) say(`database ${title} is ready`);
    else if (!this.#children.stopping) say([`database ${title} could not be made (exit code ${code})`, ...told].join('\n  '));
    return code === 0;
  }
}

/** A database name from a file name: letters, digits, `_`, `-` and single dots, 64 at most. */
export function databaseName(file) {
  const stem = path.basename(file).replace(/\.gz$/i, '').replace(/\.(fa|fasta|fna|faa|ffn|frn|fas)$/i, '');
  const name = stem
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/\.{2,}/g, '.')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, NAME_MAX)
    .replace(/[._-]+$/, '');
  if (!name) throw new Stop(`FASTA=${file}: the file name holds no letter or digit to name a database by`);
  return name;
}
