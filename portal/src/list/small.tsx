// A short list inside a panel or a card: the first rows, and more on demand.
import { useRef, useState, type ReactNode } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import { address, type Options, type Page } from '../api/odata';
import { Bones, Trouble, TroubleLine } from '../ui/states';
import { number } from '../ui/words';

export interface SmallColumn<Row> { title: string; width?: number | string; numeric?: boolean; show: (row: Row) => ReactNode }

interface Props<Row> {
  source: string;
  options?: Options;
  columns: SmallColumn<Row>[];
  rowKey: (row: Row) => string;
  first?: number;
  none: ReactNode;
  label: string;
}

export function SmallList<Row>({ source, options, columns, rowKey, first = 8, none, label }: Props<Row>) {
  const [top, setTop] = useState(first);
  const { data, error, refetch } = useQuery({
    queryKey: ['small', source, options, top],
    queryFn: ({ signal }) => get<Page<Row>>(address(source, { ...options, top, count: true }), signal),
    placeholderData: keepPreviousData,
  });
  // When no more of them can be read, those that were shown stay.
  const of = JSON.stringify([source, options]);
  const kept = useRef<{ of: string; page: Page<Row> }>(undefined);
  if (data) kept.current = { of, page: data };
  const shown = data ?? (kept.current?.of === of ? kept.current.page : undefined);
  if (error && !(shown && top > first)) return <Trouble error={error} again={() => void refetch()} />;
  if (!shown) return <Bones lines={4} />;
  const total = shown['@odata.count'] ?? shown.value.length;
  if (!total) return <p className="quiet">{none}</p>;
  return (
    <>
      <div className="card-scroll" tabIndex={-1}>
        <table className="small-table" aria-label={label} style={{ minWidth: columns.reduce((sum, { width }) => sum + (typeof width === 'number' ? width : 100), 0) }}>
          <colgroup>{columns.map(({ title, width }) => <col key={title} style={width ? { width } : undefined} />)}</colgroup>
          <thead>
            <tr>{columns.map(({ title, numeric }) => <th key={title} scope="col" className={numeric ? 'numeric' : undefined}>{title}</th>)}</tr>
          </thead>
          <tbody>
            {shown.value.map((row) => (
              <tr key={rowKey(row)}>{columns.map(({ title, numeric, show }) => <td key={title} className={numeric ? 'numeric' : undefined}>{show(row)}</td>)}</tr>
            ))}
          </tbody>
        </table>
      </div>
      {error && <TroubleLine what="More could not be read" error={error} again={() => void refetch()} />}
      {!error && total > shown.value.length && (
        <p className="small-more">
          <span className="quiet">{number(shown.value.length)} of {number(total)}</span>{' '}
          <button className="link" onClick={() => setTop(top + 50)}>Show more</button>
        </p>
      )}
    </>
  );
}
