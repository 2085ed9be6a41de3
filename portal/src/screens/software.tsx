// Software inventory: every product that is installed somewhere, and the other inventories beside it.
import type { Software } from '../api/kinds';
import { any, contains, hasAny } from '../api/odata';
import { kqlAmong, kqlAny, kqlHas } from '../app/hunting';
import { useMyTabs } from '../app/refused';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { useOpen } from '../ui/address';
import { Head } from '../ui/head';
import { Share, Tags, Threats, threatWords, Usage } from '../ui/marks';
import { Tabs } from '../ui/tabs';
import { named, number, points, productName } from '../ui/words';
import { VulnerableComponents } from './components';
import { Hardware } from './hardware';
import { BrowserExtensions, Certificates } from './inventories';
import { NetworkShares } from './shares';
import { SoftwarePanel } from './software_panel';
import { SupportFigures } from './support';

const columns: Column<Software>[] = [
  { key: 'name', title: 'Name', sort: 'name', text: (r) => productName(r.vendor, r.name) },
  { key: 'vendor', title: 'Vendor', width: 100, wide: true, sort: 'vendor', text: (r) => r.vendor, show: (r) => named(r.vendor) },
  { key: 'os', title: 'OS platform', width: 140, wide: true, text: (r) => r.osPlatforms.join(', ') },
  { key: 'weaknesses', title: 'Weaknesses', width: 104, numeric: true, sort: 'weaknesses', text: (r) => (r.productCodeAvailable === false ? 'Not available' : r.weaknesses), show: (r) => (r.productCodeAvailable === false ? <span className="quiet" title="No source of knowledge speaks of it">Not available</span> : r.weaknesses ? number(r.weaknesses) : <span className="quiet">0</span>) },
  { key: 'threats', title: 'Threats', width: 84, text: (r) => threatWords(r).join('; '), show: (r) => <Threats {...r} /> },
  { key: 'exposed', title: 'Exposed devices', width: 132, sort: 'exposedMachines', text: (r) => r.exposedMachines, file: [{ text: (r) => r.exposedMachines }, { title: 'Installed devices', text: (r) => r.installedMachines }], show: (r) => (r.productCodeAvailable === false ? <span className="quiet">&ndash;</span> : <Share part={r.exposedMachines} whole={r.installedMachines} />) },
  { key: 'installed', title: 'Installed on', width: 110, numeric: true, optional: true, sort: 'installedMachines', text: (r) => r.installedMachines, show: (r) => number(r.installedMachines) },
  { key: 'usage', title: 'Usage', width: 80, numeric: true, wide: true, sort: 'usage', text: (r) => r.usage, show: (r) => <Usage days={r.usage} /> },
  { key: 'impact', title: 'Impact', width: 76, numeric: true, sort: 'impactScore', text: (r) => r.impactScore, show: (r) => points(r.impactScore) },
  { key: 'tags', title: 'Tags', width: 196, text: (r) => r.tags.join('; '), show: (r) => <Tags tags={r.tags} most={1} /> },
];
const plain = (values: string[]) => values.map((value) => ({ value, label: value }));
const states: Record<string, string> = { weak: 'weaknesses gt 0', clean: 'weaknesses eq 0' };
const threats: Record<string, string> = { kev: hasAny('tags', ['Known exploited']), exploit: 'publicExploit eq true', alert: 'activeAlert eq true' };
const threatsInKql: Record<string, string> = { kev: kqlAmong('Tags', ['Known exploited']), exploit: 'IsExploitAvailable', alert: 'HasActiveAlert' };
const filters: Filter[] = [
  { key: 'tags', title: 'Tags', options: [...plain(['EOS software', 'EOS versions', 'Upcoming EOS versions', 'Zero day', 'New security update for zero day', 'No security update', 'Known exploited', 'Pending restart']), { value: 'internetFacing', label: 'Internet facing' }], odata: (values) => hasAny('tags', values), kql: (values) => kqlAmong('Tags', values) },
  { key: 'weaknesses', title: 'Weaknesses', options: [{ value: 'weak', label: 'With weaknesses' }, { value: 'clean', label: 'Without weaknesses' }], odata: (values) => any(...values.map((value) => states[value] ?? 'false')),
    kql: (values) => kqlAny(values, { weak: 'Weaknesses > 0', clean: 'Weaknesses == 0' }) },
  { key: 'threats', title: 'Threats', options: [{ value: 'kev', label: 'Known to be exploited' }, { value: 'exploit', label: 'Public exploit' }, { value: 'alert', label: 'Active alert' }], odata: (values) => any(...values.map((value) => threats[value] ?? 'false')), kql: (values) => kqlAny(values, threatsInKql) },
  { key: 'platform', title: 'OS platform', options: plain(['Windows', 'macOS', 'Linux']), odata: (values) => hasAny('osPlatforms', values), kql: (values) => kqlAmong('OSPlatforms', values) },
  { key: 'code', title: 'Product code', single: true, odata: ([value]) => `productCodeAvailable eq ${value === 'yes'}`, kql: ([value]) => `IsProductCodeAvailable == ${value === 'yes'}`,
    options: [{ value: 'yes', label: 'Available: its flaws are looked for' }, { value: 'no', label: 'Not available' }] },
];
const underscored = (text: string) => text.trim().replaceAll(' ', '_');

const inventories = [
  { key: 'software', title: 'Software', permission: 'Software.Read.All', Component: Products },
  { key: 'components', title: 'Vulnerable components', permission: 'Software.Read.All', Component: VulnerableComponents },
  { key: 'extensions', title: 'Browser extensions', permission: 'Software.Read.All', Component: BrowserExtensions },
  { key: 'certificates', title: 'Certificates', permission: 'Vulnerability.Read.All', Component: Certificates },
  { key: 'shares', title: 'Network shares', permission: 'Vulnerability.Read.All', Component: NetworkShares },
  { key: 'hardware', title: 'Hardware and firmware', permission: 'Software.Read.All', Component: Hardware },
];

export default function Inventories() {
  const { shown, at, go, tab, refused } = useMyTabs(inventories);
  return (
    <div className="page fills">
      <Head title="Software inventory" text="Every product that is installed somewhere in the fleet, with its weaknesses and how many devices they expose; and what else agents read of devices." />
      <Tabs label="Inventories" at={at} go={go} tabs={shown} />
      {refused ?? (tab && <tab.Component />)}
    </div>
  );
}

const onDemand = ['productCodeAvailable'];

function Products() {
  const [openId, open] = useOpen();
  return (
    <>
      <SupportFigures />
      <List<Software>
        name="software" source="/api/software" also={onDemand} columns={columns} filters={filters} order="impactScore desc, installedMachines desc"
        search={{ hint: 'Search software', odata: (text) => any(contains('name', underscored(text)), contains('vendor', underscored(text))) }}
        rowKey={(r) => r.id} rowName={(r) => productName(r.vendor, r.name)} open={(r) => open(r.id)} openKey={openId}
        hunting={({ q, where }) =>
          `MerlonSoftware${where}${kqlHas(underscored(q), 'SoftwareName', 'SoftwareVendor')}\n| project SoftwareVendor, SoftwareName, Weaknesses, ExposedDevices, InstalledDevices, ImpactScore, Tags\n| order by ImpactScore desc, InstalledDevices desc`}
        empty={{ title: 'No software yet', text: <>Bring an inventory: <code>merlon collect --import</code> reads this machine, <code>merlon import FILE</code> takes CycloneDX, SPDX, osquery results and package databases.</> }}
      />
      {openId && <SoftwarePanel id={openId} close={() => open()} />}
    </>
  );
}
