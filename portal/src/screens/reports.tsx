// The report of vulnerable devices: how bad it is today (report_trends.tsx: how it was), each device once, under the worst that
// it has. Every picture opens as a query; of now one query answers all of them (report_now.ts), a day of the past is asked by each.
import { Link } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { send } from '../api/client';
import { huntingAddress, kqlText } from '../app/hunting';
import { useAsOf } from '../app/scope';
import { Bars } from '../ui/charts';
import { Head } from '../ui/head';
import { Bones, Trouble } from '../ui/states';
import { number, osWords, percent } from '../ui/words';
import { ageRank, severityRank, useNow, type Alike } from './report_now';
import { Trends } from './report_trends';

interface Row { Name: string; Devices: number }
// `each`: one row for each device with its Name, which the picture counts and a click lists; else `kql` counts. `of`: the Name of devices
// that are alike, and where its bar stands, the highest first; without a place the longest bar is first. Nothing: they are not counted.
interface Picture { title: string; under: string; each?: string; kql?: string; of: (one: Alike) => [name: string, place?: number] | undefined; colours?: Record<string, string>; name?: (name: string) => string; to?: (name: string) => string }

// "WindowsServer2022 2022" has its version in its name.
const windowsWords = (name: string) => osWords(name).replace(/ (\w+) \1$/, ' $1');
const withKb = 'DeviceTvmSoftwareVulnerabilities\n| join kind=inner (DeviceTvmSoftwareVulnerabilitiesKB | project CveId, IsExploitAvailable, PublishedDate) on CveId';
const listed = (name: string) => `\n| where Name == ${kqlText(name)}\n| join kind=inner (DeviceInfo | summarize arg_max(Timestamp, DeviceName, OSPlatform, MachineGroup) by DeviceId) on DeviceId\n| project DeviceName, OSPlatform, MachineGroup, DeviceId\n| order by DeviceName asc`;
const counted = '\n| summarize Devices = count() by Name, Rank\n| order by Rank desc\n| project Name, Devices';
const severities = ['', 'Low', 'Medium', 'High', 'Critical'], exploits = ['No known exploit', 'Exploit available'];
const ages = ['30 days or fewer', '31 to 90 days', '91 to 180 days', '181 to 365 days', 'More than a year'];
const placed = (names: string[], place: number): [string, number] | undefined => (place < 0 ? undefined : [names[place]!, place]);
const pictures: Picture[] = [
  {
    title: 'Severity of vulnerabilities', under: 'By the worst severity that a device has',
    of: ({ Rank }) => placed(severities, Rank),
    each: `DeviceTvmSoftwareVulnerabilities\n| extend Rank = ${severityRank}\n| summarize Rank = max(Rank) by DeviceId\n| extend Name = case(Rank == 4, "Critical", Rank == 3, "High", Rank == 2, "Medium", "Low")`,
    colours: { Critical: 'var(--critical)', High: 'var(--high)', Medium: 'var(--medium)', Low: 'var(--low)' },
  },
  {
    title: 'Exploit availability', under: 'Whether any vulnerability of a device has a known exploit',
    of: ({ Exploit }) => placed(exploits, Exploit),
    each: `${withKb}\n| summarize Rank = max(iff(IsExploitAvailable, 1, 0)) by DeviceId\n| extend Name = iff(Rank == 1, "Exploit available", "No known exploit")`,
    colours: { 'Exploit available': 'var(--high)', 'No known exploit': 'var(--low)' },
  },
  {
    title: 'Age of vulnerabilities', under: 'By the oldest vulnerability that a device has, since it was published',
    of: ({ Age }) => placed(ages, Age),
    each: `${withKb}\n| where isnotnull(PublishedDate)\n| summarize Days = max(datetime_diff("day", now(), PublishedDate)) by DeviceId\n| extend Rank = ${ageRank}\n| extend Name = case(Rank == 4, "More than a year", Rank == 3, "181 to 365 days", Rank == 2, "91 to 180 days", Rank == 1, "31 to 90 days", "30 days or fewer")`,
    colours: { 'More than a year': 'var(--high)', '181 to 365 days': 'var(--medium)' },
  },
  {
    title: 'Vulnerable devices by OS platform', under: 'Devices with a known vulnerability', name: (name) => osWords(name) || 'Unknown', to: (name) => `/devices?platform=${encodeURIComponent(name)}`,
    of: ({ OSPlatform }) => [OSPlatform],
    kql: 'DeviceTvmSoftwareVulnerabilities\n| summarize Devices = dcount(DeviceId) by Name = OSPlatform\n| order by Devices desc',
  },
  {
    title: 'Vulnerable devices by Windows version', under: 'Devices with a known vulnerability',
    of: ({ OSPlatform, OSVersionInfo }) => (/^windows/i.test(OSPlatform) ? [`${OSPlatform} ${OSVersionInfo}`.trim()] : undefined),
    kql: 'DeviceTvmSoftwareVulnerabilities\n| where OSPlatform startswith "Windows"\n| distinct DeviceId\n| join kind=inner (DeviceInfo | summarize arg_max(Timestamp, OSPlatform, OSVersionInfo) by DeviceId) on DeviceId\n| summarize Devices = count() by Name = trim(" ", strcat(OSPlatform, " ", OSVersionInfo))\n| order by Devices desc', name: windowsWords,
  },
];

