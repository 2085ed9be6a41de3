// Event timeline: what became known or worse, each thing once.
import { Link, useNavigate } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { count, get } from '../api/client';
import type { ScoreDay, TimelineEvent } from '../api/kinds';
import { address, all, any, contains, hasAny, oneOf, type Page } from '../api/odata';
import type { Column, Filter } from '../list/kinds';
import { daysOf, within } from '../list/days';
import { List } from '../list/list';
import { useOpen, useTab } from '../ui/address';
import { Spark, Trend, type Point } from '../ui/charts';
import { useGroups } from '../ui/groups';
import { Head } from '../ui/head';
import { Facts, Panel, Section } from '../ui/panel';
import { TroubleLine } from '../ui/states';
import { Tabs } from '../ui/tabs';
import { number, percent, plural, shortTime, spaced, tenths, time } from '../ui/words';
import { kqlHas, kqlIn, kqlText } from '../app/hunting';
import { useAsOf, useScope } from '../app/scope';
import { useSession } from '../app/session';
import { Changes } from './changes';
import { ExposedDevices } from './exposed_devices';

export const eventWords: Record<string, string> = {
  NewVulnerability: 'New vulnerability', NewPublicExploit: 'New public exploit', ExploitVerified: 'Exploit was verified', ExploitAddedToKit: 'Exploit added to a kit',
  KnownExploited: 'Known to be exploited', UpcomingEndOfSupport: 'Upcoming end of support', EndOfSupport: 'End of support', EndOfSupportResolved: 'End of support resolved', NewConfigurationAssessment: 'New configuration assessment', Baseline: 'The watch began',
};
const share = (devices: number, of: number) => `${number(devices)} (${percent(of / 100)})`;
const columns: Column<TimelineEvent>[] = [
  { key: 'event', title: 'Event', sort: 'event', text: (r) => r.event, show: (r) => <span title={r.event}>{r.event}</span> },
  { key: 'time', title: 'Date', width: 150, sort: 'time', text: (r) => r.time, show: (r) => <span title={time(r.time)}>{shortTime(r.time)}</span> },
  { key: 'type', title: 'Type', width: 176, sort: 'type', text: (r) => eventWords[r.type] ?? r.type },
  { key: 'component', title: 'Related component', width: 150, wide: true, sort: 'relatedComponent', text: (r) => r.relatedComponent },
  { key: 'then', title: 'Originally impacted', width: 136, numeric: true, sort: 'originallyImpactedDevices', text: (r) => r.originallyImpactedDevices, show: (r) => share(r.originallyImpactedDevices, r.originallyImpactedShare) },
  { key: 'now', title: 'Currently impacted', width: 140, numeric: true, sort: 'currentlyImpactedDevices', text: (r) => r.currentlyImpactedDevices, show: (r) => share(r.currentlyImpactedDevices, r.currentlyImpactedShare) },
  { key: 'score', title: 'Score trend', width: 92, wide: true, text: () => '', show: (r) => <AroundIt at={r.time} /> },
  { key: 'cvss', title: 'Highest CVSS', width: 110, numeric: true, optional: true, sort: 'highestCvss', text: (r) => r.highestCvss, show: (r) => r.highestCvss?.toFixed(1) ?? '' },
];
const since = (days: number) => `time ge ${new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 19)}Z`;
const filters: Filter[] = [
  { key: 'type', title: 'Type', options: Object.entries(eventWords).map(([value, label]) => ({ value, label })), odata: (values) => oneOf('type', values) },
  { key: 'when', title: 'When', single: true, options: [{ value: '1', label: 'In the last day' }, { value: '7', label: 'In the last 7 days' }, { value: '30', label: 'In the last 30 days' }, { value: '90', label: 'In the last 90 days' }], odata: ([value]) => since(Number(value)) },
  { key: 'between', title: 'Between two days', written: 'days', options: [], odata: ([value]) => within('time', value!, 'local') },
  { key: 'share', title: 'Share of devices impacted', single: true, options: [{ value: '1', label: '1% and more' }, { value: '10', label: '10% and more' }, { value: '50', label: '50% and more' }], odata: ([value]) => `currentlyImpactedShare ge ${Number(value)}` },
];

// Events keep the name of no group as it is stored.
const stored = (group: string) => (group === 'Unassigned' ? '' : group);

// The list as KQL; `only`: of what it is.
function asQuery(only: string, q: string, chosen: Record<string, string[]>): string {
  const between = daysOf(chosen.between?.[0] ?? '');
  return ['MerlonTimelineEvents', only,
    chosen.when ? `| where Timestamp > ago(${Number(chosen.when[0])}d)` : '',
    between?.first ? `| where Timestamp >= datetime(${between.first})` : '', between?.last ? `| where Timestamp < datetime(${between.last}) + 1d` : '',
    kqlIn('EventType', chosen.type).trim(),
    chosen.group ? `| where ${chosen.group.map((group) => `DeviceGroups has ${kqlText(group)}`).join(' or ')}` : '',
    chosen.share ? `| where CurrentlyImpactedDevices * 100.0 / TotalDevices >= ${Number(chosen.share[0])}` : '',
    kqlHas(q, 'Event', 'RelatedComponent').trim(),
    '| project Timestamp, EventType, Event, RelatedComponent, OriginallyImpactedDevices, CurrentlyImpactedDevices', '| order by Timestamp desc',
  ].filter(Boolean).join('\n');
}

