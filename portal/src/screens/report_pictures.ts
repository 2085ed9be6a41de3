// The pictures of the report of vulnerable devices: each counts each device once, under the worst that it has, of now and of days
// before. What they count comes of /api/vulnerableDevices; each opens as a query that says the same of now.
import type { Layer } from '../ui/charts';
import { osWords } from '../ui/words';

// Devices of a day that are alike.
export interface Alike {
  date: string; osPlatform: string; version: string; severity: string; knownExploited: boolean;
  exploitAvailable: boolean | null; oldestInDays: number | null; machines: number;
}
// `of`: what devices that are alike are called. Nothing: they are not counted. `names`: in their order, the least first, with their
// colours; without them the longest bar is first. `each`: one row for each device with its Name, which `kql` counts and a click lists.
export interface Picture {
  title: string; under: string; over: string;
  of: (one: Alike) => string | undefined;
  names?: [name: string, colour: string][];
  each?: string; kql: string;
  words?: (name: string) => string; to?: (name: string) => string;
}

const withKb = 'DeviceTvmSoftwareVulnerabilities\n| join kind=inner (DeviceTvmSoftwareVulnerabilitiesKB | project CveId, IsExploitAvailable, PublishedDate) on CveId';
const severityRank = 'case(VulnerabilitySeverityLevel == "Critical", 4, VulnerabilitySeverityLevel == "High", 3, VulnerabilitySeverityLevel == "Medium", 2, 1)';
const counted = '\n| summarize Devices = count() by Name, Rank\n| order by Rank desc\n| project Name, Devices';
const ages: Record<number, string> = { 0: '30 days or fewer', 31: '31 to 90 days', 91: '91 to 180 days', 181: '181 to 365 days', 366: 'More than a year' };
// "WindowsServer2022 2022" has its version in its name.
const windowsWords = (name: string) => osWords(name).replace(/ (\w+) \1$/, ' $1');

const windows = 'DeviceTvmSoftwareVulnerabilities\n| where OSPlatform startswith "Windows"\n| distinct DeviceId\n| join kind=inner (DeviceInfo | summarize arg_max(Timestamp, OSPlatform, OSVersionInfo) by DeviceId) on DeviceId\n| project DeviceId, Name = trim(" ", strcat(OSPlatform, " ", OSVersionInfo))';

function ofEach(picture: Omit<Picture, 'kql'> & { each: string }): Picture {
  return { ...picture, kql: picture.each + counted };
}

export const pictures: Picture[] = [
  ofEach({
    title: 'Severity of vulnerabilities', under: 'By the worst severity that a device has', over: 'Severity over time',
    of: ({ severity }) => severity,
    names: [['Low', 'var(--low)'], ['Medium', 'var(--medium)'], ['High', 'var(--high)'], ['Critical', 'var(--critical)']],
    each: `DeviceTvmSoftwareVulnerabilities\n| extend Rank = ${severityRank}\n| summarize Rank = max(Rank) by DeviceId\n| extend Name = case(Rank == 4, "Critical", Rank == 3, "High", Rank == 2, "Medium", "Low")`,
  }),
  ofEach({
    title: 'Exploit availability', under: 'Whether any vulnerability of a device has a known exploit', over: 'Exploits over time',
    of: ({ exploitAvailable }) => (exploitAvailable === null ? undefined : exploitAvailable ? 'Exploit available' : 'No known exploit'),
    names: [['No known exploit', 'var(--low)'], ['Exploit available', 'var(--high)']],
    each: `${withKb}\n| summarize Rank = max(iff(IsExploitAvailable, 1, 0)) by DeviceId\n| extend Name = iff(Rank == 1, "Exploit available", "No known exploit")`,
  }),
  ofEach({
    title: 'Known exploited', under: 'Whether attackers are known to use any vulnerability of a device', over: 'Known exploited over time',
    of: ({ knownExploited }) => (knownExploited ? 'Known to be exploited' : 'None known to be exploited'),
    names: [['None known to be exploited', 'var(--low)'], ['Known to be exploited', 'var(--high)']],
    each: 'DeviceTvmSoftwareVulnerabilities\n| summarize Rank = max(iff(CveTags has "KnownExploited", 1, 0)) by DeviceId\n| extend Name = iff(Rank == 1, "Known to be exploited", "None known to be exploited")',
  }),
  ofEach({
    title: 'Age of vulnerabilities', under: 'By the oldest vulnerability that a device has, since it was published', over: 'Age over time',
    of: ({ oldestInDays }) => (oldestInDays === null ? undefined : ages[oldestInDays]),
    names: [['30 days or fewer', 'var(--low)'], ['31 to 90 days', 'var(--colorPaletteTealBorderActive)'], ['91 to 180 days', 'var(--colorPaletteMarigoldBorderActive)'], ['181 to 365 days', 'var(--medium)'], ['More than a year', 'var(--high)']],
    each: `${withKb}\n| where isnotnull(PublishedDate)\n| summarize Days = max(datetime_diff("day", now(), PublishedDate)) by DeviceId\n| extend Rank = case(Days > 365, 4, Days > 180, 3, Days > 90, 2, Days > 30, 1, 0)\n| extend Name = case(Rank == 4, "More than a year", Rank == 3, "181 to 365 days", Rank == 2, "91 to 180 days", Rank == 1, "31 to 90 days", "30 days or fewer")`,
  }),
  {
    title: 'Vulnerable devices by OS platform', under: 'Devices with a known vulnerability', over: 'OS platform over time',
    of: ({ osPlatform }) => osPlatform, words: (name) => osWords(name) || 'Unknown', to: (name) => `/devices?platform=${encodeURIComponent(name)}`,
    kql: 'DeviceTvmSoftwareVulnerabilities\n| summarize Devices = dcount(DeviceId) by Name = OSPlatform\n| order by Devices desc',
  },
  {
    title: 'Vulnerable devices by Windows version', under: 'Devices with a known vulnerability', over: 'Windows version over time',
    of: ({ osPlatform, version }) => (/^windows/i.test(osPlatform) ? `${osPlatform} ${version}`.trim() : undefined), words: windowsWords,
    each: windows, kql: `${windows}\n| summarize Devices = count() by Name\n| order by Devices desc`,
  },
];

// Devices with a vulnerability, by name.
export function countsOf({ of }: Picture, alike: Alike[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of alike) {
    const name = one.severity === 'None' ? undefined : of(one);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + one.machines);
  }
  return counts;
}

const colours = ['Blue', 'Teal', 'Purple', 'Marigold', 'Grape', 'Steel', 'Pumpkin', 'Forest', 'Magenta', 'Brown'].map((name) => `var(--colorPalette${name}BorderActive)`);

// What lies upon another in a picture over time: the names that have an order, or those that there are.
export function layersOf({ names, words = (name) => name }: Picture, counts: Map<string, number>[]): Layer[] {
  if (names) return names.map(([name, colour]) => ({ key: name, name, colour }));
  const there = [...new Set(counts.flatMap((day) => [...day.keys()]))].toSorted();
  return there.map((name, i) => ({ key: name, name: words(name), colour: colours[i % colours.length]! }));
}
