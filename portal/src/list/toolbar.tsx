// Above a list: search, filters, how many there are, columns, export, hunting.
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import {
  Button, Checkbox, DrawerBody, DrawerFooter, DrawerHeader, DrawerHeaderTitle, Field, Input, Menu, MenuItemCheckbox, MenuList, MenuPopover, MenuTrigger, OverlayDrawer,
  SearchBox, Spinner, Tooltip,
} from '@fluentui/react-components';
import { ArrowDownloadRegular, ColumnEditRegular, DismissRegular, FilterRegular, SearchInfoRegular } from '@fluentui/react-icons';
import { useKeys } from '../app/keyboard';
import { huntingAddress } from '../app/hunting';
import { useSession } from '../app/session';
import { useFocusBack } from '../ui/focus';
import { number, plural } from '../ui/words';
import { useToasts } from '../ui/toast';
import { csv, save } from './csv';
import { daysOf, daysText, daysWords, upsideDown } from './days';
import { everyRow, type Source } from './data';
import type { Column, Filter } from './kinds';
import type { ListProps } from './list';
import { queryOf, type ListState } from './state';
import { Views } from './views';

interface Props<Row> extends Omit<ListProps<Row>, 'source' | 'filters'> {
  filters: Filter[];
  state: ListState;
  change: (part: Partial<ListState>) => void;
  total?: number;
  asOf: number;
  fetching: boolean;
  source: Source;
  shown: Column<Row>[];
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export function Toolbar<Row>(props: Props<Row>) {
  const { state, change, filters, search, total } = props;
  const navigate = useNavigate();
  const [panel, openPanel] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  const { may } = useSession();
  const hunting = props.hunting && may('AdvancedQuery.Read.All') && huntingAddress(queryOf(props.hunting, state, filters));
  useKeys({
    '/': search && (() => box.current?.focus()),
    f: filters.length ? () => openPanel(true) : undefined,
    h: hunting ? () => void navigate(hunting) : undefined,
  });
  const chosen = Object.keys(state.filters).length;
  return (
    <div className="list-bar">
      {search && <Search box={box} hint={search.hint} text={state.q} change={(q) => change({ q })} />}
      {filters.length > 0 && (
        <Button appearance="subtle" icon={<FilterRegular />} onClick={() => openPanel(true)}>Filters{chosen ? ` (${chosen})` : ''}</Button>
      )}
      {props.actions}
      <span className="list-count" aria-live="polite" title={props.asOf ? `As of ${clock.format(props.asOf)}` : undefined}>
        {total === undefined ? '' : plural(total, 'row')}
        {props.fetching && total !== undefined && <Spinner size="extra-tiny" aria-label="Loading" />}
      </span>
      <Views list={props.name} />
      <Columns {...props} />
      <Export {...props} />
      {hunting && (
        <Tooltip content="Open this list as a query (h)" relationship="description">
          <Button appearance="subtle" icon={<SearchInfoRegular />} onClick={() => void navigate(hunting)}>Open in hunting</Button>
        </Tooltip>
      )}
      {panel && <FilterPanel filters={filters} state={state} change={change} close={() => openPanel(false)} />}
    </div>
  );
}

function Search({ box, hint, text, change }: { box: React.RefObject<HTMLInputElement | null>; hint: string; text: string; change: (text: string) => void }) {
  const [now, setNow] = useState(text);
  const told = useRef(text);
  // Changed from elsewhere: a view, "Clear the search", a step back. What is being typed keeps the field, and the focus.
  useEffect(() => {
    if (text === told.current) return;
    told.current = text;
    setNow(text);
  }, [text]);
  useEffect(() => {
    if (now === told.current) return;
    const later = setTimeout(() => { told.current = now; change(now); }, 250);
    return () => clearTimeout(later);
  }, [now, change]);
  return (
    <SearchBox ref={box} className="list-search" placeholder={hint} aria-label={hint} value={now}
      onChange={(_, { value }) => setNow(value)} onKeyDown={(event) => event.key === 'Escape' && box.current?.blur()} />
  );
}

function Columns<Row>({ columns, state, change }: Props<Row>) {
  return (
    <Menu checkedValues={{ columns: state.columns }}
      onCheckedValueChange={(_, { checkedItems }) => checkedItems.length && change({ columns: columns.map(({ key }) => key).filter((key) => checkedItems.includes(key)) })}>
      <MenuTrigger disableButtonEnhancement>
        <Tooltip content="Columns" relationship="label"><Button appearance="subtle" icon={<ColumnEditRegular />} /></Tooltip>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {columns.map(({ key, title }) => <MenuItemCheckbox key={key} name="columns" value={key}>{title}</MenuItemCheckbox>)}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

function Export<Row>({ name, source, shown, total }: Props<Row>) {
  const toasts = useToasts();
  const [progress, setProgress] = useState<number>();
  const run = async () => {
    setProgress(0);
    try {
      const rows = await everyRow<Row>(source, setProgress);
      const every = shown.flatMap(({ title, text, file }) => file?.map((one) => ({ title, ...one })) ?? [{ title, text }]);
      const columns = every.filter(({ title }, i) => every.findIndex((one) => one.title === title) === i); // a score that its severity has brought is there once
      save(`${name}.csv`, 'text/csv;charset=utf-8', '\ufeff' + csv([columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ text }) => text(row)))]));
    } catch (error) {
      toasts.failed('The export failed', error);
    }
    setProgress(undefined);
  };
  return (
    <Tooltip content="Export all rows as CSV" relationship="label">
      <Button appearance="subtle" icon={<ArrowDownloadRegular />} disabled={!total} disabledFocusable={progress !== undefined} onClick={() => void run()}>
        {progress !== undefined ? `${number(progress)} of ${number(total ?? 0)}` : undefined}
      </Button>
    </Tooltip>
  );
}

