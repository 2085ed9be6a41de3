// The dashboard: how exposed we are, what clears most of it, and where to look next.
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { count, get, Problem, send } from '../api/client';
import type { ConfigurationScore, Machine, Recommendation, RemediationTask, Software, TimelineEvent, WhatIf } from '../api/kinds';
import { address, oneOf, type Page } from '../api/odata';
import { useAsOf, useScope } from '../app/scope';
import { useSession } from '../app/session';
import { SmallList } from '../list/small';
import { useOpen } from '../ui/address';
import { Bars, ExposedSpark, Ring, Trend } from '../ui/charts';
import { Head } from '../ui/head';
import { Level, Share, Tags, Threats } from '../ui/marks';
import { OnPaper } from '../ui/on_paper';
import { Bones, Explain, Trouble, TroubleLine } from '../ui/states';
import { date as dateWords, number, percent, plural, productName, tenths } from '../ui/words';
import { categoryWords } from './configuration';
import { changeWords, dayOf, secureDayOf, useEventsOfDay, useHistory, useSecureHistory } from './timeline';
import { Impact, named } from './recommendation_list';
import { ScorePanel } from './score_panel';

export const levelOf = (score: number) => (score >= 70 ? 'High' : score >= 30 ? 'Medium' : score > 0 ? 'Low' : 'None');

