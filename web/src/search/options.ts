import type { OptionForm, OptionValue, ProgramForm } from '../api/types';
import { minus } from '../ui/format';

/** The task that the draft names, else the program's first. */
export const taskOf = (program: ProgramForm, options: Record<string, OptionValue>): string =>
  String(options.task ?? program.tasks[0]?.name ?? '');

/** The default of an option for a task. */
export const defaultOf = (option: OptionForm, task: string): OptionValue | undefined =>
  option.defaults[task] ?? option.defaults[''];

/** A value in words: a choice by its label, a truth value as on or off. */
export function say(option: OptionForm, value: OptionValue | undefined): string {
  if (value === undefined || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  const choice = option.choices.find((candidate) => candidate.value === String(value));
  if (choice) return choice.label;
  return option.name === 'evalue' ? evalueAsTyped(value) : String(value);
}

/** 0.05, 1e−3, 10: as a person writes a limit. */
export function evalueAsTyped(value: OptionValue): string {
  const number = Number(value);
  if (Number.isNaN(number) || (number >= 0.01 && number < 1e5) || number === 0) return String(value);
  return minus(number.toExponential());
}

/** Whether the draft says something else than the default. */
export const isChanged = (option: OptionForm, task: string, options: Record<string, OptionValue>): boolean => {
  const value = options[option.name];
  return value !== undefined && value !== defaultOf(option, task);
};

/** What a typed text means for an option. A text that is no number stays a text, so that the server can say so. */
export function parse(option: OptionForm, text: string): OptionValue | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (option.kind !== 'int' && option.kind !== 'float') return trimmed;
  const number = Number(trimmed.replace('−', '-'));
  return Number.isFinite(number) ? number : trimmed;
}