// The choice takes effect with Apply, so that several boxes are one step back in the browser.
function FilterPanel({ filters, state, change, close }: { filters: Filter[]; state: ListState; change: (part: Partial<ListState>) => void; close: () => void }) {
  useFocusBack();
  const [draft, setDraft] = useState(state.filters);
  const flip = (filter: Filter, value: string, on: boolean) =>
    setDraft((before) => {
      const others = filter.single ? [] : (before[filter.key] ?? []).filter((one) => one !== value);
      return { ...before, [filter.key]: on ? [...others, value] : others };
    });
  const write = (filter: Filter, value: string) => setDraft((before) => ({ ...before, [filter.key]: value === '' ? [] : [value] }));
  const wrong = filters.some(({ key, written }) => written === 'days' && upsideDown(daysOf(draft[key]?.[0] ?? '') ?? { first: '', last: '' }));
  const apply = (chosen: Record<string, string[]>) => {
    change({ filters: Object.fromEntries(Object.entries(chosen).filter(([, values]) => values.length)) });
    close();
  };
  const trimmed = () => Object.fromEntries(Object.entries(draft).map(([key, values]) => [key, values.map((value) => value.trim()).filter(Boolean)]));
  return (
    <OverlayDrawer open position="end" onOpenChange={(_, { open }) => !open && close()} className="filter-panel">
      <DrawerHeader>
        <DrawerHeaderTitle action={<Button appearance="subtle" aria-label="Close" icon={<DismissRegular />} onClick={close} />}>Filters</DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>
        {filters.filter(({ written, options }) => written || options.length).map((filter) => (
          <fieldset key={filter.key}>
            <legend>{filter.title}</legend>
            {filter.written === 'text' && (
              <Input aria-label={filter.title} placeholder={filter.hint} value={draft[filter.key]?.[0] ?? ''} onChange={(_, { value }) => write(filter, value)}
                onKeyDown={(event) => event.key === 'Enter' && !wrong && apply(trimmed())} />
            )}
            {filter.written === 'days' && <DayRange text={draft[filter.key]?.[0] ?? ''} change={(text) => write(filter, text)} />}
            {filter.options.map(({ value, label }) => (
              <Checkbox key={value} label={label} checked={draft[filter.key]?.includes(value) ?? false} onChange={(_, { checked }) => flip(filter, value, checked === true)} />
            ))}
          </fieldset>
        ))}
      </DrawerBody>
      <DrawerFooter>
        <Button appearance="primary" disabled={wrong} onClick={() => apply(trimmed())}>Apply</Button>
        <Button onClick={() => apply({})}>Clear all</Button>
      </DrawerFooter>
    </OverlayDrawer>
  );
}

function DayRange({ text, change }: { text: string; change: (text: string) => void }) {
  const days = daysOf(text) ?? { first: '', last: '' };
  return (
    <div className="day-range">
      <Field label="From"><Input type="date" value={days.first} onChange={(_, { value }) => change(daysText({ ...days, first: value }))} /></Field>
      <Field label="To" validationMessage={upsideDown(days) ? 'It ends before it begins.' : undefined}>
        <Input type="date" value={days.last} onChange={(_, { value }) => change(daysText({ ...days, last: value }))} />
      </Field>
    </div>
  );
}

export function FilterChips({ filters, state, change }: { filters: Filter[]; state: ListState; change: (part: Partial<ListState>) => void }) {
  const chips = filters.flatMap((filter) => (state.filters[filter.key] ?? []).map((value) => ({ filter, value })));
  if (!chips.length) return null;
  const without = (key: string, value: string) => ({ ...state.filters, [key]: state.filters[key]!.filter((one) => one !== value) });
  return (
    <div className="chips" aria-label="Filters in effect" role="group">
      {chips.map(({ filter, value }) => {
        const label = filter.written === 'days' ? daysWords(value) : filter.options.find((option) => option.value === value)?.label ?? value;
        return (
          <button key={filter.key + value} className="chip" aria-label={`Remove the filter ${filter.title}: ${label}`}
            onClick={() => change({ filters: without(filter.key, value) })}>
            <span className="quiet">{filter.title}</span> {label} <DismissRegular aria-hidden />
          </button>
        );
      })}
      <button className="link" onClick={() => change({ filters: {} })}>Clear all</button>
    </div>
  );
}
