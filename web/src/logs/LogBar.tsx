import { useEffect, useId, useRef, useState } from 'react';
import { api, read } from '../api/client';
import { toProblem } from '../api/problem';
import { useShortcuts } from '../app/shortcuts';
import { CopyButton } from '../ui/Copy';
import { count } from '../ui/format';
import { Icon } from '../ui/Icon';
import { announce } from '../ui/live';
import type { Contents } from './book';
import type { Choice } from './view';

interface LogBarProps {
  job: string;
  contents: Contents;
  choice: Choice;
  onChoice: (change: Partial<Choice>) => void;
  found: { lines: number; number: number | undefined };
  /** To the next or the previous line that holds the text. */
  onStep: (by: number, text: string) => void;
  /** Undefined where nothing more comes that could be followed. */
  follow: boolean | undefined;
  onFollow: (follow: boolean) => void;
  wrap: boolean;
  onWrap: (wrap: boolean) => void;
  /** What is shown, as a text. */
  text: () => string;
  shown: number;
}

/** What of a log is shown and how: container, severity, find, follow, wrap, copy, download. */
export function LogBar(props: LogBarProps) {
  const { contents, choice, onChoice, follow, onFollow, wrap, onWrap, text, shown } = props;
  return (
    <div className="lh">
      <Containers contents={contents} choice={choice} onChoice={onChoice} />
      <Severities contents={contents} choice={choice} onChoice={onChoice} />
      <Find {...props} />
      <span className="lh-end">
        {follow === undefined ? null : (
          <label className="row small">
            <input
              className="cb"
              type="checkbox"
              checked={follow}
              onChange={(event) => onFollow(event.target.checked)}
            />
            Follow
          </label>
        )}
        <label className="row small hide-s">
          <input className="cb" type="checkbox" checked={wrap} onChange={(event) => onWrap(event.target.checked)} />
          Wrap
        </label>
        {shown > 0 ? <CopyButton className="btn s ghost" label="Copy" text={text} /> : null}
        <Download job={props.job} />
      </span>
    </div>
  );
}

type Part = Pick<LogBarProps, 'contents' | 'choice' | 'onChoice'>;

function Containers({ contents: { targets }, choice, onChoice }: Part) {
  const all =
    targets.length === 1 ? 'The only container' : `All ${targets.length > 0 ? count(targets.length) : ''} containers`;
  // An address may name a container that is not known yet.
  const unknown = choice.of !== undefined && !targets.some((target) => target.name === choice.of);
  return (
    <select
      className="sel"
      aria-label="Container"
      value={choice.of ?? ''}
      onChange={(event) => onChoice({ of: event.target.value || undefined })}
    >
      <option value="">{all}</option>
      {unknown ? <option value={choice.of}>{choice.of}</option> : null}
      {targets.map((target) => (
        <option key={target.name} value={target.name}>
          {target.label} ({count(target.lines)})
        </option>
      ))}
    </select>
  );
}

function Severities({ contents, choice, onChoice }: Part) {
  const button = (only: Choice['only'], word: string, lines?: number) => (
    <button type="button" aria-pressed={choice.only === only} onClick={() => onChoice({ only })}>
      {word} {lines === undefined ? null : <span className="n">{count(lines)}</span>}
    </button>
  );
  return (
    <fieldset className="seg s" aria-label="Severity">
      {button(undefined, 'All')}
      {button('warning', 'Warnings', contents.warnings)}
      {button('error', 'Errors', contents.errors)}
    </fieldset>
  );
}

function Find({ choice, onChoice, found, onStep }: LogBarProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  useShortcuts({ '/': () => field.current?.focus() });
  // What is typed is kept here: the address, where the choice may stand, follows a moment later.
  const [find, setFind] = useState(choice.find ?? '');
  const told = useRef(find);
  useEffect(() => {
    if ((choice.find ?? '') === told.current) return;
    told.current = choice.find ?? '';
    setFind(told.current);
  }, [choice.find]);
  const says =
    found.lines === 0
      ? 'none'
      : `${found.number === undefined ? '' : `${count(found.number + 1)} of `}${count(found.lines)}`;
  return (
    <div className="find">
      <input
        className="in"
        ref={field}
        type="search"
        aria-label="Find in the log"
        aria-describedby={id}
        placeholder="Find"
        value={find}
        onChange={(event) => {
          told.current = event.target.value;
          setFind(told.current);
          onChoice({ find: told.current || undefined });
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1, find);
        }}
      />
      {find === '' ? null : (
        <>
          <span className="small muted nowrap" id={id} role="status">
            {says}
          </span>
          <button
            className="btn s ghost icon"
            type="button"
            aria-label="Previous line that was found"
            onClick={() => onStep(-1, find)}
          >
            <Icon name="up" />
          </button>
          <button
            className="btn s ghost icon"
            type="button"
            aria-label="Next line that was found"
            onClick={() => onStep(1, find)}
          >
            <Icon name="down" />
          </button>
        </>
      )}
    </div>
  );
}

/** Every stored line, one text file for each container, in a zip. Says so where nothing is stored yet. */
function Download({ job }: { job: string }) {
  const [says, setSays] = useState<string>();
  const link = useRef<HTMLAnchorElement>(null);
  const begin = async () => {
    try {
      const { targets } = await read(api.GET('/api/blast/jobs/{id}/logs/targets', { params: { path: { id: job } } }));
      const words = targets.length === 0 ? 'Nothing is stored yet' : undefined;
      setSays(words);
      if (words) announce(words);
      else link.current?.click();
    } catch (error) {
      setSays(toProblem(error).title);
    }
  };
  return (
    <>
      <button className="btn s ghost" type="button" onClick={() => void begin()} onBlur={() => setSays(undefined)}>
        <Icon name="download" />
        {says ?? 'Download'}
      </button>
      <a ref={link} hidden href={`/api/blast/jobs/${encodeURIComponent(job)}/logs/download`} download>
        The zip
      </a>
    </>
  );
}
