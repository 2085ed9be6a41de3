// One product: its versions with their end of support, weaknesses, devices, updates that are lacking.
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { get } from '../api/client';
import type { Distribution, MissingKb, Software, SoftwareInstallation } from '../api/kinds';
import { address, all, any, contains, quote, type Page } from '../api/odata';
import { huntingAddress, kqlAmong, kqlAny, kqlHas, kqlProduct, kqlText } from '../app/hunting';
import { useMyTabs } from '../app/refused';
import { useSession } from '../app/session';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { SmallList } from '../list/small';
import { useOpen } from '../ui/address';
import { Bars } from '../ui/charts';
import { Head } from '../ui/head';
import { Tags, Usage } from '../ui/marks';
import { Facts, Panel, Section } from '../ui/panel';
import { Bones, Explain, PageBones, Trouble } from '../ui/states';
import { Tabs } from '../ui/tabs';
import { ago, date, number, osWords, plural, productName, productNameOf, time, withDates } from '../ui/words';
import { ProductIsWrong } from './correction_form';
import { ExposedOverTime } from './exposed_devices';
import { Outside } from './recommendation_panel';
import { RecommendationList } from './recommendation_list';
import { SeverityBars } from './severity_bars';
import { SoftwareFacts } from './software_panel';
import { EventList } from './timeline';
import { VulnerabilityList } from './vulnerability_list';

const productTabs = [
  { key: 'overview', title: 'Overview', permission: '' },
  { key: 'recommendations', title: 'Security recommendations', permission: 'SecurityRecommendation.Read.All' },
  { key: 'vulnerabilities', title: 'Discovered vulnerabilities', permission: 'Vulnerability.Read.All' },
  { key: 'devices', title: 'Installed devices', permission: '' },
  { key: 'versions', title: 'Version distribution', permission: '' },
  { key: 'kbs', title: 'Missing KBs', permission: '' },
  { key: 'events', title: 'Event timeline', permission: '' },
];

export default function Product() {
  const { id = '' } = useParams();
  const path = `/api/software/${encodeURIComponent(id)}`;
  const { shown: tabs, at: tab, go, refused } = useMyTabs(productTabs);
  const { data: one, error, refetch } = useQuery({ queryKey: ['software', id], queryFn: ({ signal }) => get<Software>(path, signal) });
  if (error) return <div className="page"><Head before={<p className="crumbs"><Link to="/software">Software inventory</Link></p>} title="Software" /><Trouble error={error} again={() => void refetch()} /></div>;
  const product = all(`vendor eq ${quote(one?.vendor ?? '')}`, `productName eq ${quote(one?.name ?? '')}`);
  return (
    <div className={tab === 'overview' ? 'page' : 'page fills'}>
      <Head before={<p className="crumbs"><Link to="/software">Software inventory</Link></p>} name={one && productName(one.vendor, one.name)}
        title={<>{one ? productName(one.vendor, one.name) : <span className="quiet">{productNameOf(id)}</span>}{one && <Tags tags={one.tags} />}</>} end={one && <ProductIsWrong vendor={one.vendor} product={one.name} />} />
      <Tabs label="Of this product" at={tab} go={go} tabs={tabs.map(({ key, title }) => ({ key, title, count: key === 'vulnerabilities' ? one?.weaknesses : key === 'devices' ? one?.installedMachines : undefined }))} />
      {refused ?? (!one && <PageBones fills={tab !== 'overview'} />)}
      {one && tab === 'overview' && <Overview one={one} path={path} />}
      {one && !refused && tab === 'recommendations' && <RecommendationList name="product-recommendations" source="/api/recommendations" fixed={product} about={kqlProduct(one.vendor, one.name)} empty={{ title: 'Nothing to do', text: 'Its installed versions are supported and have no known weakness that can be acted on.' }} />}
      {one && !refused && tab === 'vulnerabilities' && <VulnerabilityList name="product-vulnerabilities" source={`${path}/vulnerabilities`} about={`\n| where ${kqlAmong('RelatedSoftware', [id])}`} empty={{ title: 'No known weakness', text: 'No CVE applies to the installed versions.' }} />}
      {one && tab === 'devices' && <Devices one={one} path={path} />}
      {one && tab === 'versions' && <Versions one={one} path={path} />}
      {one && tab === 'kbs' && <MissingKbs path={path} kql={`DeviceTvmSoftwareVulnerabilities${kqlProduct(one.vendor, one.name)}`} />}
      {one && tab === 'events' && <EventList name="product-events" source={`${path}/events`} only={kqlProduct(one.vendor, one.name).trim()} />}
    </div>
  );
}

