import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, read } from '../api/client';

const byId = (id: string) => ({ params: { path: { id } } });

/** Cancelling and deleting a job; lists and the job itself are asked again afterwards. */
export function useJobActions(id: string) {
  const client = useQueryClient();
  const refresh = () => {
    void client.invalidateQueries({ queryKey: ['jobs'] });
    void client.invalidateQueries({ queryKey: ['job', id], exact: true });
  };
  const cancel = useMutation({
    mutationFn: () => read(api.POST('/api/blast/jobs/{id}/cancel', byId(id))),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: () => read(api.DELETE('/api/blast/jobs/{id}', byId(id))),
    onSuccess: () => {
      client.removeQueries({ queryKey: ['job', id] });
      void client.invalidateQueries({ queryKey: ['jobs'] });
    },
  });
  return { cancel, remove };
}
