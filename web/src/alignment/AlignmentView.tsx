import './alignment.css';
import { useId, useMemo } from 'react';
import type { Alignment } from '../api/types';
import { CopyButton } from '../ui/Copy';
import { bits, count, evalue, minus, percent } from '../ui/format';
import { layoutFor } from './layout';
import { alignmentLines, type Line, sayLine } from './lines';
import { subjectText, wholePercent } from './pairwise';
import { legendOf, type Run, type Tint, tintLine } from './tint';

interface AlignmentViewProps {
  alignment: Alignment;
  program: string;
  /** Method beside the E-value, where it is known. */
  method: string | undefined;
  /** Width that it has. */
  pixels: number;
  number: number;
  of: number;
}

const TINTS: Record<Tint, string | undefined> = { plain: undefined, difference: 'm', identical: 'p', gap: 'g' };

/** One alignment: its figures, then its lines with exact positions, as BLAST+ prints them. */
export function AlignmentView({ alignment, program, method, pixels, number, of }: AlignmentViewProps) {
  const id = useId();
  const pad = digits(alignment);
  const { letters, compact } = layoutFor(pixels, pad);
  const lines = useMemo(() => alignmentLines(alignment, program, letters), [alignment, program, letters]);
  return (
    <section aria-labelledby={id}>
      <div className="hsphd">
        <h3 id={id}>
          Alignment {number} of {of}
        </h3>
        <Figures alignment={alignment} program={program} />
      </div>
      {/* Wide on purpose: it scrolls inside itself, with the keyboard too. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to take the focus */}
      <section className="seq" tabIndex={0} aria-label={sayWhole(alignment)}>
        {lines.map((line) => (
          <Block key={line.column} line={line} identity={alignment.identity} pad={pad} compact={compact} />
        ))}
      </section>
      <div className="aln-foot">
        <CopyButton
          className="btn s copy-alignment"
          label="Copy alignment"
          text={() => subjectText([alignment], program, [{ method }])}
        />
        <span className="tiny muted">{legendOf(alignment.identity)}</span>
      </div>
    </section>
  );
}

function sayWhole(alignment: Alignment): string {
  const { query_start, query_end, subject_id, subject_start, subject_end } = alignment;
  return `Alignment with ${subject_id}, query ${query_start} to ${query_end}, subject ${subject_start} to ${subject_end}`;
}

const digits = (alignment: Alignment): number =>
  String(Math.max(alignment.query_start, alignment.query_end, alignment.subject_start, alignment.subject_end)).length;

/** Score, E-value, identity, positives, gaps, and strand or frame by name with its sign. */
function Figures({ alignment, program }: { alignment: Alignment; program: string }) {
  const rows: [string, string][] = [
    ['Score', `${bits(alignment.bitscore)} bits (${count(alignment.score)})`],
    ['E-value', evalue(alignment.evalue)],
    ['Identity', `${alignment.identical}/${alignment.length} (${percent(alignment.identity, 1)})`],
  ];
  if (program !== 'blastn') {
    rows.push(['Positives', `${alignment.positive} (${wholePercent(alignment.positive, alignment.length)} %)`]);
  }
  rows.push(['Gaps', count(alignment.gaps)], ...strands(alignment, program));
  return (
    <dl>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const strand = (frame: number): string => (frame < 0 ? 'minus' : 'plus');
const frame = (value: number): string => (value > 0 ? `+${value}` : minus(String(value)));

function strands({ query_frame, subject_frame }: Alignment, program: string): [string, string][] {
  if (program === 'blastn') return [['Strand', `${strand(query_frame)} / ${strand(subject_frame)}`]];
  const named: [string, string][] = [];
  if (program === 'blastx' || program === 'tblastx') named.push(['Query frame', frame(query_frame)]);
  if (program === 'tblastn' || program === 'tblastx') named.push(['Subject frame', frame(subject_frame)]);
  return named;
}

interface BlockProps {
  line: Line;
  identity: number;
  /** Digits of the longest position. */
  pad: number;
  compact: boolean;
}

/** Three lines: query, what is between, subject. A screen reader gets one sentence instead. */
function Block({ line, identity, pad, compact }: BlockProps) {
  const tints = tintLine(line, identity);
  const gap = compact ? ' ' : '  ';
  const name = (word: string) => (compact ? word.charAt(0) : word.padEnd('Subject '.length));
  const lead = (word: string, from: number) => `${name(word)}${gap}${String(from).padStart(pad)}${gap}`;
  return (
    <div className="blk">
      <p className="vh">{sayLine(line)}</p>
      <pre aria-hidden="true">
        <Row lead={lead('Query', line.query.from)} runs={tints.query} tail={`${gap}${line.query.to}`} />
        <span className="c">
          {' '.repeat(lead('Query', line.query.from).length)}
          {line.midline}
        </span>
        {'\n'}
        <Row lead={lead('Subject', line.subject.from)} runs={tints.subject} tail={`${gap}${line.subject.to}`} />
      </pre>
    </div>
  );
}

function Row({ lead, runs, tail }: { lead: string; runs: Run[]; tail: string }) {
  let column = 0;
  const parts = runs.map((run) => {
    const key = column;
    column += run.text.length;
    const tint = TINTS[run.tint];
    return tint ? (
      <span className={tint} key={key}>
        {run.text}
      </span>
    ) : (
      run.text
    );
  });
  return (
    <>
      <span className="c">{lead}</span>
      {parts}
      <span className="c">{tail}</span>
      {'\n'}
    </>
  );
}
