import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useActiveCount } from '../jobs/activeCount';
import { Icon, type IconName } from '../ui/Icon';
import { setTheme, THEMES, type Theme, useTheme } from './theme';

// The menu brings most of the component library with it; the page is there before.
const Account = lazy(() => import('./Account'));

const SAID: Record<Theme, string> = { system: 'follows the system', light: 'light', dark: 'dark' };
const DRAWN: Record<Theme, IconName> = { system: 'screen', light: 'sun', dark: 'moon' };

export function TopBar({ onHelp }: { onHelp: () => void }) {
  const active = useActiveCount();
  return (
    <header className="top">
      <div className="top-in">
        <Link className="brand" to="/" aria-label="Blastline, start page">
          <svg width="20" height="20" viewBox="0 0 20 20" fill="currentColor" aria-hidden="true">
            <rect x="1" y="3" width="18" height="3" rx="1" />
            <rect x="1" y="8.5" width="11" height="3" rx="1" opacity=".75" />
            <rect x="6" y="14" width="9" height="3" rx="1" opacity=".5" />
          </svg>
          <span>Blastline</span>
        </Link>
        <nav className="nav" aria-label="Main">
          <Link to="/" activeOptions={{ exact: true, includeSearch: false }} activeProps={{ 'aria-current': 'page' }}>
            Search
          </Link>
          <Link to="/jobs" activeOptions={{ includeSearch: false }} activeProps={{ 'aria-current': 'page' }}>
            Jobs
            {active > 0 ? (
              <span className="n" title={`${active} running or waiting`}>
                {active}
                <span className="vh"> running or waiting</span>
              </span>
            ) : null}
          </Link>
        </nav>
        <div className="top-r">
          <ThemeSwitch />
          <Suspense fallback={<span className="btn ghost" />}>
            <Account onHelp={onHelp} />
          </Suspense>
        </div>
      </div>
    </header>
  );
}

function ThemeSwitch() {
  const theme = useTheme();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  const label = `Theme: ${SAID[theme]}`;
  return (
    <button className="btn ghost icon" type="button" aria-label={label} title={label} onClick={() => setTheme(next)}>
      <Icon name={DRAWN[theme]} />
    </button>
  );
}
