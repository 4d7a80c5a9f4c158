import type { ReactNode } from 'react';
import { count, plural } from '../ui/format';
import { State } from '../ui/State';
import { Ago } from '../ui/Time';
import { type Contents, type Line, MOST_LINES } from './book';
import type { Connection } from './follow';
import { lastMoment } from './view';

interface LogFootProps {
  connection: Connection;
  contents: Contents;
  lines: Line[];
  restarted: boolean;
}

/** Whether lines still come, how many there are, and how old the last is. */
export function LogFoot({ connection, contents, lines, restarted }: LogFootProps) {
  const last = lastMoment(contents.lines);
  const all = contents.lines.length;
  const left = connection.state === 'stored' && !connection.reading ? connection.of - all : contents.dropped;
  return (
    <div className="lf">
      <Mark connection={connection} />
      <span>
        {lines.length === all ? plural(all, 'line') : `${count(lines.length)} of ${plural(all, 'line')}`}
        {connection.state === 'stored' && connection.reading ? `, reading ${count(connection.of)}` : ''}
        {all > 0 ? ' · times in UTC' : ''}
        {connection.state === 'live' && last ? (
          <>
            {' '}
            · last line <Ago iso={last} />
          </>
        ) : null}
      </span>
      {left > 0 ? (
        <span>
          {plural(left, 'earlier line is', 'earlier lines are')} not shown: the page holds {count(MOST_LINES)}. The
          download has all.
        </span>
      ) : null}
      {restarted ? (
        <span>The place to go on from was not known: the log was read again from the beginning.</span>
      ) : null}
    </div>
  );
}

function Mark({ connection }: { connection: Connection }): ReactNode {
  switch (connection.state) {
    case 'connecting':
      return (
        <State tone="idle" icon="run" spin>
          Connecting
        </State>
      );
    case 'live':
      return (
        <State tone="run" icon="run" spin>
          Live
        </State>
      );
    case 'reconnecting':
      return (
        <>
          <State tone="warn" icon="run" spin>
            Reconnecting
          </State>
          <span>{connection.why} Nothing is lost: it goes on where it was.</span>
        </>
      );
    case 'ended':
      return (
        <State tone="ok" icon="check">
          Ended
        </State>
      );
    case 'stored':
      return (
        <State tone="idle" icon={connection.reading ? 'run' : 'check'} spin={connection.reading}>
          Stored
        </State>
      );
    case 'failed':
      return (
        <State tone="err" icon="fail">
          Not read
        </State>
      );
  }
}
