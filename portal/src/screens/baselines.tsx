// Security baselines: which devices keep to a benchmark, and where they do not.
import { useState } from 'react';
import { Link } from 'react-router';
import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { get, send } from '../api/client';
import { address, any, contains, oneOf, type Page } from '../api/odata';
import { kqlHas, kqlText } from '../app/hunting';
import { useSession } from '../app/session';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { SmallList } from '../list/small';
import { useAct } from '../ui/act';
import { useOpen } from '../ui/address';
import { Trend, type Point } from '../ui/charts';
import { Share } from '../ui/marks';
import { Facts, Panel, Section } from '../ui/panel';
import { number, percent, plural, time } from '../ui/words';
import { appliesTo, ProfileForm, type Profile } from './baseline_form';

export interface Setting { id: string; name: string; category: string; scid: string; totalDevices: number; failingDevices: number; failingDevicesBeforeExceptions: number; complianceLevels: string[]; recommendedValue: string[] }
export interface BaselineDevice { id: string; computerDnsName: string; rbacGroupName: string; passedConfigurations: number; configurations: number; failedConfigurations: number; exemptConfigurations: number; isCompliant: boolean; osPlatform: string; assessedOn: string | null }
interface Day { date: string; compliance: number | null }

const compliance = (r: Profile) => (!r.status ? 'Off' : r.compliance === null ? 'No device yet' : percent(r.compliance / 100));
const columns: Column<Profile>[] = [
  { key: 'name', title: 'Profile', sort: 'name', text: (r) => r.name },
  { key: 'benchmark', title: 'Benchmark', width: 236, wide: true, sort: 'benchmark', text: (r) => `${r.benchmark} ${r.version}` },
  { key: 'level', title: 'Level', width: 90, sort: 'level', text: (r) => r.complianceLevel },
  { key: 'settings', title: 'Configurations', width: 120, numeric: true, sort: 'settingsNumber', text: (r) => r.settingsNumber },
  { key: 'compliance', title: 'Compliance', width: 120, numeric: true, sort: 'compliance', text: (r) => compliance(r), show: (r) => (r.status && r.compliance !== null ? compliance(r) : <span className="quiet">{compliance(r)}</span>) },
  { key: 'devices', title: 'Compliant devices', width: 150, sort: 'passedDevices', text: (r) => `${r.passedDevices}/${r.totalDevices}`, file: [{ text: (r) => r.passedDevices }, { title: 'Devices', text: (r) => r.totalDevices }], show: (r) => (r.totalDevices ? <Share part={r.passedDevices} whole={r.totalDevices} bad={false} /> : <span className="quiet">&ndash;</span>) },
  { key: 'to', title: 'Applies to', width: 160, text: appliesTo },
  { key: 'origin', title: 'Made by', width: 120, optional: true, text: (r) => (r.isBuiltIn ? 'The program' : 'A person') },
];
const filters: Filter[] = [
  { key: 'status', title: 'State', single: true, options: [{ value: 'true', label: 'On' }, { value: 'false', label: 'Off' }], odata: ([value]) => `status eq ${value === 'true'}`, kql: ([value]) => `Status == ${value === 'true'}` },
  { key: 'benchmark', title: 'Benchmark', options: [{ value: 'windows', label: 'Windows' }, { value: 'macos', label: 'macOS' }, { value: 'linux', label: 'Linux' }], odata: (values) => oneOf('benchmarkId', values), kql: (values) => values.map((value) => `tostring(OSPlatform) contains ${kqlText(value)}`).join(' or ') },
  { key: 'level', title: 'Level', single: true, options: [{ value: '1', label: 'Level 1' }, { value: '2', label: 'Level 2' }], odata: ([value]) => `level eq ${Number(value)}`, kql: ([value]) => `BenchmarkProfileLevel == "Level ${Number(value)}"` },
  { key: 'tag', title: 'Tag', written: 'text', hint: 'Of the devices that it applies to', options: [], odata: ([text]) => `tags/any(t: ${contains('t', text!)})` },
];

export function Baselines() {
  const { may } = useSession();
  const [openId, open] = useOpen();
  const [adding, add] = useState(false);
  const writes = may('SecurityBaselinesAssessment.ReadWrite.All');
  return (
    <>
      <List<Profile> name="baselines" source="/api/baselineProfiles" columns={columns} filters={filters} rowKey={(r) => r.id} rowName={(r) => r.name} open={(r) => open(r.id)} openKey={openId}
        search={{ hint: 'Search profiles', odata: (text) => any(contains('name', text), contains('description', text)) }}
        actions={writes && <Button appearance="primary" onClick={() => add(true)}>New profile</Button>}
        hunting={({ q, where }) => `DeviceBaselineComplianceProfiles${where}${kqlHas(q, 'ProfileName', 'ProfileDescription')}\n| join kind=leftouter (DeviceBaselineComplianceAssessment | where IsApplicable | summarize Devices = dcount(DeviceId), Met = round(100.0 * countif(IsCompliant or IsExempt) / count(), 1) by ProfileId) on ProfileId\n| project ProfileId, ProfileName, BaseBenchmark, BenchmarkProfileLevel, Status, Devices, Met`}
        empty={{ title: 'No profile yet', text: 'Built-in profiles come with the first assessment; your own apply a level of a benchmark to the devices you choose.' }} />
      {openId && <ProfilePanel id={openId} close={() => open()} writes={writes} />}
      {adding && <ProfileForm close={() => add(false)} made={(id) => open(id)} />}
    </>
  );
}

