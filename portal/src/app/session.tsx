// Who is signed in, and what they may do. The server decides; the portal only hides what it would refuse.
import { createContext, useContext, useEffect, useRef, type ReactNode } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, isAway, Problem, whenRefused } from '../api/client';

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

// What this browser keeps (queries, views, tastes) is one person's: nothing of it stays for another.
const keeper = 'merlon.keeper';
function keepFor(who: string) {
  if ((localStorage.getItem(keeper) ?? who) !== who) {
    localStorage.clear();
    sessionStorage.clear();
  }
  localStorage.setItem(keeper, who);
}

interface Gate {
  door: (why: Problem) => ReactNode;
  again: (who: string) => ReactNode;
  waiting: ReactNode;
  children: ReactNode;
}

// Shows its children to people who are in, and `door` to the others. When a session ends they stay, with what was typed, below
// `again`: calls that the server refused meanwhile are sent again when the same person is back. Another one begins anew.
export function SessionGate({ door, again, waiting, children }: Gate) {
  const queries = useQueryClient();
  const refused = useRef<((back: boolean) => void)[]>([]);
  const { data, error } = useQuery({
    queryKey: ['session'],
    queryFn: async ({ signal }) => {
      const settle = (back: boolean) => refused.current.splice(0).forEach((one) => one(back));
      try {
        const session = await get<Session>('/api/merlon/session', signal);
        const before = queries.getQueryData<Session>(['session'])?.who ?? 'local';
        if (session.who !== 'local') keepFor(session.who);
        if (before !== 'local' && before !== session.who) {
          location.replace('/');
          return await new Promise<never>(() => {}); // the page goes, before it shows anything of theirs
        }
        settle(true);
        return session;
      } catch (problem) {
        if (!signal.aborted && !isEnd(problem)) settle(false);
        throw problem;
      }
    },
    retry: false,
    staleTime: 5 * 60_000,
    refetchInterval: ({ state }) => (isAway(state.error) ? 3_000 : false), // who waits at the door comes in when it answers
  });
  useEffect(() => whenRefused('signIn', () => new Promise((settle) => {
    refused.current.push(settle);
    void queries.invalidateQueries({ queryKey: ['session'] }, { cancelRefetch: false });
  })), [queries]);
  if (error && !(data && isEnd(error))) return door(error instanceof Problem ? error : new Problem(0, 'Unreachable', String(error), ''));
  if (!data) return waiting;
  return <Context.Provider value={data}>{children}{error && again(data.who)}</Context.Provider>;
}

const isEnd = (error: unknown) => error instanceof Problem && error.status === 401;
