import { describe, expect, it } from 'vitest';
import type { OptionForm, ProgramForm } from '../api/types';
import { parse } from './options';
import { changes, sentence } from './sentence';

const option = (name: string, label: string, kind: string, usual: OptionForm['defaults']): OptionForm => ({
  name,
  label,
  help: '',
  group: 'general',
  kind,
  choices: [],
  advanced: false,
  defaults: usual,
});

const WORD_SIZE = option('word_size', 'Word size', 'int', { megablast: 28, blastn: 11 });
const LIMIT = option('evalue', 'E-value', 'float', { megablast: 0.05, blastn: 0.05 });

const PROGRAM: ProgramForm = {
  program: 'blastn',
  description: '',
  query_molecule: 'nucleotide',
  database_molecule: 'nucleotide',
  tasks: [
    { name: 'megablast', description: '' },
    { name: 'blastn', description: '' },
  ],
  options: [
    LIMIT,
    option('max_target_seqs', 'Subjects per query', 'int', { megablast: 500, blastn: 500 }),
    WORD_SIZE,
    option('dust', 'Low complexity', 'text', { megablast: '20 64 1', blastn: '20 64 1' }),
  ],
};

const said = (options: Record<string, string | number | boolean>) =>
  sentence(PROGRAM, options)
    .map((piece) => piece.text)
    .join('');

describe('the options as a sentence', () => {
  it('says the defaults', () => {
    expect(said({})).toBe(
      'Up to 500 hits per sequence with E-value 0.05 or better, low complexity masked, as megablast.',
    );
    expect(changes(PROGRAM, {})).toBe('All defaults.');
  });

  it('says what was changed, and from what', () => {
    expect(said({ evalue: 0.001, dust: 'no', task: 'blastn' })).toBe(
      'Up to 500 hits per sequence with E-value 1e−3 or better, nothing masked.',
    );
    expect(changes(PROGRAM, { evalue: 0.001, task: 'blastn' })).toBe(
      'All defaults but the task (default megablast), E-value (default 0.05).',
    );
  });

  it('compares with the default of the task', () => {
    expect(changes(PROGRAM, { task: 'blastn', word_size: 11 })).not.toContain('Word size');
    expect(changes(PROGRAM, { word_size: 11 })).toContain('Word size (default 28)');
  });
});

describe('a typed value', () => {
  it('becomes a number where it is one, with either minus sign', () => {
    expect(parse(LIMIT, '1e-3')).toBe(0.001);
    expect(parse(LIMIT, '1e−3')).toBe(0.001);
    expect(parse(WORD_SIZE, ' 11 ')).toBe(11);
  });

  it('is left to the server where it is none, and means the default where it is empty', () => {
    expect(parse(LIMIT, '1e-')).toBe('1e-');
    expect(parse(LIMIT, '  ')).toBeUndefined();
  });
});
