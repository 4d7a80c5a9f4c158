import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { readJobSearch } from '../job/search';
import { readJobsSearch } from '../jobs/search';
import { readSearchSearch } from '../search/search';
import { Missing } from './Missing';
import { RouteProblem } from './RouteProblem';
import { Shell } from './Shell';

const root = createRootRoute({ component: Shell, notFoundComponent: Missing, errorComponent: RouteProblem });

const search = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: readSearchSearch,
  component: lazyRouteComponent(() => import('../search/SearchPage')),
});

const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  validateSearch: readJobsSearch,
  component: lazyRouteComponent(() => import('../jobs/JobsPage')),
});

const job = createRoute({
  getParentRoute: () => root,
  path: '/jobs/$jobId',
  validateSearch: readJobSearch,
  component: lazyRouteComponent(() => import('../job/JobPage')),
});

export const router = createRouter({
  routeTree: root.addChildren([search, jobs, job]),
  defaultPreload: 'intent',
  defaultErrorComponent: RouteProblem,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
