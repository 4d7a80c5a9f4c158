import { readFileSync } from 'node:fs';
import type { Alignment } from '../api/types';

const read = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');

/** BLAST+'s text report of a fixture, from the subject's title on. */
export const reportOf = (name: string): string => read(`${name}.txt`);

/** The same alignments from BLAST+'s table. */
export function alignmentsOf(name: string): Alignment[] {
  return read(`${name}.tsv`)
    .trimEnd()
    .split('\n')
    .map((row, index) => {
      const cells = row.split('\t');
      const text = (at: number) => cells[at] ?? '';
      const number = (at: number) => Number(text(at));
      // In a table blastn tells the strand of the subject by its positions.
      const minus = number(6) > number(7);
      const nucleotide = name.startsWith('blastn');
      return {
        query: 0,
        query_id: text(0),
        query_length: number(1),
        rank: 0,
        alignment: index,
        subject_id: text(2),
        subject_length: number(3),
        query_start: number(4),
        query_end: number(5),
        subject_start: number(6),
        subject_end: number(7),
        query_frame: number(8),
        subject_frame: nucleotide ? (minus ? -1 : 1) : number(9),
        score: number(10),
        bitscore: number(11),
        evalue: text(21),
        identical: number(13),
        positive: number(14),
        gaps: number(15),
        length: number(16),
        identity: (100 * number(13)) / number(16),
        query_residues: text(17),
        subject_residues: text(18),
        title: text(19),
        midline: text(20),
      };
    });
}
