// What a list shows, as the address holds it: ?q=text&sort=-field&tags=a&tags=b&columns=x.y
// Chosen columns are remembered by this browser as well; the address wins.
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { useSearchParams } from 'react-router';
import { all } from '../api/odata';
import { matching } from '../app/theme';
import type { Asked, Column, Filter } from './kinds';

export interface Sort { key: string; down: boolean }
export interface ListState {
  q: string;
  sort?: Sort;
  filters: Record<string, string[]>;
  columns: string[];
}

const narrow = matching('(max-width: 1430px)');
export const isNarrow = narrow.now;
export const widthOf = <Row,>({ width, slim }: Column<Row>) => (narrow.now() && slim) || width;
const remembered = (name: string) => localStorage.getItem(`merlon.columns.${name}`)?.split('.') ?? [];

export function useListState<Row>(name: string, columns: Column<Row>[], filters: Filter[]) {
  const [params, setParams] = useSearchParams();
  const little = useSyncExternalStore(narrow.subscribe, narrow.now); // it changes when somebody makes the window wider
  const state = useMemo<ListState>(() => {
    const sort = params.get('sort');
    const known = (keys: string[]) => keys.filter((key) => columns.some((column) => column.key === key));
    const chosen = known(params.get('columns')?.split('.') ?? remembered(name));
    return {
      q: params.get('q') ?? '',
      sort: sort ? { key: sort.replace(/^-/, ''), down: sort.startsWith('-') } : undefined,
      filters: Object.fromEntries(filters.map(({ key }) => [key, params.getAll(key)]).filter(([, values]) => values!.length)),
      columns: chosen.length ? chosen : columns.filter((column) => !column.optional && !(column.wide && little)).map((column) => column.key),
    };
  }, [params, name, columns, filters, little]);

  const change = useCallback(
    (part: Partial<ListState>) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          const put = (key: string, value?: string) => (value ? next.set(key, value) : next.delete(key));
          if ('q' in part) put('q', part.q);
          if ('sort' in part) put('sort', part.sort && (part.sort.down ? '-' : '') + part.sort.key);
          if (part.columns) {
            localStorage.setItem(`merlon.columns.${name}`, part.columns.join('.'));
            put('columns', part.columns.join('.'));
          }
          if (part.filters)
            for (const { key } of filters) {
              next.delete(key);
              for (const value of part.filters[key] ?? []) next.append(key, value);
            }
          return next;
        },
        { replace: !part.filters },
      ),
    [setParams, name, filters],
  );
  return [state, change] as const;
}

// The condition that the state comes to.
export function conditionOf(state: ListState, filters: Filter[], search?: (text: string) => string, fixed?: string): string {
  const chosen = filters.filter(({ key }) => state.filters[key]).map(({ key, odata }) => odata(state.filters[key]!));
  return all(fixed, ...chosen, state.q && search ? search(state.q) : undefined);
}

// The list as a query. A filter that makes no difference to it is named in it: it would be left out in silence.
export function queryOf(hunting: (asked: Asked) => string, { q, filters: chosen }: ListState, filters: Filter[]): string {
  const ask = (some: Filter[]) => hunting({
    q, filters: Object.fromEntries(some.map(({ key }) => [key, chosen[key]!])), where: some.map(({ key, kql }) => kql?.(chosen[key]!)).filter(Boolean).map((one) => `\n| where ${one}`).join(''),
  });
  const used = filters.filter(({ key }) => chosen[key]);
  const query = ask(used);
  const lost = used.filter((filter) => ask(used.filter((one) => one !== filter)) === query);
  return lost.map(({ title }) => `// The filter "${title}" of the list is not in this query.\n`).join('') + query;
}
