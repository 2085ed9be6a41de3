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

// Another tab begins with nothing chosen.
export function useTab(first: string) {
  const [params, setParams] = useSearchParams();
  const go = useCallback((tab: string) => setParams(tab === first ? {} : { tab }), [setParams, first]);
  return [params.get('tab') ?? first, go] as const;
}
