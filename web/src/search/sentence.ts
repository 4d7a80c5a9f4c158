import type { OptionValue, ProgramForm } from '../api/types';
import { count } from '../ui/format';
import { defaultOf, evalueAsTyped, isChanged, say, taskOf } from './options';

/** A piece of the sentence; values are set in bold. */
export interface Piece {
  text: string;
  value?: boolean;
}

const isOff = (value: OptionValue | undefined): boolean => value === false || value === 'no' || value === 'false';

/** The options as a sentence, as far as a researcher speaks of them. */
export function sentence(program: ProgramForm, options: Record<string, OptionValue>): Piece[] {
  const task = taskOf(program, options);
  const value = (name: string): OptionValue | undefined => {
    const option = program.options.find((candidate) => candidate.name === name);
    return option ? (options[name] ?? defaultOf(option, task)) : undefined;
  };
  const pieces: Piece[] = [];
  const add = (before: string, shown: OptionValue | undefined) => {
    if (shown === undefined) return;
    pieces.push({ text: before }, { text: String(shown), value: true });
  };
  const targets = value('max_target_seqs');
  add('Up to ', typeof targets === 'number' ? count(targets) : targets);
  const limit = value('evalue');
  add(
    targets === undefined ? 'Hits with E-value ' : ' hits per sequence with E-value ',
    limit === undefined ? undefined : evalueAsTyped(limit),
  );
  pieces.push({ text: ' or better' });
  add(', scored with ', value('matrix'));
  const reward = value('reward');
  const penalty = value('penalty');
  if (reward !== undefined && penalty !== undefined) {
    pieces.push({ text: `, match ${reward} and mismatch ${String(penalty).replace('-', '−')}` });
  }
  const open = value('gapopen');
  const extend = value('gapextend');
  if (typeof open === 'number' && typeof extend === 'number' && open + extend > 0) {
    pieces.push({ text: `, gaps ${open} and ${extend}` });
  }
  const mask = value('seg') ?? value('dust');
  if (mask !== undefined) pieces.push({ text: isOff(mask) ? ', nothing masked' : ', low complexity masked' });
  if (task !== '' && task !== program.program) add(', as ', task);
  pieces.push({ text: '.' });
  return pieces;
}

/** Which options differ from their defaults, each with its default. */
export function changes(program: ProgramForm, options: Record<string, OptionValue>): string {
  const task = taskOf(program, options);
  const names = program.options
    .filter((option) => isChanged(option, task, options))
    .map((option) => `${option.label} (default ${say(option, defaultOf(option, task))})`);
  const usual = program.tasks[0]?.name;
  if (usual !== undefined && task !== usual) names.unshift(`the task (default ${usual})`);
  return names.length === 0 ? 'All defaults.' : `All defaults but ${names.join(', ')}.`;
}
