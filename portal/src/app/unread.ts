// What is on the screen and could not be read again stays there: old is better than nothing. This tells that it is old, and why.
import { useCallback, useSyncExternalStore } from 'react';
import { useQueryClient, type Query as Any } from '@tanstack/react-query';
import { isAway, Problem } from '../api/client';

type Query = Any<unknown, unknown>;
export interface Unread { error: unknown; since: number }
const unread = new Map<string, { query: Query; what: Unread }>();

// Of an error: whether what was read before still counts. It does not where it is refused now, or gone.
const counts = (error: unknown) => isAway(error) || !(error instanceof Problem) || error.status >= 500 || error.status === 408;

export function failed(error: unknown, query: Query) {
  if (query.state.data === undefined || !counts(error)) return;
  query.setState({ status: 'success', error: null, isInvalidated: true });
  for (const [hash, { query: one }] of unread) if (!one.getObserversCount()) unread.delete(hash); // read again when it is shown again
  // That nobody answers is told by itself (live.ts).
  if (!isAway(error)) unread.set(query.queryHash, { query, what: { error, since: unread.get(query.queryHash)?.what.since ?? Date.now() } });
}
export const succeeded = (query: Query) => void unread.delete(query.queryHash);

const shown = () => [...unread.values()].find(({ query }) => query.getObserversCount() > 0)?.what;

export function useUnread(): { unread?: Unread; again: () => void } {
  const queries = useQueryClient();
  const subscribe = useCallback((tell: () => void) => queries.getQueryCache().subscribe(tell), [queries]);
  return {
    unread: useSyncExternalStore(subscribe, shown),
    again: () => void queries.refetchQueries({ type: 'active', predicate: ({ queryHash }) => unread.has(queryHash) }),
  };
}
