// Advanced hunting. ?query=KQL opens a tab with that query (app/hunting.ts makes such addresses).
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Button, Dropdown, MessageBar, MessageBarBody, MessageBarTitle, Option, Tooltip } from '@fluentui/react-components';
import { AddRegular, AlertRegular, DismissRegular, LinkRegular, PanelLeftRegular, PlayFilled, SaveRegular, StopRegular } from '@fluentui/react-icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { get, Problem, send } from '../api/client';
import { useSession } from '../app/session';
import { condition, run, withCondition, withRange, type Answer } from '../hunting/answer';
import type { EditorHandle } from '../hunting/editor';
import { newTab, readPast, readTabs, withPast, writePast, writeTabs, type QueryTab, type SavedQuery } from '../hunting/kept';
import { ask, readSchema, verdictOn, type Verdict } from '../hunting/language';
import { Result } from '../hunting/result';
import { SaveDialog } from '../hunting/save';
import { Side } from '../hunting/side';
import { Explain, Reason } from '../ui/states';
import { useToasts } from '../ui/toast';
import { plural } from '../ui/words';
import '../hunting/hunting.css';

const Editor = lazy(() => import('../hunting/editor'));
const ranges: [string, string][] = [['', 'Time: as the query says'], ['1h', 'Last hour'], ['1d', 'Last day'], ['7d', 'Last 7 days'], ['30d', 'Last 30 days'], ['90d', 'Last 90 days']];

interface Failure { error: unknown; offset: number; places: Verdict['errors'] }
interface Outcome { stop?: AbortController; since: number; took: number; answer?: Answer; failure?: Failure; cancelled?: boolean; note?: string; query: string; sent: string }

// A query's outcome stays with its tab until the next run.
function useRuns(done: (query: string, words: string) => void) {
  const [runs, setRuns] = useState<Record<string, Outcome>>({});
  const put = useCallback((tab: string, outcome: Outcome) => setRuns((before) => ({ ...before, [tab]: outcome })), []);
  const start = useCallback(async (tab: string, query: string, offset: number, sent: string, note?: string) => {
    const stop = new AbortController();
    const since = performance.now();
    const base = { since, took: 0, query, sent, note };
    put(tab, { ...base, stop });
    const took = () => performance.now() - since;
    try {
      const answer = await run(sent, stop.signal);
      put(tab, { ...base, took: took(), answer });
      done(query, plural(answer.rows.length, 'row'));
    } catch (error) {
      const elapsed = took();
      if (stop.signal.aborted) return put(tab, { ...base, took: elapsed, cancelled: true });
      // The places come from the server's check of the query as it was written.
      const places = await verdictOn(query).then(({ errors }) => errors, () => []);
      put(tab, { ...base, took: elapsed, failure: { error, offset, places } });
      done(query, 'refused');
    }
  }, [put, done]);
  return { runs, start };
}

