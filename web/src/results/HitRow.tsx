import { scoreClass } from '../alignment/score';
import type { Hit, Job } from '../api/types';
import { bits, count, evalue, percent } from '../ui/format';
import { Icon } from '../ui/Icon';
import { Panel } from '../ui/Panel';
import { HitDetail } from './HitDetail';
import { RowBar } from './RowBar';
import { titleBeside } from './titles';
import { subjectUnit } from './units';

interface HitRowProps {
  job: Job;
  hit: Hit;
  /** Length of the query, once known. */
  letters: number | undefined;
  organisms: boolean;
  open: boolean;
  /** Whether the tab key reaches this row; the arrows reach the others. */
  reachable: boolean;
  onFocus: () => void;
  onToggle: () => void;
}

export function HitRow({ job, hit, letters, organisms, open, reachable, onFocus, onToggle }: HitRowProps) {
  const detail = `hit-${hit.query}-${hit.rank}`;
  return (
    <>
      <tr className={open ? 'h open' : 'h'}>
        <td className="d full">
          <button
            className="exp"
            type="button"
            aria-expanded={open}
            aria-controls={open ? detail : undefined}
            tabIndex={reachable ? 0 : -1}
            onFocus={onFocus}
            onClick={onToggle}
          >
            <Icon name="chevron" />
            <span className="grow">
              <span className="two med" title={hit.title}>
                {titleBeside(hit.title, hit.organism)}
              </span>
              <span className="ell l2">
                <span className="mono">{hit.subject_id}</span>
                {hit.organism ? (
                  <span className="org2">
                    {' '}
                    · <span className="sci">{hit.organism}</span>
                  </span>
                ) : null}
              </span>
            </span>
          </button>
        </td>
        {organisms ? (
          <td className="o">
            <span className="two sci" title={hit.organism ?? undefined}>
              {hit.organism}
            </span>
          </td>
        ) : null}
        <td className="full on-query">{letters ? <RowBar spans={hit.spans} length={letters} /> : null}</td>
        <td className="num nowrap" data-l="Bits">
          <span className="score">
            <i className={`sw s${scoreClass(hit.bitscore)}`} />
            {bits(hit.bitscore)}
          </span>
        </td>
        <td className="num nowrap" data-l="E">
          {evalue(hit.evalue)}
        </td>
        <td className="num nowrap" data-l="Identity">
          {percent(hit.identity, 1)}
        </td>
        <td className="num nowrap" data-l="Cover">
          {hit.query_cover === null || hit.query_cover === undefined ? '–' : percent(hit.query_cover)}
        </td>
        <td className="num nowrap" data-l={`Subject, ${subjectUnit(job.program)}`}>
          {count(hit.subject_length)}
        </td>
      </tr>
      {open ? (
        <tr className="det" id={detail}>
          <td className="full" colSpan={organisms ? 8 : 7}>
            <Panel failed="The alignments could not be shown">
              <HitDetail job={job} hit={hit} />
            </Panel>
          </td>
        </tr>
      ) : null}
    </>
  );
}
