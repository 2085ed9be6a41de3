// The rows of an answer: drawn as they are seen, sorted, filtered and grouped here; cells can be chosen, copied and made filters.
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { Button, Input, Menu, MenuDivider, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import { ArrowDownRegular, ArrowUpRegular, ChevronDownRegular, ChevronRightRegular, MoreVerticalRegular } from '@fluentui/react-icons';
import { useVirtualizer } from '@tanstack/react-virtual';
import { number } from '../ui/words';
import { cellText, compare, numeric, type Answer, type Cell } from './answer';

export interface View { sort?: { column: number; down: boolean }; filters: Record<number, string>; group?: number }
interface Place { row: number; column: number }
type Line = { row: Cell[]; at: number } | { group: string; count: number; open: boolean };
const high = 30;

// The rows as shown: filtered, sorted; also what is exported.
export function seen({ columns, rows }: Answer, { sort, filters }: View): Cell[][] {
  const wanted = Object.entries(filters).filter(([, text]) => text).map(([at, text]) => [Number(at), text.toLowerCase()] as const);
  const kept = wanted.length ? rows.filter((row) => wanted.every(([at, text]) => cellText(row[at]).toLowerCase().includes(text))) : rows;
  if (!sort) return kept;
  const type = columns[sort.column]!.type;
  return [...kept].sort((a, b) => (sort.down ? -1 : 1) * compare(a[sort.column]!, b[sort.column]!, type));
}

// Wide enough for the name and most of its values.
const widths = ({ columns, rows }: Answer) =>
  columns.map(({ name }, at) => {
    const longest = rows.slice(0, 200).reduce((most, row) => Math.max(most, cellText(row[at]).length), 0);
    return Math.round(Math.min(440, Math.max(name.length * 7.6 + 60, longest * 7.2 + 28)));
  });

interface Props {
  answer: Answer;
  view: View;
  change: (view: View) => void;
  filtering: boolean;
  openRow: (row: Cell[]) => void;
  addFilter: (column: number, value: Cell, equal: boolean) => void;
}

export function Grid({ answer, view, change, filtering, openRow, addFilter }: Props) {
  const scroll = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [from, setFrom] = useState<Place>();
  const [to, setTo] = useState<Place>();
  const [menu, setMenu] = useState<{ place: Place; x: number; y: number }>();
  const rows = useMemo(() => seen(answer, view), [answer, view]);
  const wide = useMemo(() => widths(answer), [answer]);
  const lines = useMemo(() => linesOf(rows, view.group, open), [rows, view.group, open]);
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => scroll.current, estimateSize: () => high, overscan: 12 });
  useEffect(() => {
    setFrom(undefined);
    setTo(undefined);
  }, [answer, view]);
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0, below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const area = from && to && { top: Math.min(from.row, to.row), bottom: Math.max(from.row, to.row), left: Math.min(from.column, to.column), right: Math.max(from.column, to.column) };
  const chosen = area ? lines.slice(area.top, area.bottom + 1).flatMap((line) => ('row' in line ? [line.row.slice(area.left, area.right + 1)] : [])) : [];

  const press = (event: MouseEvent, place: Place) => {
    if (event.button !== 0) return;
    if (event.shiftKey && from) event.preventDefault();
    else setFrom(place);
    setTo(place);
  };
  const move = (row: number, column: number, keep: boolean) => {
    const next = { row: Math.max(0, Math.min(lines.length - 1, row)), column: Math.max(0, Math.min(answer.columns.length - 1, column)) };
    if (!keep) setFrom(next);
    setTo(next);
    virtual.scrollToIndex(next.row);
  };
  const copy = (head: boolean) => {
    if (!area) return;
    const titles = head ? [answer.columns.slice(area.left, area.right + 1).map(({ name }) => name)] : [];
    void navigator.clipboard.writeText([...titles, ...chosen.map((row) => row.map(cellText))].map((row) => row.join('\t')).join('\n'));
  };
  const keys = (event: KeyboardEvent) => {
    if (event.target !== scroll.current || !lines.length) return;
    const at = to ?? { row: 0, column: 0 };
    const page = Math.floor((scroll.current?.clientHeight ?? 300) / high) - 2;
    const steps: Record<string, [number, number]> = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageDown: [page, 0], PageUp: [-page, 0], Home: [0, -1e6], End: [0, 1e6] };
    const step = steps[event.key];
    if (step) {
      event.preventDefault();
      if (!to) move(0, 0, false);
      else move(at.row + step[0], at.column + step[1], event.shiftKey);
    } else if ((event.ctrlKey || event.metaKey) && event.key === 'c') {
      event.preventDefault();
      copy(false);
    } else if ((event.ctrlKey || event.metaKey) && event.key === 'a') {
      event.preventDefault();
      setFrom({ row: 0, column: 0 });
      setTo({ row: lines.length - 1, column: answer.columns.length - 1 });
    } else if (event.key === 'Enter') {
      const line = lines[at.row];
      if (line && 'row' in line) openRow(line.row);
      else if (line) toggle(line.group);
    } else if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
      event.preventDefault();
      const box = scroll.current!.querySelector('td.at')?.getBoundingClientRect();
      if (box) setMenu({ place: at, x: box.left + 12, y: box.bottom });
    }
  };
  const toggle = (group: string) => setOpen((before) => {
    const next = new Set(before);
    if (!next.delete(group)) next.add(group);
    return next;
  });
  const valueAt = (place: Place) => {
    const line = lines[place.row];
    return line && 'row' in line ? line : undefined;
  };

  return (
    <>
      <div className="hunt-scroll" ref={scroll} tabIndex={0} role="region" aria-label="Rows of the answer" onKeyDown={keys}>
        <table className="hunt-grid" style={{ width: wide.reduce((a, b) => a + b, 52) }} aria-rowcount={lines.length + 1}>
          <colgroup><col style={{ width: 52 }} />{wide.map((width, at) => <col key={at} style={{ width }} />)}</colgroup>
          <thead>
            <tr>
              <th scope="col" className="hunt-number"><span className="unseen">Row</span></th>
              {answer.columns.map((_, at) => <Heading key={at} answer={answer} at={at} view={view} change={change} />)}
            </tr>
            {filtering && (
              <tr className="hunt-filters">
                <td />
                {answer.columns.map(({ name }, at) => (
                  <td key={at}><Input size="small" aria-label={`Rows whose ${name} has`} placeholder="has" value={view.filters[at] ?? ''} onChange={(_, { value }) => change({ ...view, filters: { ...view.filters, [at]: value } })} /></td>
                ))}
              </tr>
            )}
          </thead>
          <tbody>
            {above > 0 && <tr style={{ height: above }}><td colSpan={answer.columns.length + 1} /></tr>}
            {items.map(({ index }) => {
              const line = lines[index]!;
              if ('group' in line)
                return (
                  <tr key={index} className="hunt-group">
                    <td colSpan={answer.columns.length + 1}>
                      <button className="hunt-fold" aria-expanded={line.open} onClick={() => toggle(line.group)}>
                        {line.open ? <ChevronDownRegular /> : <ChevronRightRegular />} <b>{line.group || '(empty)'}</b> <span>{number(line.count)}</span>
                      </button>
                    </td>
                  </tr>
                );
              return (
                <tr key={index} aria-rowindex={index + 2} onDoubleClick={() => openRow(line.row)}>
                  <td className="hunt-number"><button tabIndex={-1} aria-label={`Open row ${line.at + 1}`} onClick={() => openRow(line.row)}>{line.at + 1}</button></td>
                  {line.row.map((value, column) => {
                    const inside = area && index >= area.top && index <= area.bottom && column >= area.left && column <= area.right;
                    const here = to?.row === index && to.column === column;
                    const { type } = answer.columns[column]!;
                    return (
                      <td key={column} className={`${numeric(type) ? 'numeric ' : ''}${value === null ? 'null ' : ''}${inside ? 'in ' : ''}${here ? 'at' : ''}`} title={cellText(value).length > 40 ? cellText(value).slice(0, 600) : undefined}
                        onMouseDown={(event) => press(event, { row: index, column })} onMouseEnter={(event) => event.buttons === 1 && from && setTo({ row: index, column })}
                        onContextMenu={(event) => {
                          event.preventDefault();
                          if (!inside) { setFrom({ row: index, column }); setTo({ row: index, column }); }
                          setMenu({ place: { row: index, column }, x: event.clientX, y: event.clientY });
                        }}>
                        {value === null ? 'null' : type === 'datetime' ? String(value).replace(/(\.\d*?)0+Z$/, '$1Z').replace('.Z', 'Z') : cellText(value)}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
            {below > 0 && <tr style={{ height: below }}><td colSpan={answer.columns.length + 1} /></tr>}
          </tbody>
        </table>
      </div>
      <Statistics cells={chosen.flat()} rows={rows.length} of={answer.rows.length} />
      {menu && (
        <Menu open onOpenChange={(_, data) => !data.open && setMenu(undefined)} positioning={{ target: { getBoundingClientRect: () => new DOMRect(menu.x, menu.y, 0, 0) } }}>
          <MenuPopover>
            <MenuList>
              <MenuItem onClick={() => { const line = valueAt(menu.place); if (line) addFilter(menu.place.column, line.row[menu.place.column]!, true); }}>Add as filter</MenuItem>
              <MenuItem onClick={() => { const line = valueAt(menu.place); if (line) addFilter(menu.place.column, line.row[menu.place.column]!, false); }}>Add as filter: not this value</MenuItem>
              <MenuDivider />
              <MenuItem onClick={() => copy(false)}>Copy</MenuItem>
              <MenuItem onClick={() => copy(true)}>Copy with headings</MenuItem>
              <MenuDivider />
              <MenuItem onClick={() => { const line = valueAt(menu.place); if (line) openRow(line.row); }}>Open the row</MenuItem>
            </MenuList>
          </MenuPopover>
        </Menu>
      )}
    </>
  );
}

function linesOf(rows: Cell[][], group: number | undefined, open: ReadonlySet<string>): Line[] {
  if (group === undefined) return rows.map((row, at) => ({ row, at }));
  const groups = new Map<string, Line[]>();
  rows.forEach((row, at) => {
    const name = cellText(row[group]);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name)!.push({ row, at });
  });
  return [...groups].sort((a, b) => b[1].length - a[1].length).flatMap(([name, under]) => [{ group: name, count: under.length, open: open.has(name) }, ...(open.has(name) ? under : [])]);
}

function Heading({ answer, at, view, change }: { answer: Answer; at: number; view: View; change: (view: View) => void }) {
  const { name, type } = answer.columns[at]!;
  const sorted = view.sort?.column === at ? (view.sort.down ? 'descending' : 'ascending') : undefined;
  const next = !sorted ? { column: at, down: numeric(type) } : view.sort!.down === numeric(type) ? { column: at, down: !numeric(type) } : undefined;
  return (
    <th scope="col" aria-sort={sorted} title={`${name}: ${type}`}>
      <div className="hunt-heading">
        <button onClick={() => change({ ...view, sort: next })}><span>{name}</span>{sorted && (sorted === 'descending' ? <ArrowDownRegular /> : <ArrowUpRegular />)}</button>
        <Menu>
          <MenuTrigger disableButtonEnhancement><Button size="small" appearance="transparent" icon={<MoreVerticalRegular />} aria-label={`More for ${name}`} /></MenuTrigger>
          <MenuPopover>
            <MenuList>
              <MenuItem onClick={() => change({ ...view, sort: { column: at, down: false } })}>Sort upwards</MenuItem>
              <MenuItem onClick={() => change({ ...view, sort: { column: at, down: true } })}>Sort downwards</MenuItem>
              <MenuItem onClick={() => change({ ...view, group: view.group === at ? undefined : at })}>{view.group === at ? 'Do not group' : 'Group by this column'}</MenuItem>
            </MenuList>
          </MenuPopover>
        </Menu>
      </div>
    </th>
  );
}

// Of the chosen cells, as a spreadsheet tells them.
function Statistics({ cells, rows, of }: { cells: Cell[]; rows: number; of: number }) {
  const figures = cells.filter((one) => typeof one === 'number');
  const sum = figures.reduce((a, b) => a + b, 0);
  const parts: [string, string][] = cells.length > 1
    ? [['Cells', number(cells.length)], ['Different', number(new Set(cells.map(cellText)).size)],
      ...(figures.length ? [['Sum', number(sum)], ['Mean', number(sum / figures.length)], ['Least', number(figures.reduce((a, b) => Math.min(a, b)))], ['Most', number(figures.reduce((a, b) => Math.max(a, b)))]] as [string, string][] : [])]
    : [];
  return (
    <div className="hunt-statistics" role="status">
      <span>{rows === of ? `${number(of)} ${of === 1 ? 'row' : 'rows'}` : `${number(rows)} of ${number(of)} rows`}</span>
      {parts.map(([name, value]) => <span key={name}>{name} <b>{value}</b></span>)}
    </div>
  );
}