export default function Hunting() {
  const { may } = useSession();
  const toasts = useToasts();
  const queries = useQueryClient();
  const [params, setParams] = useSearchParams();
  const [{ tabs, at }, setTabs] = useState(readTabs);
  const [past, setPast] = useState(readPast);
  const [ago, setAgo] = useState('');
  const [wide, setWide] = useState(() => window.innerWidth > 1100);
  const [saving, setSaving] = useState(false);
  const [edition, edit] = useState(0);
  const [quiet, setQuiet] = useState<string[]>([]);
  const editor = useRef<EditorHandle>(null);
  const tab = tabs.find(({ id }) => id === at) ?? tabs[0]!;
  const schema = useQuery({ queryKey: ['hunting', 'schema'], queryFn: ({ signal }) => readSchema(signal), staleTime: Infinity });
  const saved = useQuery({ queryKey: ['hunting', 'saved'], queryFn: async ({ signal }) => (await get<{ value: SavedQuery[] }>('/api/savedQueries', signal)).value });

  const remember = useCallback((query: string, words: string) => setPast((before) => {
    const next = withPast(before, { query, at: Date.now(), words });
    writePast(next);
    return next;
  }), []);
  const { runs, start } = useRuns(remember);
  const outcome = runs[tab.id];

  useEffect(() => {
    if (schema.data) void ask('schema', schema.data).then(() => edit((n) => n + 1), (error) => toasts.failed('The language service did not start', error));
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [schema.data]);
  useEffect(() => writeTabs({ tabs, at }), [tabs, at]);

  const openTab = useCallback((name: string, text: string, id?: string) => setTabs((before) => {
    const there = before.tabs.find((one) => one.text === text && text);
    if (there) return { ...before, at: there.id };
    const made = newTab(name, text, id);
    // An empty tab gives its place.
    const kept = before.tabs.filter((one) => one.id !== before.at || one.text.trim());
    return { tabs: [...kept, made], at: made.id };
  }), []);
  const given = params.get('query');
  useEffect(() => {
    if (given === null) return;
    openTab('From a link', given);
    setParams({}, { replace: true });
  }, [given, openTab, setParams]);

  const change = (patch: Partial<QueryTab>) => setTabs((before) => ({ ...before, tabs: before.tabs.map((one) => (one.id === tab.id ? { ...one, ...patch } : one)) }));
  const add = () => setTabs((before) => {
    const made = newTab(`Query ${before.tabs.length + 1}`);
    return { tabs: [...before.tabs, made], at: made.id };
  });
  const close = (id: string) => {
    runs[id]?.stop?.abort();
    setTabs((before) => {
      const rest = before.tabs.filter((one) => one.id !== id);
      const kept = rest.length ? rest : [newTab('Query 1')];
      return { tabs: kept, at: id === before.at ? kept.at(-1)!.id : before.at };
    });
  };

  const hasTimestamp = (name: string) => schema.data?.tables.find((one) => one.name === name)?.columns.some((one) => one.name === 'Timestamp');
  const runText = (text: string, from = 0) => {
    if (!text.trim() || outcome?.stop) return;
    const ranged = withRange(text, ago, hasTimestamp);
    void start(tab.id, text, from, ranged.text, ranged.note);
  };
  const runNow = () => {
    const part = editor.current?.toRun();
    if (part) runText(part.text, part.from);
  };
  const open = ({ name, query, saved: one }: { name: string; query: string; saved?: SavedQuery }) => openTab(name, query, one?.canChange ? one.id : undefined);
  const sample = (table: string) => {
    const made = newTab(table, `${table}\n| take 10`);
    setTabs((before) => ({ tabs: [...before.tabs.filter((one) => one.id !== before.at || one.text.trim()), made], at: made.id }));
    void start(made.id, made.text, 0, made.text);
  };

  const again = () => queries.invalidateQueries({ queryKey: ['hunting', 'saved'] });
  const share = (one: SavedQuery) => send('PATCH', `/api/savedQueries/${one.id}`, { shared: !one.shared }).then(() => { void again(); toasts.done(one.shared ? 'No longer shared' : 'Shared with everybody'); }, (error) => toasts.failed('Not changed', error));
  const drop = async (one: SavedQuery) => {
    try {
      await send('DELETE', `/api/savedQueries/${one.id}`);
      await again();
      const { name, description, query, shared } = one;
      toasts.done(`Deleted ${name}`, () => void send('POST', '/api/savedQueries', { name, description, query, shared }).then(again, (error) => toasts.failed('Not brought back', error)));
    } catch (error) {
      toasts.failed('Not deleted', error);
    }
  };
  const link = () => {
    const about = new URLSearchParams(location.search);  // the day and the device groups that are chosen stay
    about.set('query', editor.current?.text() ?? tab.text);
    const text = `${location.origin}/hunting?${about}`;
    navigator.clipboard.writeText(text).then(() => toasts.done('The link to this query is copied'), (error) => toasts.failed('Not copied', error));
  };
  const addFilter = (answer: Answer, query: string) => (column: number, value: Answer['rows'][number][number], equal: boolean) => {
    const next = withCondition(query, condition(answer.columns[column]!, value, equal));
    const all = editor.current?.text() ?? '';
    editor.current?.replace(all.includes(query) ? all.replace(query, () => next) : next);
    runText(next);
  };
  const mine = saved.data?.find(({ id }) => id === tab.saved);
  const detections = may('CustomDetection.Read.All');

  return (
    <div className={wide ? 'hunt' : 'hunt alone'}>
      <h1 className="unseen">Advanced hunting</h1>
      {wide && <Side schema={schema.data} saved={saved.data} trouble={schema.error ?? saved.error} again={() => { void schema.refetch(); void saved.refetch(); }} past={past}
        insert={(words) => editor.current?.insert(words)} sample={sample} open={open} share={(one) => void share(one)} drop={(one) => void drop(one)} forget={() => { setPast([]); writePast([]); }} />}
      <div className="hunt-main">
        <div className="hunt-tabs" role="group" aria-label="Queries">
          {tabs.map((one) => (
            <span key={one.id} className={one.id === tab.id ? 'hunt-tab at' : 'hunt-tab'}>
              <button aria-pressed={one.id === tab.id} onClick={() => setTabs({ tabs, at: one.id })}>{one.name}{runs[one.id]?.stop && ' …'}</button>
              <button aria-label={`Close ${one.name}`} onClick={() => close(one.id)}><DismissRegular /></button>
            </span>
          ))}
          <Tooltip content="New query" relationship="label"><Button size="small" appearance="subtle" icon={<AddRegular />} onClick={add} /></Tooltip>
        </div>
        <div className="hunt-bar">
          <Tooltip content={wide ? 'Hide schema and queries' : 'Show schema and queries'} relationship="label"><Button appearance="subtle" icon={<PanelLeftRegular />} onClick={() => setWide(!wide)} /></Tooltip>
          {outcome?.stop
            ? <Button icon={<StopRegular />} onClick={() => outcome.stop!.abort()}>Cancel</Button>
            : <Tooltip content="Runs the selection, or the query that the caret is in (Shift Enter)" relationship="description"><Button appearance="primary" icon={<PlayFilled />} onClick={runNow}>Run query</Button></Tooltip>}
          <Dropdown className="hunt-range" aria-label="Time range" value={ranges.find(([key]) => key === ago)![1]} selectedOptions={[ago || 'none']} onOptionSelect={(_, { optionValue }) => setAgo(optionValue === 'none' ? '' : optionValue ?? '')}>
            {ranges.map(([key, words]) => <Option key={key} value={key || 'none'}>{words}</Option>)}
          </Dropdown>
          {outcome && <Elapsed outcome={outcome} />}
          <span className="hunt-bar-end">
            {may('Merlon.SavedQueries.Write') && <Button appearance="subtle" icon={<SaveRegular />} onClick={() => setSaving(true)}>Save</Button>}
            <Button appearance="subtle" icon={<LinkRegular />} onClick={link}>Copy link</Button>
            {detections && <Link className="hunt-rule" to={`/alerts?tab=detections&query=${encodeURIComponent(tab.text)}`}><AlertRegular aria-hidden /> Make detection rule</Link>}
          </span>
        </div>
        <Suspense fallback={<div className="hunt-editor" />}>
          <Editor key={tab.id} edition={edition} handle={editor} text={tab.text} changed={(text) => change({ text })} run={runNow} save={() => may('Merlon.SavedQueries.Write') && setSaving(true)} judged={(verdict) => setQuiet(verdict.tablesWithoutSource)} />
        </Suspense>
        <section className="hunt-result" aria-label="Result">
          {quiet.length > 0 && <MessageBar intent="info"><MessageBarBody>No source of this server feeds {quiet.join(', ')}: no rows will come from there.</MessageBarBody></MessageBar>}
          {outcome?.note && <MessageBar intent="info"><MessageBarBody>{outcome.note}</MessageBarBody></MessageBar>}
          {outcome?.failure && <Refusal failure={outcome.failure} query={outcome.query} goTo={(place) => editor.current?.goTo(place)} />}
          {outcome?.cancelled && <Explain title="Cancelled" text="The server was told to stop this query." />}
          {outcome?.answer && <Result key={outcome.since} answer={outcome.answer} name={tab.name} sent={outcome.sent} addFilter={addFilter(outcome.answer, outcome.query)} />}
          {!outcome && <Beginning saved={saved.data} open={open} />}
          {outcome?.stop && <div className="hunt-waiting" role="progressbar" aria-label="The query runs" />}
        </section>
      </div>
      {saving && <SaveDialog name={tab.name} query={editor.current?.text() ?? tab.text} before={mine} close={() => setSaving(false)} saved={(one) => { change({ name: one.name, saved: one.id }); void again(); }} />}
    </div>
  );
}

function Elapsed({ outcome }: { outcome: Outcome }) {
  const [now, tick] = useState(() => performance.now());
  useEffect(() => {
    if (!outcome.stop) return;
    const timer = setInterval(() => tick(performance.now()), 100);
    return () => clearInterval(timer);
  }, [outcome.stop]);
  const seconds = (outcome.stop ? Math.max(0, now - outcome.since) : outcome.took) / 1000;
  return (
    <span className="hunt-elapsed">
      {outcome.stop ? `Running, ${seconds.toFixed(1)} s` : `${seconds.toFixed(seconds < 1 ? 2 : 1)} s`}{outcome.answer && `, ${plural(outcome.answer.rows.length, 'row')}`}
    </span>
  );
}

// What was refused, where, and what may help.
function Refusal({ failure: { error, offset, places }, query, goTo }: { failure: Failure; query: string; goTo: (at: number) => void }) {
  const id = error instanceof Problem ? error.requestId : '';
  const lines = query.split('\n');
  return (
    <div className="hunt-refusal" role="alert">
      <MessageBar intent="error" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>{places.length > 1 ? `${places.length} errors.` : 'The query was not run.'}</MessageBarTitle>{' '}
          {places.length ? id && <span className="quiet">Request <code>{id}</code></span> : <Reason error={error} />}
        </MessageBarBody>
      </MessageBar>
      {places.map((one) => (
        <div key={`${one.from}${one.kind}`} className="hunt-place">
          <p><b>{one.kind}</b> {one.words}</p>
          {one.hint && <p className="quiet">{one.hint}</p>}
          <pre>{`${String(one.line).padStart(3)} | ${lines[one.line - 1] ?? ''}\n    | ${' '.repeat(Math.max(0, one.column - 1))}${'^'.repeat(Math.max(1, Math.min(one.to - one.from, (lines[one.line - 1] ?? '').length)))}`}</pre>
          <button className="link" onClick={() => goTo(one.from + offset)}>Go to line {one.line}, column {one.column}</button>
        </div>
      ))}
    </div>
  );
}

function Beginning({ saved, open }: { saved?: SavedQuery[]; open: (query: { name: string; query: string; saved?: SavedQuery }) => void }) {
  const builtIn = useMemo(() => saved?.filter(({ kind }) => kind === 'builtIn') ?? [], [saved]);
  return (
    <div className="hunt-beginning">
      <h2>Ask your fleet anything</h2>
      <p className="quiet">Write KQL above and press <kbd>Shift Enter</kbd>. Ctrl Space completes; the schema at the left inserts what you click.{builtIn.length > 0 && ' Or begin with one of these:'}</p>
      <ul>
        {builtIn.map((one) => (
          <li key={one.id}><button onClick={() => open({ name: one.name, query: one.query, saved: one })}><b>{one.name}</b><span>{one.description}</span></button></li>
        ))}
      </ul>
    </div>
  );
}