// The bars of a picture: devices by Name.
function barsOf(alike: Alike[], of: Picture['of']): Row[] {
  const bars = new Map<string, Row & { place: number }>();
  for (const one of alike) {
    const [Name, place = -1] = of(one) ?? [];
    if (Name === undefined) continue;
    const bar = bars.get(Name) ?? { Name, Devices: 0, place };
    bars.set(Name, { ...bar, Devices: bar.Devices + one.Devices });
  }
  return [...bars.values()].sort((a, b) => b.place - a.place || b.Devices - a.Devices);
}

export default function Reports() {
  return (
    <div className="page">
      <Head title="Vulnerable devices" text="How bad it is, and was: each device is counted once, under the worst that it has." />
      <div className="cards">{pictures.map((one) => <Chart key={one.title} one={one} />)}</div>
      <Trends />
    </div>
  );
}

function Chart({ one: { title, under, each, kql = each + counted, of, colours, name = (word) => word, to = each ? (word) => huntingAddress(each + listed(word)) : undefined } }: { one: Picture }) {
  // What was known of a CVE on a day, and how a device was, is not kept.
  const past = useAsOf() !== '';
  const lost = past && /KB\b|DeviceInfo/.test(kql);
  const then = useQuery({ queryKey: ['report', kql], enabled: past && !lost, queryFn: ({ signal }) => send<{ Results: Row[] }>('POST', '/api/advancedqueries/run', { Query: kql }, signal) });
  const now = useNow(!past);
  const { data, error, refetch } = past ? then : now;
  const rows = past ? then.data?.Results ?? [] : barsOf(now.data ?? [], of);
  const all = rows.reduce((sum, { Devices }) => sum + Devices, 0);
  return (
    <section className="card" aria-label={title}>
      <h2>{title}<Link to={huntingAddress(kql)}>Open in hunting</Link></h2>
      <p className="quiet">{under}</p>
      {lost ? <p className="quiet">No history is kept of what this counts.</p> : error ? <Trouble error={error} again={() => void refetch()} /> : !data ? <Bones lines={5} /> : !rows.length ? <p className="quiet">No device has a known vulnerability.</p> : (
        <Bars bars={rows.map(({ Name, Devices }) => ({
          key: Name, value: Devices, of: all, words: `${number(Devices)} (${percent(Devices / all)})`, colour: colours?.[Name],
          name: to ? <Link to={to(Name)}>{name(Name)}</Link> : name(Name),
        }))} />
      )}
    </section>
  );
}
