// One baseline profile: how its devices do, its settings, its devices, and the exceptions that it counts as kept.
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from 'react-router';
import { get } from '../api/client';
import { address, any, contains, quote, type Page } from '../api/odata';
import { kqlAny, kqlHas, kqlOneOf, kqlText } from '../app/hunting';
import { useMyTabs } from '../app/refused';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { Head } from '../ui/head';
import { Share } from '../ui/marks';
import { Bones, PageBones, Trouble } from '../ui/states';
import { Tabs } from '../ui/tabs';
import { number, osWords, time } from '../ui/words';
import type { Profile } from './baseline_form';
import { Keeping, type BaselineDevice, type Setting } from './baselines';
import { ExceptionList } from './remediation';

const profileTabs = [
  { key: 'overview', title: 'Overview', permission: '' },
  { key: 'settings', title: 'Configurations', permission: '' },
  { key: 'devices', title: 'Devices', permission: '' },
  { key: 'exceptions', title: 'Exceptions', permission: 'Exception.Read.All' },
];

export default function Baseline() {
  const { id = '' } = useParams();
  const path = `/api/baselineProfiles/${encodeURIComponent(id)}`;
  const { shown: tabs, at: tab, go, refused } = useMyTabs(profileTabs);
  const { data: one, error, refetch } = useQuery({ queryKey: ['baseline', id], queryFn: ({ signal }) => get<Profile>(path, signal) });
  const before = <p className="crumbs"><Link to="/configuration?tab=baselines">Baselines</Link></p>;
  if (error) return <div className="page"><Head before={before} title="Baseline profile" /><Trouble error={error} again={() => void refetch()} /></div>;
  const counts: Record<string, number | undefined> = { settings: one?.settingsNumber, devices: one?.totalDevices };
  return (
    <div className={tab === 'overview' ? 'page' : 'page fills'}>
      <Head before={before} name={one?.name} title={one?.name ?? <span className="quiet">{id}</span>} text={one && `${one.benchmark} ${one.version}, ${one.complianceLevel.toLowerCase()}`} />
      <Tabs label="Of this profile" at={tab} go={go} tabs={tabs.map((each) => ({ ...each, count: counts[each.key] }))} />
      {refused ?? (!one && <PageBones fills={tab !== 'overview'} />)}
      {one && tab === 'overview' && <section className="card"><h2 className="unseen">Overview</h2><Keeping one={one} /></section>}
      {one && tab === 'settings' && <Settings one={one} path={path} />}
      {one && tab === 'devices' && <Devices one={one} path={path} />}
      {one && !refused && tab === 'exceptions' && <Exceptions path={path} />}
    </div>
  );
}

const levelOf = (r: Setting) => r.complianceLevels[0] ?? '';
const settingColumns: Column<Setting>[] = [
  { key: 'name', title: 'Configuration', sort: 'name', text: (r) => r.name },
  { key: 'number', title: 'Number', width: 110, sort: 'id', text: (r) => r.id, show: (r) => <span className="mono">{r.id.replace(/^\w+-/, '')}</span> },
  { key: 'section', title: 'Section', width: 220, wide: true, sort: 'category', text: (r) => r.category },
  { key: 'level', title: 'Level', width: 84, text: levelOf },
  { key: 'wanted', title: 'Recommended', width: 190, text: (r) => r.recommendedValue.join('; '), show: (r) => <span title={r.recommendedValue.join('\n')}>{r.recommendedValue.join('; ')}</span> },
  { key: 'failing', title: 'Non-compliant devices', width: 170, sort: 'failingDevices', text: (r) => r.failingDevices, file: [{ text: (r) => r.failingDevices }, { title: 'Devices', text: (r) => r.totalDevices }], show: (r) => (r.totalDevices ? <Share part={r.failingDevices} whole={r.totalDevices} /> : <span className="quiet">Applies to none</span>) },
  { key: 'before', title: 'Before exceptions', width: 140, numeric: true, optional: true, sort: 'failingDevicesBeforeExceptions', text: (r) => r.failingDevicesBeforeExceptions },
];
const settingStates: Record<string, string> = { bad: 'failingDevices gt 0', good: 'failingDevices eq 0 and totalDevices gt 0', none: 'totalDevices eq 0' };
const settingStatesInKql: Record<string, string> = { bad: 'Failing > 0', good: '(Failing == 0 and Devices > 0)', none: 'Devices == 0' };
const settingFilters: Filter[] = [
  { key: 'state', title: 'State', kql: (values) => kqlAny(values, settingStatesInKql), odata: (values) => any(...values.map((value) => settingStates[value] ?? 'false')),
    options: [{ value: 'bad', label: 'Some device is not compliant' }, { value: 'good', label: 'Every device is compliant' }, { value: 'none', label: 'Applies to no device' }] },
];
function Settings({ one, path }: { one: Profile; path: string }) {
  const navigate = useNavigate();
  return (
    <List<Setting> name="baseline-settings" source={`${path}/configurations`} columns={settingColumns} filters={settingFilters} rowKey={(r) => r.id} rowName={(r) => r.name}
      open={(r) => void navigate(`/configuration?open=${encodeURIComponent(r.scid)}`)}
      search={{ hint: 'Search configuration', odata: (text) => any(contains('name', text), contains('category', text), contains('id', text)) }}
      hunting={({ q, where }) => `DeviceBaselineComplianceAssessment\n| where ProfileId == ${kqlText(one.id)}\n| summarize Devices = dcountif(DeviceId, IsApplicable), Failing = dcountif(DeviceId, IsApplicable and not(IsCompliant) and not(IsExempt)) by ConfigurationId\n| join kind=inner (DeviceBaselineComplianceAssessmentKB | distinct ConfigurationId, ConfigurationName, ConfigurationCategory) on ConfigurationId${where}${kqlHas(q, 'ConfigurationName', 'ConfigurationCategory', 'ConfigurationId')}\n| project ConfigurationId, ConfigurationName, ConfigurationCategory, Failing, Devices\n| order by Failing desc`}
      empty={{ title: 'No setting', text: 'None of the settings that were chosen is known any more.' }} />
  );
}

