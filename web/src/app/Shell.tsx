import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { announce, useSpoken } from '../ui/live';
import { Panel } from '../ui/Panel';
import { OutageBanner } from './OutageBanner';
import { useShortcuts } from './shortcuts';
import { TopBar } from './TopBar';

const ShortcutsDialog = lazy(() => import('./ShortcutsDialog'));

/** What stands around every page. */
export function Shell() {
  const navigate = useNavigate();
  const [help, setHelp] = useState(false);
  useArrival();
  useShortcuts({
    'g s': () => void navigate({ to: '/' }),
    'g j': () => void navigate({ to: '/jobs' }),
    '?': () => setHelp(true),
  });
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <TopBar onHelp={() => setHelp(true)} />
      <OutageBanner />
      <Panel failed="This page could not be shown">
        <Outlet />
      </Panel>
      <Live />
      {help ? (
        <Suspense>
          <ShortcutsDialog onClose={() => setHelp(false)} />
        </Suspense>
      ) : null}
    </>
  );
}

/** Says where one has arrived after a change of page; a screen reader does not notice it by itself. */
function useArrival() {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (before.current !== undefined && path !== undefined && before.current !== path) announce(document.title);
    before.current = path;
  }, [path]);
}

function Live() {
  const spoken = useSpoken();
  return (
    <div className="vh" role="status" aria-live="polite">
      {spoken}
    </div>
  );
}