function Overview({ one, path }: { one: Software; path: string }) {
  const versions = useQuery({ queryKey: ['versions', one.id], queryFn: ({ signal }) => get<Page<Distribution>>(address(`${path}/distributions`, { top: 8 }), signal) });
  const weaknesses = useSession().may('Vulnerability.Read.All');
  const most = Math.max(1, ...(versions.data?.value.map((version) => version.installations) ?? []));
  return (
    <div className="cards">
      <section className="card"><h2>Details</h2>
        <SoftwareFacts one={one} />
      </section>
      <section className="card"><h2>Weaknesses by severity</h2>
        {!weaknesses ? <p className="quiet">Your role does not read vulnerabilities.</p> : <SeverityBars path={path} />}
        <ExposedOverTime recommendation={`va-_-${one.id}`} within={(trend) => <><h2 className="card-second">Exposed devices over time</h2>{trend}</>} />
      </section>
      <section className="card"><h2>Versions <Link to="?tab=versions">All versions</Link></h2>
        {versions.data ? (
          <Bars bars={versions.data.value.map((version) => ({
            key: version.version, value: version.installations, of: most, words: plural(version.installations, 'device'),
            name: <><Link to={`?tab=versions&open=${encodeURIComponent(version.version)}`}>{version.version || 'unknown'}</Link> {version.endOfSupportStatus !== 'None' && <Tags tags={[version.endOfSupportStatus]} />}</>,
            colour: version.endOfSupportStatus.startsWith('EOS') ? 'var(--high)' : undefined,
          }))} />
        ) : versions.error ? <Trouble error={versions.error} again={() => void versions.refetch()} /> : <Bones lines={5} />}
      </section>
    </div>
  );
}

const deviceColumns: Column<SoftwareInstallation>[] = [
  { key: 'device', title: 'Device', sort: 'computerDnsName', text: (r) => r.computerDnsName, show: (r) => <Link to={`/devices/${r.deviceId}`}>{r.computerDnsName}</Link> },
  { key: 'os', title: 'OS platform', width: 170, slim: 130, sort: 'osPlatform', text: (r) => osWords(r.osPlatform) },
  { key: 'version', title: 'Version', width: 190, slim: 150, sort: 'version', text: (r) => r.version },
  { key: 'exposed', title: 'Exposed', width: 100, sort: 'exposed', text: (r) => (r.exposed ? 'Yes' : 'No') },
  { key: 'support', title: 'End of support', width: 180, slim: 140, sort: 'endOfSupportStatus', most: true, text: (r) => (r.endOfSupportStatus === 'None' ? '' : r.endOfSupportStatus), show: (r) => (r.endOfSupportStatus === 'None' ? '' : <Tags tags={[r.endOfSupportStatus]} />) },
  { key: 'group', title: 'Device group', width: 160, wide: true, sort: 'rbacGroupName', text: (r) => r.rbacGroupName || 'Unassigned' },
  { key: 'seen', title: 'Last seen', width: 140, sort: 'lastSeen', text: (r) => r.lastSeen, show: (r) => <span title={time(r.lastSeen)}>{ago(r.lastSeen)}</span> },
];
const exposedFilter: Filter[] = [
  { key: 'exposed', title: 'Exposed', options: [{ value: 'true', label: 'Exposed' }, { value: 'false', label: 'Not exposed' }], odata: (values) => any(...values.map((value) => `exposed eq ${value === 'true'}`)),
    kql: (values) => values.map((value) => (value === 'true' ? 'Weaknesses > 0' : 'isnull(Weaknesses)')).join(' or ') },
];

function Devices({ one, path }: { one: Software; path: string }) {
  return (
    <List<SoftwareInstallation> name="product-devices" source={`${path}/installations`} columns={deviceColumns} filters={exposedFilter} rowKey={(r) => r.id} rowName={(r) => r.computerDnsName}
      search={{ hint: 'Search device or version', odata: (text) => any(contains('computerDnsName', text), contains('version', text)) }}
      hunting={({ q, where }) => `DeviceTvmSoftwareInventory${kqlProduct(one.vendor, one.name)}\n| where DeviceId in ((DeviceInfo | where not(IsExcluded) and Timestamp > ago(30d) | project DeviceId))${kqlHas(q, 'DeviceName', 'SoftwareVersion')}\n| join kind=leftouter (DeviceTvmSoftwareVulnerabilities${kqlProduct(one.vendor, one.name).replace('\n', ' ')} | summarize Weaknesses = dcount(CveId) by DeviceId, SoftwareVersion) on DeviceId, SoftwareVersion${where}\n| project DeviceName, OSPlatform, SoftwareVersion, EndOfSupportStatus, Weaknesses`}
      empty={{ title: 'On no device', text: 'No device that counts has this product now.' }} />
  );
}

