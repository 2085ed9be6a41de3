// A short table of things that people manage: all rows at once, actions at the end of each.
import type { KeyboardEvent, ReactNode } from 'react';
import { useKeys } from '../app/keyboard';
import { Bones, Trouble } from './states';

interface Props<Row> {
  label: string;
  rows?: Row[];
  error?: unknown;
  again: () => void;
  rowKey: (row: Row) => string;
  columns: { title: string; width?: number; numeric?: boolean; show: (row: Row) => ReactNode }[];
  none: ReactNode;
}

export function PlainTable<Row>({ label, rows, error, again, rowKey, columns, none }: Props<Row>) {
  // The keys of lists, over all tables of the screen; a list beside them has the keys until one of these has the focus.
  const step = (by: number) => {
    const all = [...document.querySelectorAll<HTMLElement>('.small-table.managed tbody tr')];
    const at = all.findIndex((row) => row.contains(document.activeElement));
    if (at < 0 && document.querySelector('.list')) return false;
    all[at < 0 ? 0 : Math.max(0, Math.min(at + by, all.length - 1))]?.focus();
  };
  useKeys({ j: () => step(1), k: () => step(-1) });
  const enter = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Enter' && event.target === event.currentTarget) event.currentTarget.querySelector<HTMLElement>('a, button.link')?.click();
  };
  if (error) return <Trouble error={error} again={again} />;
  if (!rows) return <div className="card"><Bones lines={5} /></div>;
  return (
    <div className="card">
      {rows.length ? (
        <div className="card-scroll" tabIndex={-1}>
          <table className="small-table managed" aria-label={label} style={{ minWidth: columns.reduce((sum, { width }) => sum + (width ?? 180), 0) }}>
            <colgroup>{columns.map(({ title, width }) => <col key={title} style={width ? { width } : undefined} />)}</colgroup>
            <thead><tr>{columns.map(({ title, numeric }) => <th key={title} scope="col" className={numeric ? 'numeric' : undefined}>{title}</th>)}</tr></thead>
            <tbody>{rows.map((row) => <tr key={rowKey(row)} tabIndex={-1} onKeyDown={enter}>{columns.map(({ title, numeric, show }) => <td key={title} className={numeric ? 'numeric' : undefined}>{show(row)}</td>)}</tr>)}</tbody>
          </table>
        </div>
      ) : <p className="quiet">{none}</p>}
    </div>
  );
}
