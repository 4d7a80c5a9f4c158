import type { ReactNode } from 'react';
import { ApiProblem, toProblem } from '../api/problem';
import { Icon, type IconName } from './Icon';

const ICONS: Record<'info' | 'warn' | 'err', IconName> = { info: 'info', warn: 'warn', err: 'fail' };

interface NoteProps {
  kind: 'info' | 'warn' | 'err';
  title: string;
  icon?: IconName;
  spin?: boolean;
  children?: ReactNode;
  /** At most one action. */
  action?: ReactNode;
}

/** A remark in the page: what is the case, why, and at most one action. */
export function Note({ kind, title, icon, spin = false, children, action }: NoteProps) {
  return (
    <div className={`note ${kind}`} role={kind === 'err' ? 'alert' : undefined}>
      <Icon name={icon ?? ICONS[kind]} spin={spin} />
      <div className="grow">
        <p className="med">{title}</p>
        {children ? <div className="muted small">{children}</div> : null}
      </div>
      {action}
    </div>
  );
}

/** A failed request or panel: what happened, what to do, the request's number. */
export function ProblemNote({ error, title, retry }: { error: unknown; title?: string; retry?: () => void }) {
  const problem = error instanceof ApiProblem ? error : toProblem(error);
  return (
    <Note
      kind="err"
      title={title ?? problem.title}
      action={
        retry ? (
          <button className="btn s" type="button" onClick={retry}>
            Try again
          </button>
        ) : null
      }
    >
      {problem.message} {problem.hint}
      {problem.requestId ? (
        <>
          {' '}
          If it happens again, tell support the request number <code>{problem.requestId}</code>.
        </>
      ) : null}
    </Note>
  );
}
