// The rows that are on the screen, page by page: the first page asks how many there are, the others come as they are
// scrolled to.
import { useMemo } from 'react';
import { useQueries, useQueryClient } from '@tanstack/react-query';
import { get } from '../api/client';
import { address, type Page } from '../api/odata';

export const pageSize = 100;

// `also`: fields that come when they are asked for.
export interface Source { path: string; filter: string; orderby?: string; also?: string[] }
const selectOf = ({ also }: Source) => (also ? ['*', ...also] : undefined);

export function useRows<Row>(source: Source, first: number, last: number) {
  const queries = useQueryClient();
  const pages = useMemo(() => {
    const wanted = new Set([0]);
    for (let page = Math.floor(first / pageSize); page <= Math.floor(Math.max(first, last) / pageSize); ++page) wanted.add(page);
    return [...wanted];
  }, [first, last]);
  const results = useQueries({
    queries: pages.map((page) => ({
      queryKey: ['list', source.path, source.filter, source.orderby ?? '', page, source.also],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        get<Page<Row>>(address(source.path, { filter: source.filter, orderby: source.orderby, top: pageSize, skip: page * pageSize, count: page === 0, select: selectOf(source) }), signal),
    })),
  });
  const rows = new Map<number, Row>();
  pages.forEach((page, i) => results[i]!.data?.value.forEach((row, at) => rows.set(page * pageSize + at, row)));
  const failed = results.find((result) => result.error);
  return {
    rows,
    total: results[0]!.data?.['@odata.count'],
    error: failed?.error ?? undefined,
    fetching: results.some((result) => result.isFetching),
    asOf: results[0]!.dataUpdatedAt,
    again: () => void queries.refetchQueries({ queryKey: ['list', source.path] }),
  };
}

// Every row, for an export; told how many have come.
export async function everyRow<Row>(source: Source, told: (count: number) => void): Promise<Row[]> {
  const rows: Row[] = [];
  const step = 5_000;
  for (;;) {
    const { value } = await get<Page<Row>>(address(source.path, { filter: source.filter, orderby: source.orderby, top: step, skip: rows.length, select: selectOf(source) }));
    rows.push(...value);
    told(rows.length);
    if (value.length < step) return rows;
  }
}
