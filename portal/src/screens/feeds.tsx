// Feeds and health: how fresh the knowledge is, and whether the server is well.
import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { get, send } from '../api/client';
import type { Feed } from '../api/kinds';
import { any, contains } from '../api/odata';
import { kqlHas } from '../app/hunting';
import { useSession } from '../app/session';
import type { Column } from '../list/kinds';
import { List } from '../list/list';
import { useAct } from '../ui/act';
import { Head } from '../ui/head';
import { Bones, TroubleLine } from '../ui/states';
import { ago, daysSince, number, plural, time } from '../ui/words';

const columns: Column<Feed>[] = [
  { key: 'name', title: 'Feed', width: 150, sort: 'name', text: (r) => r.name },
  { key: 'file', title: 'File', sort: 'file', text: (r) => r.file, show: (r) => <span title={r.file}>{r.file}</span> },
  { key: 'data', title: 'Data of', width: 150, sort: 'dataTime', text: (r) => r.dataTime, show: (r) => <Age iso={r.dataTime} /> },
  { key: 'loaded', title: 'Loaded', width: 150, sort: 'loadedAt', text: (r) => r.loadedAt, show: (r) => r.loadedAt && <span title={time(r.loadedAt)}>{ago(r.loadedAt)}</span> },
  { key: 'records', title: 'Records', width: 110, numeric: true, sort: 'records', text: (r) => r.records, show: (r) => number(r.records) },
  { key: 'kept', title: 'Kept', width: 110, wide: true, numeric: true, sort: 'kept', text: (r) => r.kept, show: (r) => number(r.kept) },
  { key: 'rejected', title: 'Rejected', width: 100, numeric: true, sort: 'rejected', text: (r) => r.rejected, show: (r) => <span className={r.rejected ? 'bad' : 'quiet'}>{number(r.rejected)}</span> },
  { key: 'digest', title: 'SHA-256', width: 170, optional: true, text: (r) => r.digest, show: (r) => <span className="mono" title={r.digest}>{r.digest.slice(0, 16)}</span> },
];

function Age({ iso }: { iso: string | null }) {
  if (!iso) return <span className="quiet">Not said</span>;
  return <span title={time(iso)} className={daysSince(iso) > 7 ? 'stale' : undefined}>{ago(iso)}</span>;
}

interface Health { name: string; url: string; state: string; everyHours: number; kept: number; loadedAt: string | null; dataTime: string | null; triedAt: string | null; lastResult: string; lastError: string; atWork: string; bytesFetched: number; bytesTotal: number }

const megabytes = (bytes: number) => `${number(Math.round(bytes / 1e5) / 10)} MB`;

// What the server does with a feed at this moment.
function workWords({ atWork, bytesFetched, bytesTotal }: Health): string {
  if (atWork !== 'fetching' || !bytesFetched) return atWork;
  return bytesTotal ? `fetching, ${megabytes(bytesFetched)} of ${megabytes(bytesTotal)}` : `fetching, ${megabytes(bytesFetched)}`;
}

