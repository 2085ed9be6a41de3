// Devices: every machine that has sent an inventory.
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Machine } from '../api/kinds';
import { any, contains, oneOf } from '../api/odata';
import { kqlOneOf, kqlText } from '../app/hunting';
import { useAsOf } from '../app/scope';
import { useSession } from '../app/session';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { useGroups } from '../ui/groups';
import { Head } from '../ui/head';
import { Level, Tags } from '../ui/marks';
import { ago, domainOf, number, osWords, spaced, tenths, time } from '../ui/words';
import { DeviceTray } from './device_tray';

// Of Linux its distribution: "12.11" alone says nothing.
const systemOf = ({ osPlatform, osName }: Machine) => (osPlatform === 'Linux' && osName ? osName : osWords(osPlatform));
const alsoAsked = ['osName'];
const columns: Column<Machine>[] = [
  { key: 'name', title: 'Device', sort: 'computerDnsName', text: (r) => r.computerDnsName },
  { key: 'exposure', title: 'Exposure level', width: 116, sort: 'exposureLevel', most: true, text: (r) => r.exposureLevel, show: (r) => <Level level={r.exposureLevel} /> },
  { key: 'score', title: 'Exposure score', width: 116, numeric: true, optional: true, sort: 'exposureScore', asks: 'exposureScore', text: (r) => r.exposureScore, show: (r) => tenths(r.exposureScore ?? 0) },
  { key: 'weaknesses', title: 'Weaknesses', width: 104, numeric: true, optional: true, sort: 'discoveredVulnerabilities', asks: 'discoveredVulnerabilities', text: (r) => r.discoveredVulnerabilities, show: (r) => number(r.discoveredVulnerabilities ?? 0) },
  { key: 'advice', title: 'Recommendations', width: 134, numeric: true, optional: true, sort: 'securityRecommendations', asks: 'securityRecommendations', text: (r) => r.securityRecommendations, show: (r) => number(r.securityRecommendations ?? 0) },
  { key: 'risk', title: 'Risk level', width: 110, wide: true, sort: 'riskScore', most: true, text: (r) => r.riskScore, show: (r) => <Level level={r.riskScore} /> },
  { key: 'os', title: 'OS platform', width: 160, slim: 118, sort: 'osPlatform', text: (r) => systemOf(r) },
  { key: 'version', title: 'OS version', width: 176, slim: 160, sort: 'osVersion', text: (r) => (r.version && r.osVersion && r.version !== r.osVersion ? `${r.osVersion} (${r.version})` : r.osVersion || r.version) },
  { key: 'group', title: 'Device group', width: 136, slim: 124, sort: 'rbacGroupName', text: (r) => r.rbacGroupName || 'Unassigned' },
  { key: 'value', title: 'Value', width: 76, wide: true, sort: 'deviceValue', most: true, text: (r) => r.deviceValue },
  { key: 'health', title: 'Health', width: 100, optional: true, sort: 'healthStatus', text: (r) => r.healthStatus },
  { key: 'seen', title: 'Last seen', width: 126, slim: 122, sort: 'lastSeen', text: (r) => r.lastSeen, show: (r) => <span title={time(r.lastSeen)}>{ago(r.lastSeen)}</span> },
  { key: 'tags', title: 'Tags', width: 180, optional: true, text: (r) => r.machineTags.join('; '), show: (r) => <Tags tags={r.machineTags} most={2} /> },
  { key: 'domain', title: 'Domain', width: 160, optional: true, text: (r) => domainOf(r.computerDnsName) },
  { key: 'onboarding', title: 'Onboarding', width: 130, optional: true, sort: 'onboardingStatus', text: (r) => spaced(r.onboardingStatus) },
  { key: 'address', title: 'IP address', width: 140, optional: true, text: (r) => r.lastIpAddress },
];
// What is remembered of a device.
const remembered = ['name', 'exposure', 'os', 'version', 'group', 'value'];
// Whether a device waits for a restart stands in what sensors gather of it; where none told, it has no row, or null there.
const told = (which: string) => `DeviceId in ((DeviceTvmInfoGathering | where ${which} | project DeviceId))`;
const restartInKql = (value: string) => (value === 'null' ? `not(${told('isnotnull(AdditionalFields.PendingRestart)')})` : told(`tobool(AdditionalFields.PendingRestart) == ${value === 'true'}`));
const pastColumns = columns.filter(({ key }) => remembered.includes(key));
const plain = (values: string[]) => values.map((value) => ({ value, label: value }));
const levels = ['High', 'Medium', 'Low', 'None'];

