// Vulnerable components: libraries with known weaknesses, and the files that are them.
import { Link } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { Software } from '../api/kinds';
import { any, contains, hasAny } from '../api/odata';
import { kqlAmong, kqlAny, kqlHas } from '../app/hunting';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { SmallList } from '../list/small';
import { useOpen } from '../ui/address';
import { Share, Tags, Threats, threatWords } from '../ui/marks';
import { Facts, Panel, Section } from '../ui/panel';
import { number, points } from '../ui/words';

type Component = Omit<Software, 'osPlatforms'> & { ecosystems: string[] };
interface File { id: string; deviceId: string; computerDnsName: string; version: string; path: string; weaknesses: number }

const ecosystems: Record<string, string> = {
  pypi: 'Python', npm: 'Node.js', maven: 'Java', gem: 'Ruby', nuget: '.NET', golang: 'Go', cargo: 'Rust', composer: 'PHP', hex: 'Erlang', pub: 'Dart', cran: 'R', conan: 'C and C++', swift: 'Swift',
};
const language = (one: string) => ecosystems[one] ?? one;
// Where packages have no maker of their own, the ecosystem stands for it.
const maker = (r: Component) => (r.vendor in ecosystems ? '' : r.vendor);
const languages = (r: Component) => r.ecosystems.map(language).join(', ');

const columns: Column<Component>[] = [
  { key: 'name', title: 'Component', sort: 'name', text: (r) => r.name },
  { key: 'language', title: 'Language', width: 120, text: languages },
  { key: 'weaknesses', title: 'Weaknesses', width: 104, numeric: true, sort: 'weaknesses', text: (r) => r.weaknesses, show: (r) => number(r.weaknesses) },
  { key: 'threats', title: 'Threats', width: 84, text: (r) => threatWords(r).join('; '), show: (r) => <Threats {...r} /> },
  { key: 'exposed', title: 'Exposed devices', width: 132, sort: 'exposedMachines', text: (r) => r.exposedMachines, file: [{ text: (r) => r.exposedMachines }, { title: 'Installed devices', text: (r) => r.installedMachines }], show: (r) => <Share part={r.exposedMachines} whole={r.installedMachines} /> },
  { key: 'impact', title: 'Impact', width: 84, numeric: true, sort: 'impactScore', text: (r) => r.impactScore, show: (r) => points(r.impactScore) },
  { key: 'tags', title: 'Tags', width: 220, wide: true, text: (r) => r.tags.join('; '), show: (r) => <Tags tags={r.tags} most={1} /> },
  { key: 'group', title: 'Vendor', width: 220, optional: true, sort: 'vendor', text: maker },
];
const filters: Filter[] = [
  { key: 'language', title: 'Language', options: Object.entries(ecosystems).map(([value, label]) => ({ value, label })), odata: (values) => hasAny('ecosystems', values), kql: (values) => kqlAmong('Ecosystems', values) },
  { key: 'threats', title: 'Threats', options: [{ value: 'exploit', label: 'Public exploit' }, { value: 'alert', label: 'Active alert' }], odata: (values) => any(...values.map((value) => (value === 'alert' ? 'activeAlert eq true' : 'publicExploit eq true'))),
    kql: (values) => kqlAny(values, { exploit: 'IsExploitAvailable', alert: 'HasActiveAlert' }) },
];

export function VulnerableComponents() {
  const [openId, open] = useOpen();
  return (
    <>
      <List<Component> name="components" source="/api/vulnerableComponents" columns={columns} filters={filters} order="impactScore desc, weaknesses desc" rowKey={(r) => r.id} rowName={(r) => r.name} open={(r) => open(r.id)} openKey={openId}
        search={{ hint: 'Search component', odata: (text) => any(contains('name', text), contains('vendor', text)) }}
        hunting={({ q, where }) => `MerlonSoftware\n| where IsComponent and Weaknesses > 0${where}${kqlHas(q, 'SoftwareName', 'SoftwareVendor')}\n| project SoftwareVendor, SoftwareName, Ecosystems, Weaknesses, ExposedDevices, InstalledDevices, ImpactScore, Tags\n| order by ImpactScore desc, Weaknesses desc`}
        empty={{ title: 'No vulnerable component is known', text: <>Libraries come with documents of what an application is made of (CycloneDX, SPDX), with <code>merlon collect</code> and from osquery agents (Python, Node.js).</> }} />
      {openId && <ComponentPanel key={openId} id={openId} close={() => open()} />}
    </>
  );
}

function ComponentPanel({ id, close }: { id: string; close: () => void }) {
  const path = `/api/vulnerableComponents/${encodeURIComponent(id)}`;
  const asked = useQuery({ queryKey: ['component', id], queryFn: ({ signal }) => get<Component>(path, signal) });
  const one = asked.data;
  return (
    <Panel id={id} close={close} asked={asked} title={one?.name ?? id} under={one && <Tags tags={one.tags} />} page={one && { to: `/software/${encodeURIComponent(id)}`, words: 'Open software page' }}>
      {one && (
        <>
          <Section title="Details">
            <Facts facts={[
              ['Language', languages(one)], ['Vendor', maker(one)], ['Weaknesses', number(one.weaknesses)], ['Exposed devices', `${number(one.exposedMachines)} of ${number(one.installedMachines)}`],
              ['Public exploit', one.publicExploit ? 'Yes' : 'None known'], ['Impact', `${points(one.impactScore)} points of the exposure score`],
            ]} />
          </Section>
          <Section title="Files">
            <SmallList<File> source={`${path}/files`} rowKey={(r) => r.id} label="Files" none="No device has it now."
              columns={[
                { title: 'Place', show: (r) => <div className="file"><Link to={`/devices/${r.deviceId}?tab=inventory&q=${encodeURIComponent(one.name)}`}>{r.computerDnsName}</Link><div className="mono quiet">{r.path || 'No path was reported.'}</div></div> },
                { title: 'Version', width: 110, show: (r) => r.version },
                { title: 'Weaknesses', width: 100, numeric: true, show: (r) => (r.weaknesses ? <b className="bad">{number(r.weaknesses)}</b> : <span className="quiet">0</span>) },
              ]} />
          </Section>
        </>
      )}
    </Panel>
  );
}