const weekAgo = () => `${new Date(Date.now() - 7 * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;

export default function Dashboard() {
  const { may } = useSession();
  const scope = useScope();
  const asOf = useAsOf();
  const [partsBy, showParts] = useOpen('score');
  const devices = useQuery({ queryKey: ['device-count'], queryFn: ({ signal }) => count('/api/machines', '', signal), enabled: may('Machine.Read.All') });
  if (devices.data === 0 && !scope.length && !asOf) return <Beginning />;
  if (asOf) return <Past devices={devices.data} />;
  return (
    <div className="page">
      <Head title="Dashboard" text={may('SecurityRecommendation.Read.All') ? <FirstLine /> : undefined} end={<OnPaper name="merlon-dashboard" />} />
      <div className="cards dashboard">
        <Exposure parts="?score=software" />
        <Secure />
        {may('Machine.Read.All') && <Distribution />}
        {may('SecurityRecommendation.Read.All') && <TopRecommendations />}
        {may('Machine.Read.All') && may('Score.Read.All') && <TopDevices />}
        {may('Software.Read.All') && (
          <Card title="Top vulnerable software" wide more={{ to: '/software', words: 'All software' }}>
            <SmallList<Software> source="/api/software" options={{ orderby: 'impactScore desc', select: ['*', 'exposedMachinesByDay'] }} rowKey={(r) => r.id} first={6} label="Top vulnerable software" none="No weakness is known."
              columns={[
                { title: 'Software', show: (r) => <Link to={`/software/${encodeURIComponent(r.id)}`}>{productName(r.vendor, r.name)}</Link> },
                { title: 'Weaknesses', width: 100, numeric: true, show: (r) => (r.weaknesses && may('Vulnerability.Read.All') ? <Link to={`/software/${encodeURIComponent(r.id)}?tab=vulnerabilities`}>{number(r.weaknesses)}</Link> : number(r.weaknesses)) },
                { title: 'Threats', width: 84, show: (r) => <Threats {...r} /> },
                { title: 'Exposed devices', width: 120, show: (r) => <Share part={r.exposedMachines} whole={r.installedMachines} /> },
                { title: '30 days', width: 72, show: (r) => <ExposedSpark days={r.exposedMachinesByDay} /> },
                { title: 'Tags', width: 180, show: (r) => <Tags tags={r.tags} most={1} /> },
              ]} />
          </Card>
        )}
        <Groups />
        {may('Vulnerability.Read.All') && (
          <Card title="Top events of the last 7 days" wide more={{ to: '/timeline', words: 'Event timeline' }}>
            <SmallList<TimelineEvent> source="/api/events" options={{ filter: `time ge ${weekAgo()}`, orderby: 'currentlyImpactedDevices desc' }} rowKey={(r) => r.id} first={3} label="Top events" none="Nothing happened in the last 7 days."
              columns={[
                { title: 'Event', show: (r) => <Link to={`/timeline?open=${encodeURIComponent(r.id)}`} title={r.event}>{r.event}</Link> },
                { title: 'Date', width: 120, show: (r) => dateWords(r.time) },
                { title: 'Impacted', width: 90, numeric: true, show: (r) => number(r.currentlyImpactedDevices) },
              ]} />
          </Card>
        )}
        {may('Vulnerability.Read.All') && <ExpiringCertificates />}
        {may('RemediationTasks.Read.All') && (
          <Card title="Top remediation activities" whole more={{ to: '/remediation', words: 'All activities' }}>
            <SmallList<RemediationTask> source="/api/remediationTasks" options={{ filter: "status eq 'Active'", orderby: 'targetDevices desc' }} rowKey={(r) => r.id} first={5} label="Top remediation activities" none={<>Nothing was asked for yet: open a recommendation and choose Remediation options.</>}
              columns={[
                { title: 'Activity', show: (r) => <Link to={`/remediation?open=${r.id}`}>{r.title}</Link> },
                { title: 'Progress', width: 120, show: (r) => <Share part={r.fixedDevices} whole={r.targetDevices} bad={false} /> },
                { title: 'Due on', width: 108, show: (r) => <span className={r.overdue ? 'bad' : undefined}>{dateWords(r.dueOn)}</span> },
              ]} />
          </Card>
        )}
      </div>
      {partsBy && <ScorePanel at={partsBy} go={showParts} close={() => showParts()} />}
    </div>
  );
}

// The worst of the exposed devices.
function TopDevices() {
  const { may } = useSession();
  const { data, error, refetch } = useQuery({
    queryKey: ['top-devices'],
    queryFn: async ({ signal }) => {
      // Which they are is found where each device's exposure is written; only these are then counted.
      const { value: most } = await get<Page<{ id: string; computerDnsName: string; exposureLevel: Machine['exposureLevel'] }>>(address('/api/exposureScore/ByMachine', { orderby: 'exposureScore desc', top: 6, select: ['id', 'computerDnsName', 'exposureLevel'] }), signal);
      const { value: counted } = most.length ? await get<Page<Machine>>(address('/api/machines', { filter: oneOf('id', most.map(({ id }) => id)), top: most.length, select: ['id', 'discoveredVulnerabilities'] }), signal) : { value: [] };
      return most.map((one) => ({ ...one, discoveredVulnerabilities: counted.find(({ id }) => id === one.id)?.discoveredVulnerabilities ?? 0 }));
    },
  });
  return (
    <Card title="Top exposed devices" more={{ to: '/devices?sort=-exposure', words: 'All devices' }}>
      {error ? <Trouble error={error} again={() => void refetch()} /> : !data ? <Bones lines={6} /> : !data.length ? <p className="quiet">No device is exposed.</p> : (
        <table className="small-table" aria-label="Top exposed devices">
          <colgroup><col /><col style={{ width: 84 }} /><col style={{ width: 56 }} /></colgroup>
          <thead><tr><th scope="col">Device</th><th scope="col">Exposure</th><th scope="col" className="numeric">CVEs</th></tr></thead>
          <tbody>
            {data.map((one) => (
              <tr key={one.id}><td><Link to={`/devices/${one.id}`} title={one.computerDnsName}>{one.computerDnsName}</Link></td><td><Level level={one.exposureLevel} /></td><td className="numeric">{may('Vulnerability.Read.All') ? <Link to={`/devices/${one.id}?tab=vulnerabilities`}>{number(one.discoveredVulnerabilities)}</Link> : number(one.discoveredVulnerabilities)}</td></tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}

function TopRecommendations() {
  const asOf = useAsOf();
  return (
    <Card title="Top security recommendations" wide more={{ to: '/recommendations', words: 'All recommendations' }}>
      <SmallList<Recommendation> source="/api/recommendations" options={asOf ? { filter: named } : undefined} rowKey={(r) => r.id} first={6} label="Top security recommendations" none={asOf ? 'None is remembered of that day.' : 'Nothing to do.'}
        columns={[
          { title: 'Recommendation', show: (r) => <Link to={`/recommendations?open=${encodeURIComponent(r.id)}`} title={r.recommendationName}>{r.recommendationName}</Link> },
          { title: 'Exposed devices', width: 106, show: (r) => <Share part={r.exposedMachinesCount} whole={r.totalMachineCount} /> },
          { title: 'Threats', width: 70, show: (r) => <Threats {...r} /> },
          { title: 'Impact', width: 62, numeric: true, show: (r) => <Impact row={r} /> },
          { title: 'Tags', width: 166, show: (r) => <Tags tags={r.tags} most={1} /> },
        ]} />
      {!asOf && <p className="small-more"><Link to="/recommendations?status=Exception&status=Partial">Show exceptions</Link></p>}
    </Card>
  );
}

// A day of the past: what is remembered of it.
function Past({ devices }: { devices?: number }) {
  const { may } = useSession();
  return (
    <div className="page">
      <Head title="Dashboard" end={devices !== undefined && <div className="figure"><b>{number(devices)}</b><span>{devices === 1 ? 'device' : 'devices'}</span></div>} />
      <div className="cards dashboard">
        <Exposure />
        <Secure />
        {may('SecurityRecommendation.Read.All') && <TopRecommendations />}
        <Groups />
      </div>
    </div>
  );
}

interface Expiry { expired: number; within30Days: number; within60Days: number; within90Days: number }
const terms: { state: string; words: string; of: keyof Expiry }[] = [
  { state: 'expired', words: 'Expired', of: 'expired' }, { state: 'd30', words: 'Within 30 days', of: 'within30Days' },
  { state: 'd60', words: 'Within 60 days', of: 'within60Days' }, { state: 'd90', words: 'Within 90 days', of: 'within90Days' },
];

function ExpiringCertificates() {
  const { data, error, refetch } = useQuery({
    queryKey: ['expiring-certificates'],
    queryFn: ({ signal }) => get<Expiry>('/api/machines/certificateExpiry', signal),
  });
  return (
    <Card title="Expiring certificates" more={{ to: '/software?tab=certificates', words: 'All certificates' }}>
      {error ? <Trouble error={error} again={() => void refetch()} /> : !data ? <Bones lines={4} /> : (
        <ul className="counts">
          {terms.map(({ state, words, of }, at) => (
            <li key={state}><Link to={`/software?tab=certificates&state=${state}`}>{words}</Link><b className={at < 2 && data[of] ? 'bad' : undefined}>{number(data[of])}</b></li>
          ))}
        </ul>
      )}
    </Card>
  );
}

// A server without a device: what to do, not a wall of zeros. Who cannot bring any is told what it may be.
function Beginning() {
  const { may } = useSession();
  if (!may('Machine.ReadWrite.All')) return (
    <div className="page">
      <Head title="Dashboard" />
      <Explain title="There is no device that you see" text="Either no inventory has come to this server yet, or you see device groups that no device is in. Who manages the users here can tell, and change which groups you see." />
    </div>
  );
  return (
    <div className="page">
      <Head title="Dashboard" />
      <section className="card beginning">
        <h2>Three steps to the first findings</h2>
        <ol>
          <li><b>Knowledge.</b> <code>merlon feeds update</code> fetches the public feeds; <code>merlon demo</code> has some to begin with. <Link to="/feeds">Feeds and health</Link> shows what is there.</li>
          <li><b>Devices.</b> <code>merlon collect --import</code> reads this machine; <code>merlon import FILE</code> takes CycloneDX, SPDX, osquery results and package databases.</li>
          <li><b>Look here again.</b> Scores, recommendations and weaknesses come by themselves.</li>
        </ol>
      </section>
    </div>
  );
}

export function Card({ title, more, wide, whole, children }: { title: string; more?: { to: string; words: string }; wide?: boolean; whole?: boolean; children: ReactNode }) {
  return (
    <section className={whole ? 'card whole' : wide ? 'card wide' : 'card'}>
      <h2>{title}{more && <Link to={more.to}>{more.words}</Link>}</h2>
      {children}
    </section>
  );
}

// What work clears most: the first few updates, computed by the server as if they were done.
function FirstLine() {
  const few = 5;
  const { data, error, refetch } = useQuery({
    queryKey: ['first-line'],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const best = await get<Page<Recommendation>>(address('/api/recommendations', { filter: oneOf('remediationType', ['Update', 'Upgrade', 'Uninstall']), orderby: 'exposureImpact desc', top: few }), signal);
      if (!best.value.length) return null;
      const then = await send<WhatIf>('POST', '/api/merlon/whatIf', { recommendations: best.value.map(({ id }) => id) }, signal);
      return { best: best.value, then };
    },
  });
  if (error) return <TroubleLine what="What clears most of the exposure could not be computed" error={error} again={() => void refetch()} />;
  if (data === undefined) return <span className="first-line"><i className="bone-text" /></span>;
  if (!data) return <>Nothing to update: no known weakness can be cleared by an update now.</>;
  const { best, then } = data;
  const cleared = then.exposureScore > 0 ? (then.exposureScore - then.exposureScoreThen) / then.exposureScore : 0;
  return (
    <span className="first-line">
      Updating <b>{plural(best.length, 'product')}</b> clears <b>{percent(cleared)}</b> of the exposure:{' '}
      {best.map((one, i) => <span key={one.id}>{i > 0 && (i === best.length - 1 ? ' and ' : ', ')}<Link to={`/recommendations?open=${encodeURIComponent(one.id)}`}>{productName(one.vendor, one.productName)}</Link></span>)}.
    </span>
  );
}

// Of a day before the first score there is none: nothing is broken.
function NoScore({ error, again }: { error: unknown; again: () => void }) {
  if (!useAsOf() || !(error instanceof Problem) || error.status !== 404) return <Trouble error={error} again={again} />;
  return <p className="quiet">No score is remembered of that day: they are kept from the first inventory on, for as long as the server's <code>history.days</code> says.</p>;
}

// `parts`: where it says what the score is made of; of a day of the past that is not remembered.
function Exposure({ parts }: { parts?: string }) {
  const past = useHistory(90);
  const { days } = past;
  const today = days?.at(-1);
  const events = useEventsOfDay();
  const { data, error, refetch } = useQuery({ queryKey: ['exposure'], queryFn: ({ signal }) => get<{ score: number; time: string }>('/api/exposureScore', signal) });
  return (
    <Card title="Exposure score" more={{ to: '/recommendations?sort=-impact', words: 'Improve it' }}>
      {error && <NoScore error={error} again={() => void refetch()} />}
      {!data && !error && <Bones lines={4} />}
      {data && (
        <>
          <div className="score"><b>{tenths(data.score)}</b><span>of 100</span><Level level={levelOf(data.score)} /></div>
          <div className="scale" aria-hidden><span style={{ width: '30%' }} /><span style={{ width: '40%' }} /><span style={{ width: '30%' }} /><i style={{ left: `${data.score}%` }} /></div>
          <div className="scale-words" aria-hidden><span>Low</span><span>Medium 30</span><span>High 70</span></div>
          <Trend points={days?.map(dayOf)} asked={past} top={100} label="The exposure score of the last 90 days" choose={events} />
          {today && days!.length > 1 && today.changes.length > 0 && <p className="quiet">{Math.abs(today.change) < 0.05 ? 'No change' : `${today.change > 0 ? '+' : '\u2212'}${tenths(Math.abs(today.change))}`} on {dateWords(today.date)}: {changeWords(today)}. <Link to="/timeline">All events</Link></p>}
          <p className="quiet">Lower is better. It reflects known weaknesses, how likely they are to be exploited, software out of support, and the value of the devices.{parts && <> <Link to={parts}>What it is made of</Link></>}</p>
        </>
      )}
    </Card>
  );
}

function Secure() {
  const past = useSecureHistory(90);
  const { days } = past;
  const { data, error, refetch } = useQuery({ queryKey: ['configuration-score'], queryFn: ({ signal }) => get<ConfigurationScore>('/api/configurationScore', signal) });
  const parts = data?.parts?.filter((part) => part.category && !part.rbacGroupName && part.possible > 0) ?? [];
  return (
    <Card title="Secure score for devices" more={{ to: '/configuration', words: 'Improve it' }}>
      {error && <NoScore error={error} again={() => void refetch()} />}
      {!data && !error && <Bones lines={5} />}
      {data && (
        <>
          <div className="score"><b>{data.possible ? tenths(data.score) : '\u2013'}</b><span>{data.possible ? `of ${number(Math.round(data.possible))} points, ${percent(data.score / data.possible)}` : 'nothing to score yet'}</span></div>
          {data.possible > 0 && (past.error != null || (days && days.length > 1)) && <Trend points={days?.map(secureDayOf)} asked={past} top={100} label="The secure score of the last 90 days, in percent" words={(value) => percent(value / 100)} />}
          {parts.length ? (
            <Bars bars={parts.map((part) => ({
              key: part.category!, value: part.score, of: part.possible, words: `${tenths(part.score)} of ${number(Math.round(part.possible))}`,
              name: <Link to={`/recommendations?type=ConfigurationChange&category=${part.category}&sort=-impact`}>{categoryWords(part.category!)}</Link>,
            }))} />
          ) : <p className="quiet">No device has reported its settings yet.</p>}
        </>
      )}
    </Card>
  );
}

const levels = ['High', 'Medium', 'Low', 'None'];

function Distribution() {
  const { data, error, refetch } = useQuery({
    queryKey: ['distribution'],
    queryFn: async ({ signal }) => new Map((await get<Page<{ id: string; machines: number }>>('/api/machines/exposureLevels', signal)).value.map(({ id, machines }) => [id, machines])),
  });
  const of = (level: string) => data?.get(level) ?? 0;
  const total = levels.reduce((sum, level) => sum + of(level), 0);
  const aside = of('NotCounted');
  return (
    <Card title="Device exposure distribution" more={{ to: '/devices', words: 'All devices' }}>
      {error && <Trouble error={error} again={() => void refetch()} />}
      {!data && !error && <Bones lines={5} />}
      {data && <Ring middle={number(total)} under={total === 1 ? 'device' : 'devices'} parts={levels.map((name) => ({ name, value: of(name), colour: `var(--${name.toLowerCase()})`, to: `/devices?exposure=${name}&counted=true` }))} />}
      {aside > 0 && <p className="quiet"><Link to="/devices?counted=false">{plural(aside, 'device')}</Link> {aside === 1 ? 'is' : 'are'} not counted: silent for 30 days, or excluded.</p>}
    </Card>
  );
}

function Groups() {
  const { may } = useSession();
  const asOf = useAsOf();
  const { data, error, refetch } = useQuery({ queryKey: ['groups'], queryFn: ({ signal }) => get<Page<{ rbacGroupName: string; score: number }>>('/api/exposureScore/ByMachineGroups', signal) });
  return (
    <Card title="Exposure by device group" more={may('DeviceGroup.Read.All') ? { to: '/settings?tab=groups', words: 'All groups' } : undefined}>
      {error && <Trouble error={error} again={() => void refetch()} />}
      {!data && !error && <Bones lines={5} />}
      {data && !data.value.length && <p className="quiet">No group has a score{asOf ? ' of that day.' : ' yet.'}</p>}
      {data && (
        <Bars bars={data.value.toSorted((a, b) => b.score - a.score).slice(0, 8).map(({ rbacGroupName, score }) => ({
          key: rbacGroupName, value: score, of: 100, words: tenths(score), colour: `var(--${levelOf(score).toLowerCase()})`,
          name: <Link to={`/devices?group=${encodeURIComponent(rbacGroupName)}`}>{rbacGroupName}</Link>,
        }))} />
      )}
    </Card>
  );
}
