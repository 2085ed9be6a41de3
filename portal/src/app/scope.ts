// Which device groups every screen is about; none named: all. The address holds them (?scope=A&scope=B), and going from
// screen to screen keeps them.
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useSearchParams } from 'react-router';
import { useQueryClient } from '@tanstack/react-query';

const key = 'scope';
let chosen: string[] = new URLSearchParams(location.search).getAll(key);
const told = new Set<() => void>();
const subscribe = (tell: () => void) => {
  told.add(tell);
  return () => void told.delete(tell);
};
function choose(groups: string[]) {
  if (same(groups, chosen)) return;
  chosen = groups;
  told.forEach((tell) => tell());
}
const same = (a: string[], b: string[]) => a.length === b.length && a.every((one, at) => one === b[at]);

export const useScope = (): string[] => useSyncExternalStore(subscribe, () => chosen);

// What the server counts over devices; the rest (people, feeds, settings) is the same for every group.
const aboutDevices = /^(\/api\/(machines|software|vulnerabilities|recommendations|alerts|configurations|configurationScore|exposureScore|serviceTargets\/breaches|advancedqueries|merlon\/(changes\/|whatIf))|\/v2\/rest\/query)/i;
const ofAllGroups = /^\/api\/exposureScore\/(ByMachineGroups|history)/i;

export function scoped(path: string): string {
  if (!chosen.length || !aboutDevices.test(path) || ofAllGroups.test(path)) return path;
  return path + (path.includes('?') ? '&' : '?') + chosen.map((group) => `deviceGroups=${encodeURIComponent(group)}`).join('&');
}

// Keeps the address and what is chosen in step: the address wins where it says something.
export function useScopeAddress() {
  const [params, setParams] = useSearchParams();
  const queries = useQueryClient();
  const scope = useScope();
  const shown = useRef(scope);
  useEffect(() => {
    const given = params.getAll(key);
    if (given.length) choose(given);
    else if (chosen.length) setParams((before) => withScope(before, chosen), { replace: true });
  }, [params, setParams]);
  // Other devices: nothing of what is shown holds.
  useEffect(() => {
    if (same(shown.current, scope)) return;
    shown.current = scope;
    void queries.resetQueries({ predicate: ({ queryKey: [first] }) => !['session', 'changes', 'groups', 'hunting'].includes(String(first)) });
  }, [scope, queries]);
  return (groups: string[]) => {
    choose(groups);
    setParams((before) => withScope(before, groups));
  };
}

function withScope(before: URLSearchParams, groups: string[]): URLSearchParams {
  const next = new URLSearchParams(before);
  next.delete(key);
  groups.forEach((group) => next.append(key, group));
  return next;
}
