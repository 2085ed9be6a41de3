// The list of every screen: a real table whose rows come as they are scrolled to. The server filters, sorts and counts;
// the address holds what is chosen.
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { Checkbox } from '@fluentui/react-components';
import { ArrowDownRegular, ArrowUpRegular } from '@fluentui/react-icons';
import { useLocation, useNavigationType } from 'react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useKeys } from '../app/keyboard';
import { Explain, Patience, Trouble, TroubleLine } from '../ui/states';
import { number } from '../ui/words';
import { useRows } from './data';
import type { Asked, Column, Filter } from './kinds';
import { conditionOf, useListState, widthOf } from './state';
import { FilterChips, Toolbar } from './toolbar';

export interface ListProps<Row> {
  name: string; // under which columns are remembered; also the name of the exported file
  source: string; // "/api/recommendations"
  also?: string[]; // fields that come when they are asked for; a constant of the module
  columns: Column<Row>[]; // a constant of the module: identity matters
  filters?: Filter[];
  search?: { hint: string; odata: (text: string) => string };
  fixed?: string; // a condition that always holds
  order?: string; // $orderby until the reader sorts; nothing: the server's own order
  rowKey: (row: Row) => string;
  rowName: (row: Row) => string;
  open?: (row: Row) => void;
  openKey?: string; // the row whose panel is open
  ticks?: { ticked: ReadonlySet<string>; tick: (row: Row) => void };
  keys?: Record<string, (row: Row) => void>; // what a letter does with the row that has the focus
  hunting?: (state: Asked) => string; // the list as KQL
  empty: { title: string; text: ReactNode; action?: ReactNode };
  actions?: ReactNode;
}

const rowHeight = 44;
// How far a list was scrolled and at which row, by the step of the browser's history: who goes back is there again.
const places = new Map<string, { top: number; at: number }>();
const none: Filter[] = [];