// `only`: its condition in KQL, where it is not the timeline of the whole fleet.
export function EventList({ name, source, only = '' }: { name: string; source: string; only?: string }) {
  const scope = useScope();
  const groups = useGroups();
  const [openId, open] = useOpen();
  const given: Filter[] = groups.data?.length ? [...filters, { key: 'group', title: 'Device group', options: groups.data.map((value) => ({ value, label: value })), odata: (values) => hasAny('deviceGroups', values.map(stored)) }] : filters;
  return (
    <>
      <List<TimelineEvent> name={name} source={source} fixed={scope.length ? hasAny('deviceGroups', scope.map(stored)) : undefined} columns={columns} filters={given} rowKey={(r) => r.id} rowName={(r) => r.event} open={(r) => open(r.id)} openKey={openId}
        search={{ hint: 'Search events', odata: (text) => any(contains('event', text), contains('relatedComponent', text)) }}
        hunting={({ q, filters: chosen }) => asQuery(only, q, chosen)}
        empty={{ title: 'Nothing has happened yet', text: 'Events are written whenever new knowledge or a new inventory comes in.' }} />
      {openId && <EventPanel id={openId} close={() => open()} />}
    </>
  );
}

const exploitEvents = ['NewPublicExploit', 'ExploitVerified', 'ExploitAddedToKit', 'KnownExploited'];

function Events() {
  const totals = useQuery({
    queryKey: ['event-totals'],
    queryFn: ({ signal }) => Promise.all([count('/api/events', all("type eq 'NewVulnerability'", since(30)), signal), count('/api/events', all(oneOf('type', exploitEvents), since(30)), signal)]),
  });
  const [weak, exploits] = totals.data ?? [0, 0];
  return (
    <>
      {totals.error ? <TroubleLine what="What the last 30 days brought could not be read" error={totals.error} again={() => void totals.refetch()} /> : <p className="quiet">In the last 30 days: {!totals.data ? '...' : weak || exploits ? <><Link to="/timeline?type=NewVulnerability&when=30">{plural(weak, 'product')} with new vulnerabilities</Link>, <Link to={`/timeline?${exploitEvents.map((type) => `type=${type}&`).join('')}when=30`}>{plural(exploits, 'exploit')} that became known</Link>.</> : 'no new vulnerability and no new exploit.'}</p>}
      <EventList name="events" source="/api/events" />
    </>
  );
}

export default function Timeline() {
  const [tab, go] = useTab(['events', 'changes']);
  const tabs = [{ key: 'events', title: 'Events' }, { key: 'changes', title: 'What changed' }];
  return (
    <div className="page fills">
      <Head title="Event timeline" text="What became known or worse, each thing once: new weaknesses of what is installed, exploits, ends of support, new checks." />
      <Tabs label="Event timeline" tabs={tabs} at={tab} go={go} />
      {tab === 'changes' ? <Changes /> : <Events />}
    </div>
  );
}

function EventPanel({ id, close }: { id: string; close: () => void }) {
  const { may } = useSession();
  const asked = useQuery({ queryKey: ['event', id], queryFn: ({ signal }) => get<TimelineEvent>(`/api/events/${encodeURIComponent(id)}`, signal) });
  const one = asked.data;
  return (
    <Panel id={id} close={close} asked={asked} title={one ? (eventWords[one.type] ?? one.type) : 'Event'} under={one && <span className="quiet">{time(one.time)}</span>}
      page={one?.recommendationId ? { to: `/recommendations?open=${encodeURIComponent(one.recommendationId)}`, words: 'Open the recommendation' } : undefined}>
      {one && (
        <>
          <Section title="What happened"><p className="text">{one.event}</p></Section>
          <Section title="Details">
            <Facts facts={[
              ['Originally impacted', share(one.originallyImpactedDevices, one.originallyImpactedShare)], ['Currently impacted', share(one.currentlyImpactedDevices, one.currentlyImpactedShare)],
              ['Related component', one.softwareId ? <Link key="l" to={`/software/${encodeURIComponent(one.softwareId)}`}>{one.relatedComponent}</Link> : one.relatedComponent],
              ['Highest CVSS', one.highestCvss?.toFixed(1)], ['Device groups', one.deviceGroups.map((group) => group || 'Unassigned').join(', ')], ['Versions', one.versions.join(', ')],
            ]} />
          </Section>
          {one.cves.length > 0 && (
            <Section title="CVEs" end={plural(one.cves.length, 'CVE')}><ul className="columns">{one.cves.map((cve) => <li key={cve}><Link to={`/weaknesses?open=${cve}`}>{cve}</Link></li>)}</ul></Section>
          )}
          {one.recommendationId && may('SecurityRecommendation.Read.All') && <ExposedDevices source={`/api/recommendations/${encodeURIComponent(one.recommendationId)}/machineReferences`} about={one.relatedComponent} title={`Devices exposed through ${one.relatedComponent} now`} none="No device is exposed through it now." />}
          <Around at={one.time} />
        </>
      )}
    </Panel>
  );
}

