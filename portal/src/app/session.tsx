// Who is signed in, and what they may do. The server decides; the portal only hides what it would refuse.
import { createContext, useContext, useEffect, useRef, type ReactNode } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, isAway, Problem, signedOut } from '../api/client';

export interface Session {
  who: string; // "user:anna", "local" on a server that nobody has claimed
  permissions: string[];
}

const Context = createContext<Session>({ who: '', permissions: [] });

// The same rule as the server's holds(): "*" is everything, X.ReadWrite.All includes X.Read.All.
export function holds(held: string[], wanted: string): boolean {
  if (!wanted || held.includes('*') || held.includes(wanted)) return true;
  return wanted.endsWith('.Read.All') && held.includes(wanted.replace(/\.Read\.All$/, '.ReadWrite.All'));
}

export function useSession() {
  const session = useContext(Context);
  return {
    ...session,
    name: session.who.replace(/^(user|application):/, ''),
    unclaimed: session.who === 'local',
    may: (permission: string) => holds(session.permissions, permission),
  };
}

// Shows its children to people who are in, and `door` to the others; it is told of those who were in until now.
export function SessionGate({ door, waiting, children }: { door: (why: Problem, ended: boolean) => ReactNode; waiting: ReactNode; children: ReactNode }) {
  const queries = useQueryClient();
  const { data, error } = useQuery({
    queryKey: ['session'],
    queryFn: ({ signal }) => get<Session>('/api/merlon/session', signal),
    retry: false,
    staleTime: 5 * 60_000,
    refetchInterval: ({ state }) => (isAway(state.error) ? 3_000 : false), // who waits at the door comes in when it answers
  });
  useEffect(() => {
    const again = () => void queries.resetQueries({ queryKey: ['session'] });
    window.addEventListener(signedOut, again);
    return () => window.removeEventListener(signedOut, again);
  }, [queries]);
  const within = useRef(false);
  if (data) within.current = true;
  if (error) return door(error instanceof Problem ? error : new Problem(0, 'Unreachable', String(error), ''), within.current);
  if (!data) return waiting;
  return <Context.Provider value={data}>{children}</Context.Provider>;
}
