import type { Alignment } from '../api/types';
import { evalueAscii } from '../ui/format';
import { alignmentLines, type Side } from './lines';

/** Columns of BLAST+'s text report. */
const WIDTH = 60;

/** What BLAST+ prints of an alignment besides its residues, where it is known. */
export interface Remarks {
  /** `Compositional matrix adjust.` or `Composition-based stats.` */
  method?: string | undefined;
  /** Number of alignments whose E-value is common (sum statistics). */
  linked?: number | undefined;
}

/** Breaks a title as the report does: at the first blank at or after each 60th letter. */
export function breakTitle(title: string): string {
  let text = '';
  let due = false;
  for (let at = 0; at < title.length; at += 1) {
    const letter = title.charAt(at);
    if (at > 0 && at % WIDTH === 0) due = true;
    text += letter;
    if (due && letter === ' ') {
      text += '\n';
      due = false;
    }
  }
  return text;
}

/** Rounded percent as BLAST+ prints it: 100 only when nothing is missing. */
export function wholePercent(part: number, whole: number): number {
  if (part === whole) return 100;
  return Math.min(99, Math.floor(0.5 + (100 * part) / whole));
}

const share = (part: number, whole: number): string => `${part}/${whole} (${wholePercent(part, whole)}%)`;
const signed = (frame: number): string => (frame > 0 ? `+${frame}` : String(frame));
const strand = (frame: number): string => (frame < 0 ? 'Minus' : 'Plus');

function bitsAscii(value: number): string {
  if (value > 99_999) return value.toExponential(3);
  return value > 99.9 ? String(Math.trunc(value)) : value.toFixed(1).padStart(4);
}

/** The line that names strand or frame; proteins have none. */
function place(alignment: Alignment, program: string): string[] {
  switch (program) {
    case 'blastn':
      return [` Strand=${strand(alignment.query_frame)}/${strand(alignment.subject_frame)}`];
    case 'blastx':
      return [` Frame = ${signed(alignment.query_frame)}`];
    case 'tblastn':
      return [` Frame = ${signed(alignment.subject_frame)}`];
    case 'tblastx':
      return [` Frame = ${signed(alignment.query_frame)}/${signed(alignment.subject_frame)}`];
    default:
      return [];
  }
}

function scores(alignment: Alignment, remarks: Remarks): string {
  const linked = remarks.linked && remarks.linked > 1 ? `(${remarks.linked})` : '';
  const method = remarks.method ? `, Method: ${remarks.method}` : '';
  return ` Score = ${bitsAscii(alignment.bitscore)} bits (${alignment.score}),  Expect${linked} = ${evalueAscii(alignment.evalue)}${method}`;
}

function counts(alignment: Alignment, program: string): string {
  const positives = program === 'blastn' ? '' : ` Positives = ${share(alignment.positive, alignment.length)},`;
  return ` Identities = ${share(alignment.identical, alignment.length)},${positives} Gaps = ${share(alignment.gaps, alignment.length)}`;
}

/** Digits that positions need. BLAST+ measures them 0-based, so that an end at 1000 takes three. */
function digits(alignment: Alignment): number {
  const ends = [alignment.query_start, alignment.query_end, alignment.subject_start, alignment.subject_end];
  return String(Math.max(...ends) - 1).length;
}

/** The lines of residues, three for each block. */
function blocks(alignment: Alignment, program: string): string[] {
  const pad = digits(alignment);
  const row = (name: string, side: Side) => {
    const bare = side.letters === 0;
    return `${name}  ${(bare ? '' : String(side.from)).padEnd(pad)}  ${side.text}  ${bare ? '' : side.to}`;
  };
  return alignmentLines(alignment, program, WIDTH).map((line) =>
    [row('Query', line.query), `${' '.repeat(9 + pad)}${line.midline}`, row('Sbjct', line.subject)].join('\n'),
  );
}

/** One alignment as in BLAST+'s text report, from its score line on. */
export function alignmentText(alignment: Alignment, program: string, remarks: Remarks = {}): string {
  const head = [scores(alignment, remarks), counts(alignment, program), ...place(alignment, program)].join('\n');
  return `${head}\n\n${blocks(alignment, program).join('\n\n')}\n`;
}

/** All alignments with a subject as in BLAST+'s text report: title, length, then one after the other. */
export function subjectText(alignments: Alignment[], program: string, remarks: Remarks[] = []): string {
  const first = alignments[0];
  if (!first) return '';
  const head = `>${first.subject_id} ${breakTitle(first.title)}\nLength=${first.subject_length}\n`;
  const texts = alignments.map((alignment, index) => alignmentText(alignment, program, remarks[index]));
  return `${head}\n${texts.join('\n\n')}`;
}
