import { expect, test } from 'vitest';
import type { OutfmtChoice } from '../api/types';
import { formatName, gives, rulesOut } from './downloads';

const outfmt = (part: Partial<OutfmtChoice>): OutfmtChoice => ({
  value: '',
  number: 7,
  label: 'Hits and alignments (usual)',
  shown_in_page: true,
  gives: ['tsv', 'csv'],
  rules_out: ['archive', 'result_file'],
  sentence: '',
  ...part,
});

test('a format says what it gives and what it rules out', () => {
  expect(gives(outfmt({}))).toBe('Hits and alignments on the page; downloads: tables and CSV.');
  expect(rulesOut(outfmt({}))).toBe(
    'Not possible with this choice: the BLAST archive and what BLAST+ wrote, in one file.',
  );
  const report = outfmt({ number: 1, label: 'A report to read', shown_in_page: false, gives: ['result_file'] });
  expect(rulesOut({ ...report, rules_out: ['tsv'] })).toBe(
    'Not possible with this choice: hits on the page and tables.',
  );
  expect(formatName(report)).toBe('A report to read: query-anchored, with identities');
});
