// What every screen is about: which device groups (none named: all), and of which day (none named: now). The address holds
// both (?scope=A&scope=B&asOf=2026-01-31), and going from screen to screen keeps them.
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useSearchParams } from 'react-router';
import { useQueryClient } from '@tanstack/react-query';

interface About { groups: string[]; asOf: string }
const groupsKey = 'scope';
const dayKey = 'asOf';
const today = () => new Date().toISOString().slice(0, 10);
// A day that has not ended yet is now.
const pastDay = (day: string | null) => (day && /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day)) && day < today() ? day : '');
const said = (params: URLSearchParams): About => ({ groups: params.getAll(groupsKey), asOf: pastDay(params.get(dayKey)) });

let about = said(new URLSearchParams(location.search));
const told = new Set<() => void>();
const subscribe = (tell: () => void) => {
  told.add(tell);
  return () => void told.delete(tell);
};
function choose(next: About) {
  if (same(next, about)) return;
  about = next;
  told.forEach((tell) => tell());
}
const same = (a: About, b: About) => a.asOf === b.asOf && a.groups.length === b.groups.length && a.groups.every((one, at) => one === b.groups[at]);
const now = () => about;

export const useScope = (): string[] => useSyncExternalStore(subscribe, now).groups;
// "2026-01-31", or nothing for now.
export const useAsOf = (): string => useSyncExternalStore(subscribe, now).asOf;

// What the server counts over devices; the rest (people, feeds, settings) is the same for every group.
const aboutDevices = /^(\/api\/(machines|software|browserExtensions|hardware|networkShares|deviceTags|vulnerableComponents|vulnerabilities|recommendations|alerts|configurations|configurationScore|exposureScore|serviceTargets\/breaches|advancedqueries|merlon\/(changes\/|whatIf))|\/v2\/rest\/query)/i;
const ofAllGroups = /^\/api\/(exposureScore\/ByMachineGroups|(exposureScore|configurationScore)\/history)/i;
// What the server remembers of a time (docs/history.md).
const remembered = /^(\/api\/(machines(\/\$count)?|machines\/(SoftwareInventoryByMachine|SoftwareVulnerabilitiesByMachine|SecureConfigurationsAssessmentByMachine)(\/\$count)?|exposureScore(\/ByMachineGroups)?|configurationScore|recommendations(\/\$count)?|exceptions(\/\$count)?|remediationTasks(\/\$count|\/[^/]+\/devices)?|advancedqueries\/run)|\/v2\/rest\/query)(\?|$)/i;

export function scoped(path: string): string {
  const more = [
    ...(aboutDevices.test(path) && !ofAllGroups.test(path) ? about.groups.map((group) => `deviceGroups=${encodeURIComponent(group)}`) : []),
    // A day is meant whole: what was true at its end.
    ...(about.asOf && remembered.test(path) ? [`asOf=${about.asOf}T23:59:59Z`] : []),
  ];
  return more.length ? path + (path.includes('?') ? '&' : '?') + more.join('&') : path;
}

// Keeps the address and what is chosen in step: the address wins where it says something.
export function useAddress() {
  const [params, setParams] = useSearchParams();
  const queries = useQueryClient();
  const chosen = useSyncExternalStore(subscribe, now);
  const shown = useRef(chosen);
  useEffect(() => {
    const given = said(params);
    const next = { groups: given.groups.length ? given.groups : about.groups, asOf: given.asOf || about.asOf };
    choose(next);
    if (!same(given, next)) setParams((before) => withAbout(before, next), { replace: true });
  }, [params, setParams]);
  // Other devices, another day: nothing of what is shown holds.
  useEffect(() => {
    if (same(shown.current, chosen)) return;
    shown.current = chosen;
    void queries.resetQueries({ predicate: ({ queryKey: [first] }) => !['session', 'groups', 'hunting'].includes(String(first)) });
  }, [chosen, queries]);
}

export function useChoose() {
  const [, setParams] = useSearchParams();
  return (part: Partial<About>) => {
    choose({ ...about, ...part });
    setParams((before) => withAbout(before, about));
  };
}

function withAbout(before: URLSearchParams, { groups, asOf }: About): URLSearchParams {
  const next = new URLSearchParams(before);
  next.delete(groupsKey);
  groups.forEach((group) => next.append(groupsKey, group));
  if (asOf) next.set(dayKey, asOf);
  else next.delete(dayKey);
  return next;
}
