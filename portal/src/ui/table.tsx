// A short table of things that people manage: all rows at once, actions at the end of each.
import type { ReactNode } from 'react';
import { Bones, Trouble } from './states';

interface Props<Row> {
  label: string;
  rows?: Row[];
  error?: unknown;
  again: () => void;
  rowKey: (row: Row) => string;
  columns: { title: string; width?: number; show: (row: Row) => ReactNode }[];
  none: ReactNode;
}

export function PlainTable<Row>({ label, rows, error, again, rowKey, columns, none }: Props<Row>) {
  if (error) return <Trouble error={error} again={again} />;
  if (!rows) return <div className="card"><Bones lines={5} /></div>;
  return (
    <div className="card">
      {rows.length ? (
        <div className="card-scroll" tabIndex={-1}>
          <table className="small-table" aria-label={label} style={{ minWidth: columns.reduce((sum, { width }) => sum + (width ?? 180), 0) }}>
            <colgroup>{columns.map(({ title, width }) => <col key={title} style={width ? { width } : undefined} />)}</colgroup>
            <thead><tr>{columns.map(({ title }) => <th key={title} scope="col">{title}</th>)}</tr></thead>
            <tbody>{rows.map((row) => <tr key={rowKey(row)}>{columns.map(({ title, show }) => <td key={title}>{show(row)}</td>)}</tr>)}</tbody>
          </table>
        </div>
      ) : <p className="quiet">{none}</p>}
    </div>
  );
}
