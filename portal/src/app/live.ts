// What changes on the server shows on the open page by itself: ask every few seconds whether anything did, and read again
// what is on the screen when so. A page in the background does not ask.
import { useEffect, useRef } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get } from '../api/client';

export function useLiveData() {
  const queries = useQueryClient();
  const seen = useRef<string | null>(undefined);
  const { data } = useQuery({
    queryKey: ['changes'],
    queryFn: ({ signal }) => get<{ changedAt: string | null }>('/api/merlon/changes', signal),
    refetchInterval: 5_000,
    staleTime: 0,
    retry: false,
  });
  const now = data?.changedAt;
  useEffect(() => {
    if (now === undefined) return;
    if (seen.current !== undefined && seen.current !== now)
      void queries.invalidateQueries({ predicate: ({ queryKey: [first] }) => first !== 'changes' && first !== 'session' });
    seen.current = now;
  }, [now, queries]);
}