// The exposure score of the days around one.
function useScoreAround(at: string, most: number): Point[] {
  const when = new Date(at).getTime();
  return (useHistory(90).days ?? []).map(dayOf).filter((day) => Math.abs(day.at - when) < most * 86_400_000);
}
function AroundIt({ at }: { at: string }) {
  return <Spark points={useScoreAround(at, 8)} of="Exposure score" words={tenths} />;
}
function Around({ at }: { at: string }) {
  const points = useScoreAround(at, 31);
  return points.length > 1 ? <Section title="Exposure score around it"><Trend points={points} top={100} label="The exposure score around that day" /></Section> : null;
}

const causeWords = (cause: string) => spaced(cause).toLowerCase();
// "new vulnerabilities +2.1, fixed −0.4": what moved the score that day.
export const changeWords = ({ changes }: ScoreDay) => changes.slice(0, 2).map(({ cause, points }) => `${causeWords(cause)} ${points > 0 ? '+' : '\u2212'}${tenths(Math.abs(points))}`).join(', ');
export const dayOf = (day: ScoreDay): Point => ({ at: new Date(day.date).getTime(), value: day.score, note: changeWords(day) });

// "See all events from this day": where a day of a trend leads.
export function useEventsOfDay() {
  const navigate = useNavigate();
  return ({ at }: Point) => {
    const day = new Date(at).toISOString().slice(0, 10);
    void navigate(`/timeline?between=${day}..${day}`);
  };
}

// The score of one group, oldest first.
export const useHistoryOf = (group: string, days: number): History<ScoreDay> => oldestFirst(useDays<ScoreDay>('/api/exposureScore/history', days, [group]));

// The secure score of the last days, oldest first. What several groups together had is not the sum of theirs: there is none.
export interface SecureDay { date: string; rbacGroupName: string | null; score: number; possible: number }
export function useSecureHistory(days: number, group?: string): History<SecureDay> {
  const scope = useScope();
  return oldestFirst(useDays<SecureDay>('/api/configurationScore/history', days, group ? [group] : scope, scope.length < 2 || group !== undefined));
}
export const secureDayOf = ({ date, score, possible }: SecureDay): Point => ({ at: new Date(date).getTime(), value: possible ? (100 * score) / possible : 0, note: `${tenths(score)} of ${number(Math.round(possible))} points` });

// No days yet: they are being read, or `error` says why they are not there.
interface History<Day> { days?: Day[]; error: unknown; again: () => void }
const oldestFirst = <Day,>({ days, ...asked }: History<Day>): History<Day> => ({ ...asked, days: days?.toReversed() });

// Days of a history, the newest first; up to the day that is looked at.
function useDays<Day>(path: string, days: number, groups: string[], enabled = true): History<Day> {
  const asOf = useAsOf();
  const { may } = useSession();
  const of = groups.length ? `(${oneOf('rbacGroupName', groups)})` : 'rbacGroupName eq null';
  const filter = asOf ? `${of} and date le ${asOf}T23:59:59Z` : of;
  const { data, error, refetch } = useQuery({
    queryKey: ['history', path, days, filter], enabled: enabled && may('Score.Read.All'),
    queryFn: ({ signal }) => get<Page<Day>>(address(path, { filter, top: days * Math.max(1, groups.length) }), signal),
  });
  return { days: data?.value, error, again: () => void refetch() };
}

// The score of the last days, oldest first: of all devices, of one group, or of several together: the mean of theirs by weight.
export function useHistory(days: number): History<ScoreDay> {
  const scope = useScope();
  const found = useDays<ScoreDay>('/api/exposureScore/history', days, scope);
  return oldestFirst(scope.length > 1 ? { ...found, days: found.days && together(found.days) } : found);
}
// Days of several groups, newest first, as days of all of them. Why it changed is told of each group only.
function together(all: ScoreDay[]): ScoreDay[] {
  const weight = (of: ScoreDay[]) => of.reduce((sum, one) => sum + one.weight, 0);
  const days = new Map<string, ScoreDay[]>();
  for (const one of all) days.set(one.date, [...(days.get(one.date) ?? []), one]);
  return [...days.values()].map((of) => ({
    ...of[0]!, rbacGroupName: null, devices: of.reduce((sum, one) => sum + one.devices, 0), weight: weight(of),
    score: weight(of) > 0 ? of.reduce((sum, one) => sum + one.score * one.weight, 0) / weight(of) : 0, change: 0, changes: [],
  }));
}