const supportOf: Record<string, string> = {
  ended: "startswith(endOfSupportStatus,'EOS')", soon: "startswith(endOfSupportStatus,'Upcoming')",
  fine: "endOfSupportStatus eq 'None' and endOfSupportKnown eq true", unknown: "endOfSupportStatus eq 'None' and endOfSupportKnown eq false",
};
const supportInKql: Record<string, string> = { ended: 'EndOfSupportStatus startswith "EOS"', soon: 'EndOfSupportStatus startswith "Upcoming"' };
const versionFilters: Filter[] = [
  { key: 'support', title: 'End of support', kql: (values) => kqlAny(values, supportInKql), odata: (values) => any(...values.map((value) => supportOf[value] ?? 'false')),
    options: [{ value: 'ended', label: 'EOS' }, { value: 'soon', label: 'Upcoming EOS' }, { value: 'fine', label: 'Supported' }, { value: 'unknown', label: 'No life-cycle data' }] },
];
const versionColumns: Column<Distribution>[] = [
  { key: 'version', title: 'Version', sort: 'version', text: (r) => r.version },
  { key: 'installed', title: 'Installed on', width: 140, numeric: true, sort: 'installations', text: (r) => r.installations, show: (r) => number(r.installations) },
  { key: 'vulnerabilities', title: 'Vulnerabilities', width: 140, numeric: true, sort: 'vulnerabilities', text: (r) => r.vulnerabilities, show: (r) => number(r.vulnerabilities) },
  { key: 'usage', title: 'Usage', width: 120, numeric: true, sort: 'usage', text: (r) => r.usage, show: (r) => <Usage days={r.usage} /> },
  { key: 'tags', title: 'Tags', width: 220, sort: 'endOfSupportStatus', most: true, text: (r) => (r.endOfSupportStatus === 'None' ? '' : r.endOfSupportStatus), show: (r) => (r.endOfSupportStatus === 'None' ? '' : <Tags tags={[r.endOfSupportStatus]} />) },
  { key: 'date', title: 'End of support date', width: 180, optional: true, sort: 'endOfSupportDate', text: (r) => date(r.endOfSupportDate), file: [{ text: (r) => r.endOfSupportDate }] },
];

function Versions({ one, path }: { one: Software; path: string }) {
  const [openVersion, open] = useOpen();
  return (
    <>
      <List<Distribution> name="versions" source={`${path}/distributions`} columns={versionColumns} filters={versionFilters} rowKey={(r) => r.version} rowName={(r) => r.version}
        search={{ hint: 'Search version', odata: (text) => contains('version', text) }} open={(r) => open(r.version)} openKey={openVersion}
        hunting={({ q, where }) => `DeviceTvmSoftwareInventory${kqlProduct(one.vendor, one.name)}${kqlHas(q, 'SoftwareVersion')}${where}\n| summarize Devices = dcount(DeviceId) by SoftwareVersion, EndOfSupportStatus, EndOfSupportDate\n| order by Devices desc`}
        empty={{ title: 'No version', text: 'No device that counts has this product now.' }} />
      {openVersion !== undefined && <VersionPanel one={one} path={path} version={openVersion} close={() => open()} />}
    </>
  );
}