// Each feed in a word; what failed says why, what is at work how far it is.
function Freshness() {
  const { data, error, refetch } = useQuery({
    queryKey: ['feed-health'],
    queryFn: ({ signal }) => get<{ value: Health[] }>('/api/feeds', signal),
    refetchInterval: ({ state }) => (state.data?.value.some(({ atWork }) => atWork) ? 1_000 : 60_000),
  });
  if (error) return <TroubleLine what="How fresh the feeds are could not be read" error={error} again={() => void refetch()} />;
  if (!data) return <div className="freshness-box"><Bones lines={2} /></div>;
  const onRequest = data.value.filter(({ state }) => state === 'on request');
  const idle = data.value.filter(({ state, loadedAt, lastError }) => !loadedAt && !lastError && state !== 'on request');
  const busy = data.value.filter(({ atWork }) => atWork && atWork !== 'waiting');
  const waiting = data.value.filter(({ atWork }) => atWork === 'waiting').length;
  return (
    <div className="freshness-box">
      {(busy.length > 0 || waiting > 0) && (
        <p role="status">
          {busy.map((feed) => <span key={feed.name}><b>{feed.name}</b> {workWords(feed)}</span>)}
          {waiting > 0 && <span className="quiet">{busy.length > 0 && '; '}{plural(waiting, 'feed')} {waiting === 1 ? 'waits' : 'wait'}</span>}
        </p>
      )}
      <ul className="freshness">
        {data.value.filter((feed) => !idle.includes(feed) && !onRequest.includes(feed)).map((feed) => (
          <li key={feed.name} title={[feed.url, feed.lastError].filter(Boolean).join('\n')}>
            <b>{feed.name}</b>
            <span className={feed.lastError ? 'bad' : feed.state === 'fresh' ? 'good' : 'quiet'}>{feed.lastError ? 'the last try failed' : feed.state}</span>
            <span className="quiet">{feed.loadedAt ? ago(feed.loadedAt) : 'not loaded'}</span>
          </li>
        ))}
      </ul>
      {idle.length > 0 && (
        <details className="quiet">
          <summary>{plural(idle.length, 'public feed')} {idle.length === 1 ? 'is' : 'are'} not loaded yet: {families(idle.map(({ name }) => name))}</summary>
          <ul className="columns idle">{idle.map(({ name, url }) => <li key={name} title={url}>{name}</li>)}</ul>
        </details>
      )}
      {onRequest.length > 0 && <p className="quiet">On request, with <code>merlon feeds update NAME</code>: {onRequest.map(({ name }) => name).join(', ')}</p>}
    </div>
  );
}

// "nvd (26), osv (14), kev"
function families(names: string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name.split('-')[0]!, (counts.get(name.split('-')[0]!) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([family, many]) => (many > 1 ? `${family} (${many})` : family)).join(', ');
}

function FetchNow() {
  const { may } = useSession();
  const { act } = useAct();
  if (!may('Merlon.Feeds.Update')) return null;
  return <Button onClick={() => void act({ send: () => send('POST', '/api/feeds/update', {}), done: 'The feeds are fetched one after the other; what is new is loaded and matched.' })}>Fetch now</Button>;
}

export default function Feeds() {
  const health = useQuery({
    queryKey: ['health'],
    queryFn: async ({ signal }) => {
      const answer = await fetch('/health/ready', { signal });
      const words = (await answer.text()).trim();
      return answer.ok || answer.status === 503 ? words : `The server answers ${answer.status}`; // what is between may answer in its place
    },
    refetchInterval: 30_000,
  });
  return (
    <div className="page fills">
      <Head title="Feeds and health" text={<>Where the knowledge came from, and how old it is by its own word. <code>merlon feeds update</code> fetches what is new; <code>merlon feeds load FILE</code> takes files where there is no internet.</>}
        end={<><FetchNow /><span className={`health ${health.data === 'ready' ? 'well' : health.data || health.error ? 'ill' : ''}`} role="status">
          {health.error ? 'The server does not answer' : health.data === 'ready' ? 'The server is well' : (health.data ?? 'Asking ...')}</span></>} />
      <Freshness />
      <List<Feed> name="feeds" source="/api/feeds/files" columns={columns} rowKey={(r) => r.id} rowName={(r) => r.file}
        search={{ hint: 'Search feed or file', odata: (text) => any(contains('name', text), contains('file', text)) }}
        hunting={({ q }) => `MerlonFeedFiles${kqlHas(q, 'FeedName', 'FileName')}\n| order by FeedName asc, LoadedTime desc`}
        empty={{ title: 'No knowledge yet', text: <><code>merlon feeds update</code> fetches the public feeds, <code>merlon demo</code> loads the starter knowledge.</> }} />
    </div>
  );
}