export function List<Row>(props: ListProps<Row>) {
  const { name, columns, rowKey, rowName, open, ticks } = props;
  const filters = props.filters ?? none;
  const [state, change] = useListState(name, columns, filters);
  const scroller = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState<[number, number]>([0, 0]);
  const [at, setAt] = useState(0);
  const [, draw] = useState({});
  const shown = columns.filter((column) => state.columns.includes(column.key));
  const asked = [...(props.also ?? []), ...shown.flatMap(({ asks }) => asks ?? [])];
  const sorted = state.sort && columns.find((column) => column.key === state.sort!.key);
  const source = {
    path: props.source,
    filter: conditionOf(state, filters, props.search?.odata, props.fixed),
    orderby: sorted?.sort ? sorted.sort.split(', ').map((field) => `${field} ${state.sort!.down ? 'desc' : 'asc'}`).join(', ') : props.order,
    also: asked.length ? asked : undefined,
  };
  const data = useRows<Row>(source, range[0], range[1]);
  const total = data.total ?? 0;

  const virtual = useVirtualizer({ count: total, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 12 });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useLayoutEffect(() => {
    if (range[0] !== first || range[1] !== last) setRange([first, last]);
  }, [first, last, range]);

  const step = useLocation().key;
  const back = useNavigationType() === 'POP';
  const place = useRef({ top: 0, at });
  place.current.at = at;
  useEffect(() => () => void places.set(step, { ...place.current }), [step]);
  // Another question: to the top, or where it was left as soon as there are rows.
  const left = useRef<number>(undefined);
  useEffect(() => {
    const kept = back ? places.get(step) : undefined;
    setAt(kept?.at ?? 0);
    going.current = undefined;
    left.current = kept?.top ?? 0;
    draw({});
  }, [source.filter, source.orderby, source.path]);
  useLayoutEffect(() => {
    if (left.current === undefined || (left.current > 0 && !total)) return;
    scroller.current?.scrollTo({ top: left.current });
    left.current = undefined;
  });

  // The row that gets the focus as soon as it is drawn; another key may come before that, and goes on from there.
  const going = useRef<number>(undefined);
  useLayoutEffect(() => {
    const row = going.current !== undefined && scroller.current?.querySelector<HTMLElement>(`tr[data-row="${going.current}"]`);
    if (!row) return;
    going.current = undefined;
    row.focus({ preventScroll: true });
  });
  const focusRow = (index: number) => {
    going.current = index;
    setAt(index);
    virtual.scrollToIndex(index);
    draw({});
  };

  // Tab goes through the row that it comes to and out of the list again: of others, of which there may be 100,000, nothing is in its way.
  useLayoutEffect(() => {
    for (const row of scroller.current?.querySelectorAll<HTMLElement>('tr[data-row]') ?? [])
      for (const one of row.querySelectorAll('a, button, input'))
        if (Number(row.dataset.row) === at) one.removeAttribute('tabindex');
        else one.setAttribute('tabindex', '-1');
  });

  const focused = () => going.current ?? Number((document.activeElement as HTMLElement | null)?.dataset?.row ?? -1);
  useKeys({
    j: () => focusRow(Math.min(focused() < 0 ? at : focused() + 1, total - 1)),
    k: () => focusRow(Math.max((focused() < 0 ? at : focused()) - 1, 0)),
  });

  const onRowKey = (event: KeyboardEvent, row: Row, index: number) => {
    if (event.target !== event.currentTarget) return;
    if (event.key === 'Enter' && open) open(row);
    else if (event.key === 'x' && ticks) ticks.tick(row);
    else if (props.keys?.[event.key]) props.keys[event.key]!(row);
    else if (event.key === 'ArrowDown') focusRow(Math.min(index + 1, total - 1));
    else if (event.key === 'ArrowUp') focusRow(Math.max(index - 1, 0));
    else return;
    event.preventDefault();
  };

  const sortBy = (column: Column<Row>) => {
    const now = state.sort;
    // First click: numbers and levels from the top, texts from A; second: the other way; third: the list's own order.
    const down = !!(column.numeric || column.most);
    if (now?.key !== column.key) change({ sort: { key: column.key, down } });
    else if (now.down === down) change({ sort: { key: column.key, down: !down } });
    else change({ sort: undefined });
  };

  const width = shown.reduce((sum, column) => sum + (widthOf(column) ?? 220), ticks ? 40 : 0);
  const span = shown.length + (ticks ? 1 : 0);
  const waiting = data.total === undefined && !data.error;
  const filtered = Object.keys(state.filters).length > 0;
  return (
    <div className="list" onFocus={() => { going.current = undefined; }}>
      <Toolbar {...props} filters={filters} state={state} change={change} total={data.total} asOf={data.asOf} fetching={data.fetching} source={source} shown={shown} />
      <FilterChips filters={filters} state={state} change={change} />
      {data.error && data.total !== undefined && <TroubleLine what="Not all rows could be read" error={data.error} again={data.again} />}
      <div className="list-scroll" ref={scroller} tabIndex={-1} onScroll={({ currentTarget }) => { place.current.top = currentTarget.scrollTop; }}>
        <table style={{ minWidth: width }} aria-rowcount={data.total === undefined ? -1 : total + 1} aria-busy={waiting}>
          <colgroup>
            {ticks && <col style={{ width: 40 }} />}
            {shown.map((column) => <col key={column.key} style={widthOf(column) ? { width: widthOf(column) } : undefined} />)}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              {ticks && <th><span className="unseen">Ticked</span></th>}
              {shown.map((column) => (
                <th key={column.key} scope="col" className={column.numeric ? 'numeric' : undefined}
                  aria-sort={!column.sort ? undefined : state.sort?.key !== column.key ? 'none' : state.sort.down ? 'descending' : 'ascending'}>
                  {column.sort ? (
                    <button onClick={() => sortBy(column)}>
                      <span>{column.title}</span>
                      {state.sort?.key === column.key && (state.sort.down ? <ArrowDownRegular aria-hidden /> : <ArrowUpRegular aria-hidden />)}
                    </button>
                  ) : (
                    <span>{column.title}</span>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {waiting && Array.from({ length: 14 }, (_, i) => <BoneRow key={i} index={i} span={span} />)}
            {items.length > 0 && first > 0 && <tr aria-hidden="true" className="gap"><td colSpan={span} style={{ height: items[0]!.start }} /></tr>}
            {items.map(({ index }) => {
              const row = data.rows.get(index);
              if (!row) return <BoneRow key={index} index={index} span={span} />;
              const key = rowKey(row);
              return (
                <tr key={index} data-row={index} tabIndex={index === at ? 0 : -1} aria-rowindex={index + 2}
                  className={open ? (key === props.openKey ? 'opens open' : 'opens') : undefined}
                  onFocus={() => setAt(index)}
                  onKeyDown={(event) => onRowKey(event, row, index)}
                  onClick={(event) => open && !(event.target as Element).closest('a, button, input, label') && !String(getSelection()) && open(row)}>
                  {ticks && (
                    <td className="tick">
                      <Checkbox checked={ticks.ticked.has(key)} onChange={() => ticks.tick(row)} aria-label={`Tick ${rowName(row)}`} />
                    </td>
                  )}
                  {shown.map((column, i) => (
                    <td key={column.key} className={column.numeric ? 'numeric' : undefined}>
                      {i === 0 && open ? <button className="row-open" onClick={() => open(row)}>{column.show?.(row) ?? column.text(row)}</button> : (column.show?.(row) ?? column.text(row))}
                    </td>
                  ))}
                </tr>
              );
            })}
            {items.length > 0 && last < total - 1 && (
              <tr aria-hidden="true" className="gap"><td colSpan={span} style={{ height: virtual.getTotalSize() - items.at(-1)!.end }} /></tr>
            )}
          </tbody>
        </table>
        {items.length > 0 && items.length < total && <p className="on-paper">{number(items.length)} of {number(total)} rows; the CSV export has all.</p>}
        {waiting && <Patience />}
        {data.error && data.total === undefined && <Trouble error={data.error} again={data.again} />}
        {!data.error && data.total === 0 && (state.q || filtered ? (
          <Explain title="Nothing fits" text={!state.q ? 'No row fits all filters.' : `No row has \u201c${state.q}\u201d in what is searched here${filtered ? ' and fits all filters' : ''}.`}
            action={<button className="link" onClick={() => change({ q: '', filters: {} })}>{!state.q ? 'Clear the filters' : filtered ? 'Clear search and filters' : 'Clear the search'}</button>} />
        ) : (
          <Explain {...props.empty} />
        ))}
      </div>
    </div>
  );
}

function BoneRow({ index, span }: { index: number; span: number }) {
  return (
    <tr className="bone-row" aria-hidden="true">
      {Array.from({ length: span }, (_, i) => <td key={i}><span style={{ width: `${45 + ((index * 29 + i * 17) % 45)}%` }} /></td>)}
    </tr>
  );
}
