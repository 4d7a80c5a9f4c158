import { useQuery } from '@tanstack/react-query';
import { isActive } from '../api/queries';
import { jobsHeadQuery } from './queries';

/** How many of the newest jobs are running or waiting, for the badge in the top bar. */
export function useActiveCount(): number {
  const { data } = useQuery(jobsHeadQuery);
  return (data?.jobs ?? []).filter(isActive).length;
}
