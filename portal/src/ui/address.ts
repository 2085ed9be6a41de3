// What the address says of the panel and the tab that are open.
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

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

// A word of the address, and how to change it; the usual one is not written there. What is typed makes no step back.
export function useWord(name: string, usual = '') {
  const [params, setParams] = useSearchParams();
  const put = useCallback(
    (word: string) =>
      setParams((before) => {
        const next = new URLSearchParams(before);
        if (word && word !== usual) next.set(name, word);
        else next.delete(name);
        return next;
      }, { replace: true }),
    [setParams, name, usual],
  );
  return [params.get(name) ?? usual, put] as const;
}

// Another tab begins with nothing chosen. An address that names none of the tabs (an old link) means the first.
export function useTab(tabs: readonly string[]) {
  const [params, setParams] = useSearchParams();
  const first = tabs[0]!;
  const said = params.get('tab');
  const go = useCallback((tab: string) => setParams(tab === first ? {} : { tab }), [setParams, first]);
  return [said !== null && tabs.includes(said) ? said : first, go] as const;
}
