import './logs.css';
import { useDeferredValue, useMemo, useRef, useState } from 'react';
import type { Job } from '../api/types';
import { count } from '../ui/format';
import { ProblemNote } from '../ui/Note';
import { usePhone } from '../ui/usePhone';
import type { Contents } from './book';
import type { Connection } from './follow';
import { LogBar } from './LogBar';
import { LogFoot } from './LogFoot';
import { LogLines } from './LogLines';
import { useLog } from './useLog';
import { type Choice, findIn, shownLines, textOf } from './view';

interface LogViewerProps {
  job: Job;
  choice: Choice;
  onChoice: (change: Partial<Choice>) => void;
  /** A part of a page, or nearly all of it. */
  size: 'panel' | 'page';
}

/** The log of a search, on either engine: as it is written while the search runs, and as it is stored afterwards. */
export function LogViewer({ job, choice, onChoice, size }: LogViewerProps) {
  const { contents, connection, place, retry } = useLog(job);
  const phone = usePhone();
  const top = useRef(0);
  const [wrap, setWrap] = useState(true);
  const [follow, setFollow] = useState(connection.state !== 'stored');
  const { of, only, find = '' } = choice;
  const lines = useMemo(() => shownLines(contents, { of, only }), [contents, of, only]);
  // Looking through many lines takes a moment; typing does not wait for it.
  const wanted = useDeferredValue(find);
  const found = useMemo(() => findIn(lines, wanted), [lines, wanted]);
  // Counted on beyond the ends and taken round: how many were found may not be known yet when somebody steps.
  const [at, setAt] = useState<{ find: string; steps: number }>();
  const number =
    at?.find === find && found.length > 0 ? ((at.steps % found.length) + found.length) % found.length : undefined;
  const current = number === undefined ? undefined : found[number];
  const step = (by: number, text: string) => {
    if (text === '') return;
    setFollow(false);
    setAt((before) => ({ find: text, steps: before?.find === text ? before.steps + by : Math.min(0, by) }));
  };
  return (
    <section className="log" aria-label="Log" data-size={size}>
      <LogBar
        job={job.job_id}
        contents={contents}
        choice={choice}
        onChoice={onChoice}
        found={{ lines: found.length, number }}
        onStep={step}
        follow={connection.state === 'stored' || connection.state === 'ended' ? undefined : follow}
        onFollow={setFollow}
        wrap={wrap}
        onWrap={setWrap}
        text={() => textOf(lines)}
        shown={lines.length}
      />
      {connection.state === 'failed' ? (
        <ProblemNote title="The log could not be read" error={connection.problem} retry={retry} />
      ) : lines.length === 0 ? (
        <None contents={contents} connection={connection} job={job} onChoice={onChoice} />
      ) : (
        <LogLines
          // Heights of wrapped lines are worth nothing to lines that are not.
          key={wrap || phone ? 'wrapped' : 'whole'}
          top={top}
          lines={lines}
          find={wanted}
          current={current}
          wrap={wrap || phone}
          follow={follow && connection.state !== 'stored'}
          onFollow={setFollow}
          named={!of}
        />
      )}
      <LogFoot connection={connection} contents={contents} lines={lines} restarted={place.restarted} />
    </section>
  );
}

interface NoneProps {
  contents: Contents;
  connection: Connection;
  job: Job;
  onChoice: (change: Partial<Choice>) => void;
}

/** In place of lines: why there are none. */
function None({ contents, connection, job, onChoice }: NoneProps) {
  if (contents.lines.length > 0) {
    return (
      <div className="none">
        <p>None of the {count(contents.lines.length)} lines fits.</p>
        <button className="btn s" type="button" onClick={() => onChoice({ of: undefined, only: undefined })}>
          Show all lines
        </button>
      </div>
    );
  }
  return (
    <div className="none">
      <p>{words(connection, job)}</p>
    </div>
  );
}

function words(connection: Connection, job: Job): string {
  const quiet = job.engine === 'elastic' ? '' : ' BLAST+ writes here only what it warns of, and when a part has ended.';
  switch (connection.state) {
    case 'stored':
      return connection.reading ? 'Reading the stored log.' : `This search said nothing.${quiet}`;
    case 'ended':
      return `This search said nothing.${quiet}`;
    case 'live':
      return `Nothing was said yet.${quiet}`;
    default:
      return 'Connecting.';
  }
}