function ProfilePanel({ id, close, writes }: { id: string; close: () => void; writes: boolean }) {
  const { act } = useAct();
  const [editing, edit] = useState(false);
  const path = `/api/baselineProfiles/${encodeURIComponent(id)}`;
  const asked = useQuery({ queryKey: ['baseline', id], queryFn: ({ signal }) => get<Profile>(path, signal) });
  const one = asked.data;
  const flip = (status: boolean) => send('PATCH', path, { status });
  const again = (was: Profile) => send('POST', '/api/baselineProfiles', {
    name: was.name, description: was.description, benchmark: was.benchmarkId, level: was.level, configurations: was.configurations, deviceGroups: was.deviceGroups, tags: was.tags, status: was.status,
  });
  return (
    <Panel id={id} close={close} asked={asked} title={one?.name ?? 'Profile'} under={one && <span className="quiet">{one.benchmark} {one.version}, {one.complianceLevel.toLowerCase()}</span>}
      page={one && { to: `/configuration/baselines/${encodeURIComponent(id)}`, words: 'Open the profile page' }}
      actions={one && writes && (
        <>
          <Button onClick={() => void act({ send: () => flip(!one.status), done: one.status ? 'Switched off.' : 'Switched on.', back: () => flip(one.status), shown: { key: ['baseline', id], part: { status: !one.status } } })}>{one.status ? 'Switch off' : 'Switch on'}</Button>
          {!one.isBuiltIn && <Button onClick={() => edit(true)}>Change</Button>}
          {!one.isBuiltIn && <Button onClick={() => void act({ send: () => send('DELETE', path), done: `${one.name} is gone.`, back: () => again(one) }).then((went) => went && close())}>Remove</Button>}
        </>
      )}>
      {one && editing && <ProfileForm one={one} close={() => edit(false)} />}
      {one && <Keeping one={one} />}
    </Panel>
  );
}

// How the devices of a profile do, now and over time.
export function Keeping({ one }: { one: Profile }) {
  const path = `/api/baselineProfiles/${encodeURIComponent(one.id)}`;
  const days = useQuery({ queryKey: ['baseline-history', one.id], queryFn: ({ signal }) => get<Page<Day>>(address(`${path}/history`, { top: 90 }), signal) });
  const points = days.data?.value.filter((day) => day.compliance !== null).map((day): Point => ({ at: new Date(day.date).getTime(), value: day.compliance! })).toReversed();
  return (
    <>
      {one.description && <Section title="Description"><p className="text pre">{one.description}</p></Section>}
      <Section title="Details">
        <Facts facts={[
          ['Compliant devices', `${number(one.passedDevices)} of ${number(one.totalDevices)}`], ['Before exceptions', one.passedDevicesBeforeExceptions !== one.passedDevices ? number(one.passedDevicesBeforeExceptions) : ''],
          ['Compliance', compliance(one)], ['Configurations', number(one.settingsNumber)], ['Applies to', appliesTo(one)], ['Assessed', time(one.assessedOn)],
        ]} />
      </Section>
      <Section title="Compliance over time"><Trend points={points} asked={{ error: days.error, again: () => void days.refetch() }} top={100} label="Share of results that are met, of the last 90 days" words={(value) => percent(value / 100)} /></Section>
      <Section title="Top failing configurations">
        <SmallList<Setting> source={`${path}/configurations`} options={{ filter: 'failingDevices gt 0' }} rowKey={(r) => r.id} label="Top failing configurations" none="Every device that reports them meets every setting."
          columns={[
            { title: 'Configuration', show: (r) => <Link to={`/configuration?open=${encodeURIComponent(r.scid)}`} title={r.name}>{r.name}</Link> },
            { title: 'Section', width: 172, show: (r) => <span title={r.category}>{r.category}</span> },
            { title: 'Failing devices', width: 120, show: (r) => <Share part={r.failingDevices} whole={r.totalDevices} /> },
          ]} />
      </Section>
      <Section title="Devices" end={plural(one.totalDevices, 'device')}>
        <SmallList<BaselineDevice> source={`${path}/machines`} rowKey={(r) => r.id} label="Devices" none="No device reports what these settings need, or none is in its groups."
          columns={[
            { title: 'Device', show: (r) => <Link to={`/devices/${r.id}?tab=baselines`}>{r.computerDnsName}</Link> },
            { title: 'Group', width: 140, show: (r) => r.rbacGroupName || 'Unassigned' },
            { title: 'Configurations met', width: 146, show: (r) => <Share part={r.passedConfigurations} whole={r.configurations} bad={false} /> },
          ]} />
      </Section>
      <p><Link to={`/hunting?query=${encodeURIComponent(`DeviceBaselineComplianceAssessment\n| where ProfileId == ${kqlText(one.id)} and IsApplicable and not(IsCompliant)`)}`}>Its failing results in hunting</Link></p>
    </>
  );
}