const deviceColumns: Column<BaselineDevice>[] = [
  { key: 'name', title: 'Device', sort: 'computerDnsName', text: (r) => r.computerDnsName },
  { key: 'result', title: 'Result', width: 150, sort: 'isCompliant', text: (r) => (r.isCompliant ? 'Compliant' : 'Not compliant'), show: (r) => <span className={r.isCompliant ? 'good' : 'bad'}>{r.isCompliant ? 'Compliant' : 'Not compliant'}</span> },
  { key: 'met', title: 'Configurations met', width: 154, sort: 'compliance', text: (r) => `${r.passedConfigurations}/${r.configurations}`, file: [{ text: (r) => r.passedConfigurations }, { title: 'Settings', text: (r) => r.configurations }], show: (r) => <Share part={r.passedConfigurations} whole={r.configurations} bad={false} /> },
  { key: 'failed', title: 'Not met', width: 90, numeric: true, sort: 'failedConfigurations', text: (r) => r.failedConfigurations, show: (r) => number(r.failedConfigurations) },
  { key: 'exempt', title: 'Under exception', width: 140, numeric: true, wide: true, sort: 'exemptConfigurations', text: (r) => r.exemptConfigurations, show: (r) => number(r.exemptConfigurations) },
  { key: 'os', title: 'OS platform', width: 172, sort: 'osPlatform', text: (r) => osWords(r.osPlatform) },
  { key: 'group', title: 'Device group', width: 160, sort: 'rbacGroupName', text: (r) => r.rbacGroupName },
  { key: 'assessed', title: 'Assessed on', width: 190, optional: true, sort: 'assessedOn', text: (r) => time(r.assessedOn), file: [{ text: (r) => r.assessedOn }] },
];
const deviceFilters: Filter[] = [
  { key: 'result', title: 'Result', single: true, odata: ([value]) => `isCompliant eq ${value === 'good'}`, options: [{ value: 'bad', label: 'Not compliant' }, { value: 'good', label: 'Compliant' }],
    kql: ([value]) => `Failing ${value === 'good' ? '==' : '>'} 0` },
  { key: 'exempt', title: 'Exceptions', single: true, odata: () => 'exemptConfigurations gt 0', options: [{ value: 'some', label: 'With settings under an exception' }], kql: () => 'Exempt > 0' },
];

function Devices({ one, path }: { one: Profile; path: string }) {
  const navigate = useNavigate();
  return (
    <List<BaselineDevice> name="baseline-devices" source={`${path}/machines`} columns={deviceColumns} filters={deviceFilters} rowKey={(r) => r.id} rowName={(r) => r.computerDnsName}
      open={(r) => void navigate(`/devices/${r.id}?tab=baselines&profile=${encodeURIComponent(one.name)}`)}
      search={{ hint: 'Search device', odata: (text) => contains('computerDnsName', text) }}
      hunting={({ q, where }) => `DeviceBaselineComplianceAssessment\n| where ProfileId == ${kqlText(one.id)} and IsApplicable${kqlHas(q, 'DeviceName')}\n| summarize Settings = count(), Failing = countif(not(IsCompliant) and not(IsExempt)), Exempt = countif(not(IsCompliant) and IsExempt) by DeviceId, DeviceName, OSPlatform${where}\n| order by Failing desc`}
      empty={{ title: 'No device', text: 'No device reports what these settings need, or none is in its groups.' }} />
  );
}

// Exceptions are made for the recommendation of a check; those of the checks of this profile are its own.
function Exceptions({ path }: { path: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['baseline-references', path],
    queryFn: ({ signal }) => get<Page<{ recommendationReference: string }>>(address(`${path}/configurations`, { select: ['id', 'recommendationReference'], top: 1000 }), signal),
  });
  if (error) return <Trouble error={error} again={() => void refetch()} />;
  if (!data) return <Bones lines={10} />;
  const subjects = data.value.map((r) => r.recommendationReference);
  return (
    <ExceptionList name="baseline-exceptions" fixed={subjects.length ? `subjectId in (${subjects.map(quote).join(',')})` : 'false'} about={`\n| where ${kqlOneOf('SubjectId', subjects)}`}
      empty={{ title: 'No exception', text: 'None of its settings is under an exception. One is made from the recommendation of a setting that devices do not meet; with a third-party control or an alternate mitigation the setting counts as met.' }} />
  );
}
