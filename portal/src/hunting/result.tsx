// An answer: its table or its picture, a row by itself, and what leaves as a file.
import { lazy, Suspense, useMemo, useState } from 'react';
import { Button, Dropdown, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger, MessageBar, MessageBarBody, Option, Spinner, ToggleButton } from '@fluentui/react-components';
import { ArrowDownloadRegular, DataBarVerticalRegular, FilterRegular, TableRegular } from '@fluentui/react-icons';
import { fileOf } from '../api/client';
import { csv, save, saveFile } from '../list/csv';
import { useToasts } from '../ui/toast';
import { Panel } from '../ui/panel';
import { Bones, Explain } from '../ui/states';
import { cellText, type Answer, type Cell } from './answer';
import { Grid, seen, type View } from './grid';
import { chartNames, chartOf, type ChartKind } from './kinds';

const Chart = lazy(() => import('./chart'));

// `sent`: the query as it was run.
interface Props { answer: Answer; name: string; sent: string; addFilter: (column: number, value: Cell, equal: boolean) => void }

export function Result({ answer, name, sent, addFilter }: Props) {
  const asked = chartOf(answer.render.Visualization);
  const [shown, show] = useState<'table' | 'chart'>(asked ? 'chart' : 'table');
  const [kind, setKind] = useState<ChartKind>(asked ?? (answer.columns.some(({ type }) => type === 'datetime') ? 'line' : 'column'));
  const [view, change] = useState<View>({ filters: {} });
  const [filtering, filter] = useState(false);
  const [row, openRow] = useState<Cell[]>();
  const rows = useMemo(() => seen(answer, view), [answer, view]);
  const file = name.replace(/[^\w-]+/g, '-').toLowerCase() || 'query';
  const toCsv = () => save(`${file}.csv`, 'text/csv', `\ufeff${csv([answer.columns.map((one) => one.name), ...rows.map((cells) => cells.map((cell) => (typeof cell === 'number' ? cell : cellText(cell))))])}`);
  const toNdjson = () => save(`${file}.ndjson`, 'application/x-ndjson', rows.map((cells) => `${JSON.stringify(Object.fromEntries(cells.map((cell, i) => [answer.columns[i]!.name, cell])))}\n`).join(''));
  const toasts = useToasts();
  const [making, make] = useState(false);
  const toParquet = async () => {
    make(true);
    try {
      saveFile(`${file}.parquet`, await fileOf('/api/advancedqueries/run?$format=parquet', { Query: sent }));
    } catch (error) {
      toasts.failed('The export failed', error);
    }
    make(false);
  };
  return (
    <>
      <div className="hunt-result-bar">
        <ToggleButton size="small" appearance="subtle" checked={shown === 'table'} icon={<TableRegular />} onClick={() => show('table')}>Table</ToggleButton>
        <ToggleButton size="small" appearance="subtle" checked={shown === 'chart'} icon={<DataBarVerticalRegular />} onClick={() => show('chart')}>Chart</ToggleButton>
        {shown === 'chart' && (
          <Dropdown size="small" className="hunt-kind" aria-label="Kind of chart" value={chartNames[kind]} selectedOptions={[kind]} onOptionSelect={(_, { optionValue }) => setKind(optionValue as ChartKind)}>
            {Object.entries(chartNames).map(([key, words]) => <Option key={key} value={key}>{words}</Option>)}
          </Dropdown>
        )}
        {shown === 'table' && <ToggleButton size="small" appearance="subtle" checked={filtering} icon={<FilterRegular />} onClick={() => { if (filtering) change({ ...view, filters: {} }); filter(!filtering); }}>Filter columns</ToggleButton>}
        {view.group !== undefined && shown === 'table' && <button className="chip" onClick={() => change({ ...view, group: undefined })}>By {answer.columns[view.group]!.name} <span aria-hidden>×</span><span className="unseen">do not group</span></button>}
        <span className="hunt-bar-end">
          <Menu>
            <MenuTrigger disableButtonEnhancement><Button size="small" appearance="subtle" icon={making ? <Spinner size="tiny" /> : <ArrowDownloadRegular />} disabled={making}>Export</Button></MenuTrigger>
            <MenuPopover><MenuList><MenuItem onClick={toCsv}>CSV</MenuItem><MenuItem onClick={toNdjson}>NDJSON</MenuItem><MenuItem onClick={() => void toParquet()}>Parquet</MenuItem></MenuList></MenuPopover>
          </Menu>
        </span>
      </div>
      {answer.notes.map((note) => <MessageBar key={note} intent="warning"><MessageBarBody>{note}</MessageBarBody></MessageBar>)}
      {!answer.rows.length ? <Explain title="No rows" text="The query ran, and nothing fits it." />
        : shown === 'chart' ? <Suspense fallback={<Bones lines={5} />}><Chart answer={{ ...answer, rows }} kind={kind} /></Suspense>
          : <Grid answer={answer} view={view} change={change} filtering={filtering} openRow={openRow} addFilter={addFilter} />}
      {row && (
        <Panel id={String(answer.rows.indexOf(row))} title="Row" close={() => openRow(undefined)}>
          <dl className="hunt-row">
            {answer.columns.map((column, i) => (
              <div key={i}><dt>{column.name} <span>{column.type}</span></dt><dd>{typeof row[i] === 'object' && row[i] !== null ? <Tree value={row[i]} /> : row[i] === null ? <i className="quiet">null</i> : cellText(row[i])}</dd></div>
            ))}
          </dl>
        </Panel>
      )}
    </>
  );
}

// A dynamic value, folded at each level.
function Tree({ value }: { value: unknown }) {
  if (typeof value !== 'object' || value === null) return <code>{JSON.stringify(value)}</code>;
  const parts = Object.entries(value);
  if (!parts.length) return <code>{Array.isArray(value) ? '[]' : '{}'}</code>;
  return (
    <ul className="hunt-tree">
      {parts.map(([key, part]) => (
        <li key={key}>
          {typeof part === 'object' && part !== null
            ? <details open={parts.length < 12}><summary>{key} <span className="quiet">{Array.isArray(part) ? `[${part.length}]` : `{${Object.keys(part).length}}`}</span></summary><Tree value={part} /></details>
            : <><span className="hunt-key">{key}</span> <code>{JSON.stringify(part)}</code></>}
        </li>
      ))}
    </ul>
  );
}