function VersionPanel({ one, path, version, close }: { one: Software; path: string; version: string; close: () => void }) {
  const asked = useQuery({
    queryKey: ['version', one.id, version],
    queryFn: ({ signal }) => get<Page<Distribution>>(address(`${path}/distributions`, { filter: `version eq ${quote(version)}` }), signal),
  });
  const found = asked.data?.value[0];
  const { may } = useSession();
  return (
    <Panel id={version} close={close} asked={asked} title={`${productName(one.vendor, one.name)} ${version}`} under={found && found.endOfSupportStatus !== 'None' && <Tags tags={[found.endOfSupportStatus]} />}>
      {asked.data && !found && <Explain title="No device has it any more" text="This version is not installed anywhere now." />}
      {found && (
        <>
          <Section title="Details">
            <Facts facts={[
              ['End of support date', found.endOfSupportDate ? date(found.endOfSupportDate) : found.endOfSupportKnown ? 'No date is known' : 'No life-cycle data'],
              ['Source', found.endOfSupportSource && (found.endOfSupportSource === 'merlon' ? 'What came with Merlon' : `${found.endOfSupportSource}${found.endOfSupportSourceDate ? `, as of ${date(found.endOfSupportSourceDate)}` : ''}`)],
              ['Installed on', plural(found.installations, 'device')],
              ['Vulnerabilities', found.vulnerabilities && may('AdvancedQuery.Read.All') ? <Link key="v" to={huntingAddress(`DeviceTvmSoftwareVulnerabilities${kqlProduct(one.vendor, one.name)}\n| where SoftwareVersion == ${kqlText(version)}\n| distinct CveId, VulnerabilitySeverityLevel, RecommendedSecurityUpdate\n| order by CveId desc`)}>{number(found.vulnerabilities)}</Link> : number(found.vulnerabilities)],
            ]} />
            {found.endOfSupportReason && <p className="text under-facts">{withDates(found.endOfSupportReason)}</p>}
          </Section>
          <Section title="Devices with this version">
            <SmallList<SoftwareInstallation> source={`${path}/installations`} options={{ filter: `version eq ${quote(version)}` }} rowKey={(r) => r.id} first={20} label="Devices with this version" none="No device."
              columns={[
                { title: 'Device', show: (r) => <Link to={`/devices/${r.deviceId}`}>{r.computerDnsName}</Link> },
                { title: 'OS platform', width: 150, show: (r) => osWords(r.osPlatform) },
                { title: 'Last seen', width: 120, show: (r) => ago(r.lastSeen) },
              ]} />
          </Section>
        </>
      )}
    </Panel>
  );
}

const kbColumns: Column<MissingKb>[] = [
  { key: 'name', title: 'Update', width: 160, sort: 'name', text: (r) => r.name, show: (r) => <Outside address={r.url} words={r.name} /> },
  { key: 'products', title: 'Products', text: (r) => r.productsNames.join(', '), show: (r) => r.productsNames.map(productNameOf).join(', ') },
  { key: 'devices', title: 'Devices that lack it', width: 160, numeric: true, sort: 'machineMissedOn', text: (r) => r.machineMissedOn },
  { key: 'restart', title: 'Pending restart', width: 140, numeric: true, sort: 'pendingRestartMachines', text: (r) => r.pendingRestartMachines, show: (r) => (r.pendingRestartMachines ? <span title="Devices where an update of Windows is in and waits for a restart">{number(r.pendingRestartMachines)}</span> : <span className="quiet">&ndash;</span>) },
  { key: 'cves', title: 'CVEs addressed', width: 140, numeric: true, sort: 'cveAddressed', text: (r) => r.cveAddressed },
];
// Of a device: what another one that it lacks brings with it need not be installed.
const deviceKbColumns: Column<MissingKb>[] = [
  ...kbColumns.filter(({ key }) => key !== 'devices' && key !== 'restart'),
  { key: 'replaced', title: 'Comes with', width: 200, sort: 'replacedBy/$count', text: (r) => r.replacedBy?.join(', '), show: (r) => r.replacedBy?.join(', ') || <span className="quiet">&ndash;</span> },
];
const replaced = ['replacedBy'];
const kbFilters: Filter[] = [
  { key: 'tags', title: 'Tags', options: [{ value: 'restart', label: 'Pending restart' }], odata: () => 'pendingRestartMachines gt 0' },
];

// `kql`: the vulnerabilities that the updates are of. The devices that lack it are no news on the page of a device.
export function MissingKbs({ path, kql, ofDevice = false }: { path: string; kql: string; ofDevice?: boolean }) {
  return (
    <List<MissingKb> name={ofDevice ? 'device-kbs' : 'missing-kbs'} source={`${path}/getmissingkbs`} also={ofDevice ? replaced : undefined} columns={ofDevice ? deviceKbColumns : kbColumns} filters={ofDevice ? undefined : kbFilters} order={ofDevice ? 'replacedBy/$count, cveAddressed desc' : 'cveAddressed desc'} rowKey={(r) => r.id} rowName={(r) => r.name}
      search={{ hint: 'Search update', odata: (text) => contains('name', text) }}
      hunting={({ q }) => `${kql}\n| where RecommendedSecurityUpdateId startswith "KB"${kqlHas(q, 'RecommendedSecurityUpdateId')}\n| summarize Devices = dcount(DeviceId), Weaknesses = dcount(CveId) by RecommendedSecurityUpdateId, RecommendedSecurityUpdate\n| order by Weaknesses desc`}
      empty={{ title: 'No update is lacking', text: 'Missing KBs are known for Windows and other Microsoft products; everything else is updated by version.' }} />
  );
}
