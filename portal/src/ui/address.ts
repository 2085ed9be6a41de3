// What the address says of the panel and the tab that are open.
import { useCallback, useEffect, useState } from 'react';
import { useNavigationType, useSearchParams } from 'react-router';

export function useOpen(name = 'open') {
  const [params, setParams] = useSearchParams();
  const open = useCallback(
    (id?: string) =>
      setParams((before) => {
        const next = new URLSearchParams(before);
        if (id) next.set(name, id);
        else next.delete(name);
        return next;
      }),
    [setParams, name],
  );
  return [params.get(name) ?? undefined, open] as const;
}

// A word of the address, and how to change it; the usual one is not written there. What is typed makes no step back, and is shown
// before the address has it.
export function useWord(name: string, usual = '') {
  const [params, setParams] = useSearchParams();
  const said = params.get(name) ?? usual;
  const [word, setWord] = useState(said);
  const stepped = useNavigationType() === 'POP';
  useEffect(() => {
    if (stepped) setWord(said);
  }, [said, stepped]);
  const put = useCallback(
    (next: string) => {
      setWord(next);
      setParams((before) => {
        const params = new URLSearchParams(before);
        if (next && next !== usual) params.set(name, next);
        else params.delete(name);
        return params;
      }, { replace: true });
    },
    [setParams, name, usual],
  );
  return [word, put] as const;
}

// Another tab begins with nothing chosen. An address that names none of the tabs (an old link) means the first.
export function useTab(tabs: readonly string[]) {
  const [params, setParams] = useSearchParams();
  const first = tabs[0]!;
  const said = params.get('tab');
  const go = useCallback((tab: string) => setParams(tab === first ? {} : { tab }), [setParams, first]);
  return [said !== null && tabs.includes(said) ? said : first, go] as const;
}