export default function Devices() {
  const navigate = useNavigate();
  const groups = useGroups();
  const asOf = useAsOf();
  const all = useMemo<Filter[]>(
    () => [
      { key: 'exposure', title: 'Exposure level', options: plain(levels), odata: (values) => oneOf('exposureLevel', values), kql: (values) => kqlOneOf('ExposureLevel', values) },
      { key: 'risk', title: 'Risk level', options: plain(['High', 'Medium', 'Low', 'Informational', 'None']), odata: (values) => oneOf('riskScore', values) },
      { key: 'platform', title: 'OS platform', options: ['Windows10', 'Windows11', 'WindowsServer2016', 'WindowsServer2019', 'WindowsServer2022', 'WindowsServer2025', 'Linux', 'macOS'].map((value) => ({ value, label: osWords(value) })), odata: (values) => oneOf('osPlatform', values), kql: (values) => kqlOneOf('OSPlatform', values) },
      { key: 'group', title: 'Device group', options: plain(groups.data ?? []), odata: (values) => oneOf('rbacGroupName', values), kql: (values) => kqlOneOf('MachineGroup', values.map((one) => (one === 'Unassigned' ? '' : one))) },
      { key: 'value', title: 'Value', options: plain(['High', 'Normal', 'Low']), odata: (values) => oneOf('deviceValue', values), kql: (values) => kqlOneOf('AssetValue', values) },
      { key: 'health', title: 'Health', options: plain(['Active', 'Inactive']), odata: (values) => oneOf('healthStatus', values), kql: (values) => kqlOneOf('SensorHealthState', values) },
      { key: 'restart', title: 'Pending restart', single: true, options: [{ value: 'true', label: 'Waits for a restart' }, { value: 'false', label: 'Does not' }, { value: 'null', label: 'Not known' }], odata: ([value]) => `pendingRestart eq ${value}`, kql: ([value]) => restartInKql(value!) },
      { key: 'counted', title: 'Counts and scores', single: true, options: [{ value: 'true', label: 'Counted' }, { value: 'false', label: 'Silent for 30 days or excluded' }], odata: ([value]) => `counted eq ${value === 'true'}`, kql: ([value]) => `${value === 'true' ? '' : 'not'}(not(IsExcluded) and Timestamp > ago(30d))` },
      { key: 'excluded', title: 'Excluded', single: true, options: [{ value: 'true', label: 'Excluded' }, { value: 'false', label: 'Not excluded' }], odata: ([value]) => any(`isExcluded eq ${value === 'true'}`), kql: ([value]) => `IsExcluded == ${value === 'true'}` },
    ],
    [groups.data],
  );
  const filters = useMemo(() => (asOf ? all.filter(({ key }) => ['exposure', 'platform', 'group', 'value'].includes(key)) : all), [asOf, all]);
  const { may } = useSession();
  const changes = may('Machine.ReadWrite.All') && !asOf;
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const tick = ({ id }: Machine) => setTicked((before) => {
    const next = new Set(before);
    if (!next.delete(id)) next.add(id);
    return next;
  });
  return (
    <div className="page fills">
      <Head title="Devices" text="Every machine that has sent an inventory. Those silent for 30 days, and excluded ones, do not count in the scores." />
      <List<Machine> name={asOf ? 'devices-past' : 'devices'} source="/api/machines" also={asOf ? undefined : alsoAsked} columns={asOf ? pastColumns : columns} filters={filters} order="computerDnsName"
        search={{ hint: 'Search name or address', odata: (text) => (asOf ? contains('computerDnsName', text) : any(contains('computerDnsName', text), contains('lastIpAddress', text))) }}
        rowKey={(r) => r.id} rowName={(r) => r.computerDnsName} open={(r) => void navigate(`/devices/${r.id}`)}
        ticks={changes ? { ticked, tick } : undefined}
        hunting={({ q, where }) => `DeviceInfo${q ? `\n| where DeviceName contains ${kqlText(q)} or DeviceId in ((DeviceNetworkInfo | where IPAddresses contains ${kqlText(q)} | project DeviceId))` : ''}${where}\n| summarize arg_max(Timestamp, *) by DeviceId\n| project DeviceName, OSPlatform, OSVersion, MachineGroup, ExposureLevel, AssetValue, Timestamp`}
        empty={asOf ? { title: 'No device is remembered of that day', text: 'The history begins with the first inventory that came in, and is kept for 180 days.' } : { title: 'No device yet', text: <><code>merlon collect --import</code> reads this machine; <code>merlon import FILE</code> takes CycloneDX, SPDX, osquery results, package databases and our own NDJSON.</> }} />
      {changes && ticked.size > 0 && <DeviceTray ids={[...ticked]} clear={() => setTicked(new Set())} />}
    </div>
  );
}
