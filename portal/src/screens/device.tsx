// One device: what is on it, what is wrong with it and why, what to do.
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { get } from '../api/client';
import type { Alert, Machine, MachineConfiguration, MachineFinding, MachineInstallation, MachineRecommendation, MachineRemediationTask } from '../api/kinds';
import { address, all, any, contains, oneOf, quote, type Page } from '../api/odata';
import { kqlAny, kqlHas, kqlOneOf, kqlText } from '../app/hunting';
import { useMyTabs } from '../app/refused';
import { useAsOf } from '../app/scope';
import { useSession } from '../app/session';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { SmallList } from '../list/small';
import { useOpen } from '../ui/address';
import { Head } from '../ui/head';
import { epssWords, Level, Severity, Tags, Threats, threatWords, Usage } from '../ui/marks';
import { Facts, Panel, Section } from '../ui/panel';
import { PageBones, Trouble } from '../ui/states';
import { Tabs } from '../ui/tabs';
import { ago, date, daysSince, domainOf, named, number, osWords, productId, productName, spaced, time, withDates } from '../ui/words';
import { fixWords, Steps, sureness } from '../ui/why';
import { AlertList } from './alerts';
import { Changes } from './changes';
import { ThisIsWrong } from './correction_form';
import { severityColumn } from './cve_columns';
import { DeviceBaselines, LoggedOnUsers, PendingRestart } from './device_facts';
import { DeviceActions } from './device_actions';
import { DevicePast } from './device_past';
import { settingColumns, settingFilters } from './device_settings';
import { Hardware } from './hardware';
import { BrowserExtensions, Certificates } from './inventories';
import { MissingKbs } from './product';
import { Impact, RecommendationList, ofFleet } from './recommendation_list';
import { DeviceScore } from './score_panel';
import { severities, SeverityBars } from './severity_bars';
import { NetworkShares } from './shares';
import { ExtendedSupport, SystemSupport } from './support';

export default function Device() {
  const { id = '' } = useParams();
  const path = `/api/machines/${encodeURIComponent(id)}`;
  const { may } = useSession();
  const asOf = useAsOf();
  const tabs = deviceTabs(may);
  const { shown, at, go, refused } = useMyTabs(tabs.flatMap((tab) => tab.parts ?? tab));
  const mine = (tab: DeviceTab) => (tab.parts ?? [tab]).filter((part) => shown.includes(part));
  const { data: one, error, refetch } = useQuery({ queryKey: ['machine', id], queryFn: ({ signal }) => get<Machine>(address(path, { select: ['*', 'osName', 'exposureScore'] }), signal) });
  if (error) return <div className="page"><Head before={<p className="crumbs"><Link to="/devices">Devices</Link></p>} title="Device" /><Trouble error={error} again={() => void refetch()} /></div>;
  const head = (
    <Head before={<p className="crumbs"><Link to="/devices">Devices</Link></p>} name={one?.computerDnsName} title={<>{one?.computerDnsName ?? <span className="quiet">{id}</span>}{one && <Tags tags={one.machineTags} most={4} />}</>}
      end={one && !asOf && may('Machine.ReadWrite.All') && <DeviceActions one={one} path={path} />} />
  );
  if (asOf) return <div className="page fills">{head}<DevicePast id={id} /></div>;
  const whole = tabs.find(({ key, parts }) => key === at || parts?.some((part) => part.key === at))!;
  const parts = mine(whole);
  return (
    <div className={at === 'overview' ? 'page' : 'page fills'}>
      {head}
      <Tabs label="Of this device" at={whole.key} go={(key) => go(mine(tabs.find((tab) => tab.key === key)!)[0]!.key)} tabs={tabs.filter((tab) => mine(tab).length)} />
      {parts.length > 1 && <Tabs label="Parts" at={at} go={go} tabs={parts} small />}
      {refused ?? (one ? <Content tab={at} one={one} path={path} /> : <PageBones fills={at !== 'overview'} />)}
    </div>
  );
}

interface DeviceTab { key: string; title: string; permission: string; parts?: DeviceTab[] }
const deviceTabs = (may: (permission: string) => boolean): DeviceTab[] => [
  { key: 'overview', title: 'Overview', permission: '' },
  { key: 'recommendations', title: 'Security recommendations', permission: 'SecurityRecommendation.Read.All' },
  { key: 'inventory', title: 'Inventories', permission: '', parts: [
    { key: 'inventory', title: 'Software', permission: 'Software.Read.All' },
    { key: 'components', title: 'Vulnerable components', permission: 'Software.Read.All' },
    { key: 'extensions', title: 'Browser extensions', permission: 'Software.Read.All' },
    { key: 'certificates', title: 'Certificates', permission: 'Vulnerability.Read.All' },
    { key: 'shares', title: 'Network shares', permission: 'Vulnerability.Read.All' },
    { key: 'hardware', title: 'Hardware and firmware', permission: 'Software.Read.All' },
  ] },
  { key: 'vulnerabilities', title: 'Discovered vulnerabilities', permission: 'Vulnerability.Read.All' },
  { key: 'kbs', title: 'Missing KBs', permission: 'Software.Read.All' },
  { key: 'configuration', title: 'Configuration', permission: '', parts: [
    { key: 'configuration', title: 'Checks', permission: 'Vulnerability.Read.All' },
    { key: 'baselines', title: 'Security baselines', permission: 'SecurityBaselinesAssessment.Read.All' },
  ] },
  { key: 'timeline', title: 'Timeline', permission: may('Software.Read.All') ? '' : 'Vulnerability.Read.All' }, // of either
  { key: 'alerts', title: 'Alerts', permission: 'Alert.Read.All' },
];

function Content({ tab, one, path }: { tab: string; one: Machine; path: string }) {
  switch (tab) {
    case 'recommendations': return <RecommendationList name="device-recommendations" source={`${path}/recommendations`} device={one.id} empty={{ title: 'Nothing to do', text: 'Nothing is recommended for this device now.' }} />;
    case 'inventory': return <Inventory key="software" one={one} path={path} />;
    case 'components': return <Inventory key="components" one={one} path={path} components />;
    case 'vulnerabilities': return <Findings one={one} path={path} />;
    case 'kbs': return <MissingKbs path={path} ofDevice kql={`DeviceTvmSoftwareVulnerabilities\n| where DeviceId == ${kqlText(one.id)}`} />;
    case 'configuration': return <Settings one={one} />;
    case 'extensions': return <BrowserExtensions device={one.id} />;
    case 'certificates': return <Certificates device={one.id} />;
    case 'shares': return <NetworkShares device={one.id} />;
    case 'hardware': return <Hardware device={one.id} />;
    case 'baselines': return <DeviceBaselines id={one.id} />;
    case 'timeline': return <Changes machine={one.id} />;
    case 'alerts': return <AlertList name="device-alerts" device={one.id} />;
    default: return <Overview one={one} path={path} />;
  }
}

function Overview({ one, path }: { one: Machine; path: string }) {
  const { may } = useSession();
  const alerts = may('Alert.Read.All');
  const weaknesses = may('Vulnerability.Read.All');
  return (
    <div className="cards">
      <section className="card wide"><h2>Details</h2>
        <Facts facts={[
          ['Exposure level', <Level key="e" level={one.exposureLevel} />], ['Risk level', <Level key="r" level={one.riskScore} />],
          ['Device value', one.deviceValue], ['Device group', one.rbacGroupName || 'Unassigned'], ['Domain', domainOf(one.computerDnsName)],
          ['Operating system', one.osPlatform === 'Linux' && one.osName ? one.osName : osWords(one.osPlatform).endsWith(` ${one.version}`) ? osWords(one.osPlatform) : [osWords(one.osPlatform), one.version].filter(Boolean).join(' ')], ['OS version', one.osVersion],
          ['Architecture', one.osArchitecture], ['Health', one.healthStatus], ['Onboarding', spaced(one.onboardingStatus)],
          ['First seen', time(one.firstSeen)], ['Last seen', <span key="l" title={time(one.lastSeen)}>{ago(one.lastSeen)}</span>],
          ['IP address', one.lastIpAddress], ['Public address', one.lastExternalIpAddress],
          ['Pending restart', <PendingRestart key="p" id={one.id} />],
          ['End of support', may('Software.Read.All') && <SystemSupport key="s" id={one.id} />], ['Extended support', <ExtendedSupport key="x" scope="device" value={one.id} name={one.computerDnsName} />],
          ['Excluded', one.isExcluded ? 'Yes: it counts nowhere' : ''],
          ['Device id', <span key="i" className="mono device-id">{one.id}</span>],
        ]} />
      </section>
      {weaknesses && <section className="card"><h2>Vulnerabilities by severity <Link to="?tab=vulnerabilities">All</Link></h2>
        <SeverityBars path={path} />
      </section>}
      {weaknesses && <DeviceScore path={path} score={one.exposureScore} />}
      {weaknesses && <section className="card wide"><h2>Top vulnerabilities <Link to="?tab=vulnerabilities">All</Link></h2>
        <SmallList<MachineFinding> source={`${path}/findings`} options={{ orderby: 'knownExploited desc, cvssV3 desc, epss desc' }} rowKey={(r) => r.id} first={5} label="Top vulnerabilities" none="No CVE applies to what is installed."
          columns={[
            { title: 'CVE', width: 140, show: (r) => <Link to={`?tab=vulnerabilities&open=${encodeURIComponent(r.id)}`}>{r.cveId}</Link> },
            { title: 'Related software', show: (r) => `${productName(r.productVendor, r.productName)} ${r.productVersion}` },
            { title: 'Severity', width: 120, show: (r) => <Severity level={r.severity} score={r.cvssV3} /> },
            { title: 'Threats', width: 84, show: (r) => <Threats {...r} /> },
          ]} />
      </section>}
      {alerts && (
        <section className="card"><h2>Active alerts <Link to="?tab=alerts">All</Link></h2>
          <SmallList<Alert> source="/api/alerts" options={{ filter: all(`machineId eq ${quote(one.id)}`, "status ne 'Resolved'") }} rowKey={(r) => r.id} first={5} label="Active alerts" none="There is no active alert."
            columns={[
              { title: 'Alert', show: (r) => <Link to={`?tab=alerts&open=${encodeURIComponent(r.id)}`} title={r.title}>{r.title}</Link> },
              { title: 'Severity', width: 88, show: (r) => <Severity level={r.severity} /> },
              { title: 'Time', width: 84, show: (r) => <span title={time(r.alertCreationTime)}>{ago(r.alertCreationTime)}</span> },
            ]} />
        </section>
      )}
      {may('RemediationTasks.Read.All') && <AskedFor path={path} />}
      <LoggedOnUsers id={one.id} />
      {may('SecurityRecommendation.Read.All') && <section className="card whole"><h2>What to do first <Link to="?tab=recommendations">All</Link></h2>
        <SmallList<MachineRecommendation> source={`${path}/recommendations`} options={{ select: ['*', 'installedVersions', 'machineRecommendedVersion', 'machineRecommendedVersionReason'] }} rowKey={(r) => r.id} first={6} label="What to do first" none="Nothing is recommended for this device now."
          columns={[
            { title: 'Recommendation', show: (r) => <Link to={`?tab=recommendations&open=${encodeURIComponent(r.id)}`}>{r.recommendationName}</Link> },
            { title: 'Installed version', width: 150, show: (r) => r.installedVersions?.join(', ') },
            { title: 'Go to version', width: 150, show: (r) => <span title={r.machineRecommendedVersionReason ?? ''}>{r.machineRecommendedVersion}</span> },
            { title: 'Tags', width: 280, show: (r) => <Tags tags={r.tags} most={2} /> },
            { title: 'Threats', width: 90, show: (r) => <Threats {...r} /> },
            { title: 'Impact', width: 80, numeric: true, show: (r) => <Impact row={ofFleet(r)} /> },
          ]} />
      </section>}
    </div>
  );
}

// Activities that this device still holds up, the first due first.
function AskedFor({ path }: { path: string }) {
  return (
    <section className="card wide"><h2>Remediation due <Link to="/remediation">All activities</Link></h2>
      <SmallList<MachineRemediationTask> source={`${path}/remediationTasks`} options={{ filter: "status eq 'Active' and machineState eq 'Open'", orderby: 'dueOn eq null, dueOn' }} rowKey={(r) => r.id} first={5} label="Remediation due" none="Nothing that was asked for is open on this device."
        columns={[
          { title: 'Activity', show: (r) => <Link to={`/remediation?open=${r.id}`} title={r.title}>{r.title}</Link> },
          { title: 'Priority', width: 90, show: (r) => r.priority },
          { title: 'Owner', width: 130, show: (r) => r.owner },
          { title: 'Due on', width: 120, show: (r) => <span className={r.overdue ? 'bad' : undefined}>{date(r.dueOn)}</span> },
        ]} />
    </section>
  );
}

// What was not recognised keeps the name that it was reported under.
const softwareName = (r: MachineInstallation) => (r.assessed && r.name ? productName(r.vendor, r.name) : r.reportedName);
const softwareColumns: Column<MachineInstallation>[] = [
  { key: 'name', title: 'Name', sort: 'name', text: softwareName },
  { key: 'vendor', title: 'Vendor', width: 124, wide: true, sort: 'vendor', text: (r) => (r.assessed && r.vendor ? named(r.vendor) : r.reportedVendor) },
  { key: 'version', title: 'Version', width: 150, sort: 'version', text: (r) => r.version || r.reportedVersion },
  { key: 'weaknesses', title: 'Weaknesses', width: 118, numeric: true, sort: 'weaknesses', text: (r) => r.weaknesses, show: (r) => (r.assessed ? number(r.weaknesses) : <span className="quiet">Not available</span>) },
  { key: 'threats', title: 'Threats', width: 84, wide: true, text: (r) => threatWords(r).join('; '), show: (r) => <Threats {...r} /> },
  { key: 'support', title: 'End of support', width: 156, sort: 'endOfSupportStatus', most: true, text: (r) => (r.endOfSupportStatus === 'None' ? '' : r.endOfSupportStatus), show: (r) => (r.endOfSupportStatus === 'None' ? '' : <Tags tags={[r.endOfSupportStatus]} />) },
  { key: 'usage', title: 'Usage', width: 110, numeric: true, optional: true, sort: 'usage', text: (r) => r.usage, show: (r) => <Usage days={r.usage} of="device" /> },
  { key: 'source', title: 'Found in', width: 144, sort: 'source', text: (r) => sourceWords(r.source) },
  { key: 'path', title: 'Evidence', width: 168, slim: 150, text: (r) => r.paths.join('; '), show: (r) => <span className="mono" title={r.paths.join('\n')}>{r.paths[0]}{r.paths.length > 1 ? ` +${r.paths.length - 1}` : ''}</span> },
  { key: 'first', title: 'First seen', width: 120, optional: true, sort: 'firstSeen', text: (r) => date(r.firstSeen), file: [{ text: (r) => r.firstSeen }] },
];
// Where a sensor found it (docs/inventory-format.md): packages of programming languages, and the rest.
const languages = ['pypi', 'npm', 'maven', 'gem', 'nuget', 'golang', 'cargo', 'composer', 'hex', 'pub', 'cran', 'conan', 'swift'];
const sources: Record<string, string> = {
  os: 'Operating system', programs: 'Installed programs', msi: 'Installer packages', appx: 'Store apps', apps: 'Applications', pkg: 'Installer receipts', homebrew: 'Homebrew',
  deb: 'Debian packages', rpm: 'RPM packages', apk: 'Alpine packages', snap: 'Snaps', flatpak: 'Flatpaks', pypi: 'Python packages', npm: 'Node.js packages', maven: 'Java archives', gem: 'Ruby gems',
  nuget: '.NET packages', golang: 'Go modules', cargo: 'Rust crates', composer: 'PHP packages', chrome_extensions: 'Browser extensions', firefox_addons: 'Browser extensions', vscode_extensions: 'Editor extensions',
};
const sourceWords = (source: string) => sources[source] ?? source;
const softwareStates: Record<string, string> = { weak: 'weaknesses gt 0', eos: "endOfSupportStatus ne 'None'", unknown: 'assessed eq false' };
const unassessed = 'strcat(SoftwareVendor, " ", SoftwareName) in ((MerlonSoftware | where not(IsProductCodeAvailable) | project strcat(SoftwareVendor, " ", SoftwareName)))';
const softwareFilters: Filter[] = [
  { key: 'state', title: 'State', odata: (values) => any(...values.map((value) => softwareStates[value] ?? 'false')),
    kql: (values) => kqlAny(values, { weak: 'Weaknesses > 0', eos: 'isnotempty(EndOfSupportStatus)', unknown: unassessed }),
    options: [{ value: 'weak', label: 'With weaknesses' }, { value: 'eos', label: 'Out of support or soon to be' }, { value: 'unknown', label: 'Not assessed' }] },
];

const threatsOf = ['knownExploited', 'publicExploit'];

// `components`: of its libraries those with known weaknesses.
function Inventory({ one, path, components = false }: { one: Machine; path: string; components?: boolean }) {
  const [openId, open] = useOpen();
  return (
    <>
      <List<MachineInstallation> name={components ? 'device-components' : 'device-software'} source={`${path}/installations`} also={threatsOf} columns={softwareColumns} filters={components ? [] : softwareFilters} fixed={components ? all('weaknesses gt 0', oneOf('source', languages)) : undefined}
        rowKey={(r) => r.softwareId} rowName={(r) => r.name || r.reportedName} open={(r) => open(r.softwareId)} openKey={openId}
        search={{ hint: 'Search software', odata: (text) => any(contains('name', text.trim().replaceAll(' ', '_')), contains('reportedName', text), contains('vendor', text)) }}
        hunting={({ q, where }) => `DeviceTvmSoftwareInventory\n| where DeviceId == ${kqlText(one.id)}\n| join kind=${components ? `inner (MerlonSoftware | where IsComponent and Weaknesses > 0 | project SoftwareVendor, SoftwareName) on SoftwareVendor, SoftwareName\n| join kind=inner` : 'leftouter'} (DeviceTvmSoftwareVulnerabilities | where DeviceId == ${kqlText(one.id)} | summarize Weaknesses = dcount(CveId) by SoftwareVendor, SoftwareName, SoftwareVersion) on SoftwareVendor, SoftwareName, SoftwareVersion${where}${kqlHas(q.trim().replaceAll(' ', '_'), 'SoftwareVendor', 'SoftwareName')}\n| project SoftwareVendor, SoftwareName, SoftwareVersion, Weaknesses, EndOfSupportStatus, EndOfSupportDate\n| order by Weaknesses desc`}
        empty={components ? { title: 'No vulnerable component', text: 'No library on this device has a known weakness.' } : { title: 'No software was reported', text: 'The source of this device has sent no software list yet.' }} />
      {openId && <SoftwarePanel path={path} id={openId} close={() => open()} />}
    </>
  );
}

function SoftwarePanel({ path, id, close }: { path: string; id: string; close: () => void }) {
  const { may } = useSession();
  const asked = useQuery({
    queryKey: ['installation', path, id],
    queryFn: ({ signal }) => get<Page<MachineInstallation>>(address(`${path}/installations`, { filter: `softwareId eq ${quote(id)}` }), signal),
  });
  const one = asked.data?.value[0];
  const known = one && one.assessed && one.name !== '';
  return (
    <Panel id={id} close={close} asked={asked} title={one ? `${softwareName(one)} ${one.version}` : 'Software'}
      under={one && one.endOfSupportStatus !== 'None' && <Tags tags={[one.endOfSupportStatus]} />} page={known ? { to: `/software/${encodeURIComponent(one.productId)}`, words: 'Open software page' } : undefined}>
      {asked.data && !one && <p>It is not installed on this device any more.</p>}
      {one && (
        <>
          <Section title="Software evidence">
            <Facts facts={[
              ['Reported as', `${one.reportedName} ${one.reportedVersion}`], ['Reported vendor', one.reportedVendor], ['Found in', sourceWords(one.source)],
              ['Taken to be', known ? productName(one.vendor, one.name) : 'Not assessed: no source of knowledge speaks of it'],
              ['First seen', time(one.firstSeen)], ['End of support date', date(one.endOfSupportDate)],
            ]} />
            {one.endOfSupportReason && <p className="text under-facts">{withDates(one.endOfSupportReason)}</p>}
            {one.paths.length > 0 && <ul className="paths">{one.paths.map((where) => <li key={where} className="mono">{where}</li>)}</ul>}
          </Section>
          {may('Vulnerability.Read.All') && <Section title="Weaknesses on this device">
            <SmallList<MachineFinding> source={`${path}/findings`} options={{ filter: `softwareId eq ${quote(id)}` }} rowKey={(r) => r.id} first={20} label="Weaknesses" none="None is known."
              columns={[
                { title: 'CVE', width: 150, show: (r) => <Link to={`?tab=vulnerabilities&open=${encodeURIComponent(r.id)}`}>{r.cveId}</Link> },
                { title: 'Severity', width: 130, show: (r) => <Severity level={r.severity} score={r.cvssV3} /> },
                { title: 'Fix', show: (r) => fixWords(r) },
              ]} />
          </Section>}
        </>
      )}
    </Panel>
  );
}

const findingColumns: Column<MachineFinding>[] = [
  { key: 'cve', title: 'CVE', width: 140, sort: 'cveId', text: (r) => r.cveId },
  { key: 'title', title: 'What', sort: 'title', optional: true, text: (r) => r.title },
  { ...severityColumn, width: 130, slim: 124 },
  { key: 'cvss', title: 'CVSS', width: 64, numeric: true, optional: true, sort: 'cvssV3', text: (r) => r.cvssV3, show: (r) => r.cvssV3?.toFixed(1) ?? '' },
  { key: 'epss', title: 'EPSS', width: 76, numeric: true, sort: 'epss', text: (r) => r.epss, show: (r) => epssWords(r.epss) },
  { key: 'threats', title: 'Threats', width: 92, text: (r) => threatWords(r).join('; '), show: (r) => <Threats {...r} /> },
  { key: 'software', title: 'Related software', sort: 'productName', text: (r) => `${productName(r.productVendor, r.productName)} ${r.productVersion}` },
  { key: 'fix', title: 'Fixed in', width: 150, slim: 130, sort: 'fixedVersion', text: (r) => fixWords(r) },
  { key: 'first', title: 'First detected', width: 130, sort: 'firstSeen', text: (r) => date(r.firstSeen), file: [{ text: (r) => r.firstSeen }] },
  { key: 'age', title: 'Age (days)', width: 96, numeric: true, optional: true, sort: 'publishedOn', text: (r) => (r.publishedOn ? daysSince(r.publishedOn) : null), show: (r) => (r.publishedOn ? number(daysSince(r.publishedOn)) : '') },
  { key: 'published', title: 'Published on', width: 120, optional: true, sort: 'publishedOn', text: (r) => date(r.publishedOn), file: [{ text: (r) => r.publishedOn }] },
  { key: 'updated', title: 'Updated on', width: 120, optional: true, sort: 'updatedOn', text: (r) => date(r.updatedOn), file: [{ text: (r) => r.updatedOn }] },
];
const findingThreats: Record<string, string> = { kev: 'knownExploited eq true', kit: 'exploitInKit eq true', verified: 'exploitVerified eq true', public: 'publicExploit eq true' };
// Those of some CVEs.
const among = (which: string) => `CveId in ((MerlonVulnerabilities | where ${which} | project CveId))`;
const threatsInKql: Record<string, string> = { kev: among('IsKnownExploited'), kit: among('IsExploitInKit'), verified: among('IsExploitVerified'), public: among('IsExploitAvailable') };
const findingFilters: Filter[] = [
  { key: 'severity', title: 'Severity', options: severities.map((value) => ({ value, label: value })), odata: (values) => oneOf('severity', values), kql: (values) => kqlOneOf('VulnerabilitySeverityLevel', values) },
  { key: 'threats', title: 'Threats', odata: (values) => any(...values.map((value) => findingThreats[value] ?? 'false')), kql: (values) => kqlAny(values, threatsInKql),
    options: [{ value: 'kev', label: 'Known to be exploited' }, { value: 'kit', label: 'Exploit in a kit' }, { value: 'verified', label: 'Verified exploit' }, { value: 'public', label: 'Public exploit' }] },
  { key: 'fix', title: 'Fix', single: true, options: [{ value: 'yes', label: 'A fix exists' }, { value: 'no', label: 'No fix' }], odata: ([value]) => (value === 'yes' ? "fixedVersion ne '' or fixingKb ne ''" : "fixedVersion eq '' and fixingKb eq ''"),
    kql: ([value]) => `${value === 'yes' ? 'isnotempty' : 'isempty'}(RecommendedSecurityUpdate)` },
];

function Findings({ one, path }: { one: Machine; path: string }) {
  const [openId, open] = useOpen();
  return (
    <>
      <List<MachineFinding> name="device-findings" source={`${path}/findings`} columns={findingColumns} filters={findingFilters}
        rowKey={(r) => r.id} rowName={(r) => r.cveId} open={(r) => open(r.id)} openKey={openId}
        search={{ hint: 'Search CVE or software', odata: (text) => any(contains('cveId', text), contains('productName', text.trim().replaceAll(' ', '_')), contains('title', text)) }}
        hunting={({ q, where }) => `DeviceTvmSoftwareVulnerabilities\n| where DeviceId == ${kqlText(one.id)}${where}${q ? `\n| where CveId contains ${kqlText(q)} or SoftwareName contains ${kqlText(q.trim().replaceAll(' ', '_'))} or ${among(`Title contains ${kqlText(q)}`)}` : ''}\n| project CveId, VulnerabilitySeverityLevel, SoftwareVendor, SoftwareName, SoftwareVersion, RecommendedSecurityUpdate`}
        empty={{ title: 'No known weakness', text: 'No CVE applies to what is installed on this device.' }} />
      {openId && <FindingPanel one={one} path={path} id={openId} close={() => open()} />}
    </>
  );
}

function FindingPanel({ one, path, id, close }: { one: Machine; path: string; id: string; close: () => void }) {
  const asked = useQuery({
    queryKey: ['finding', path, id],
    queryFn: ({ signal }) => get<Page<MachineFinding>>(address(`${path}/findings`, { filter: `id eq ${quote(id)}` }), signal),
  });
  const found = asked.data?.value[0];
  return (
    <Panel id={id} close={close} asked={asked} title={found?.cveId ?? id} under={found && <><Severity level={found.severity} score={found.cvssV3} />{found.knownExploited && <Tags tags={['KnownExploited']} />}</>}
      page={found ? { to: `/weaknesses?open=${found.cveId}`, words: 'Open the CVE' } : undefined}>
      {asked.data && !found && <p>{one.computerDnsName} does not have it any more.</p>}
      {found && (
        <>
          {found.title && <p className="text">{found.title}</p>}
          <Section title={`Why ${one.computerDnsName} has it`} end={sureness(found.confidence)}>
            <Steps evidence={found.evidence} />
            <ThisIsWrong doubt={{ cve: found.cveId, vendor: found.productVendor, product: found.productName, version: found.productVersion, device: { id: one.id, name: one.computerDnsName } }} />
          </Section>
          <Section title="Details">
            <Facts facts={[
              ['Related software', <Link key="s" to={`/software/${encodeURIComponent(productId(found.productVendor, found.productName))}`}>{productName(found.productVendor, found.productName)} {found.productVersion}</Link>],
              ['Fixed in', fixWords(found)], ['EPSS', epssWords(found.epss)], ['First detected', time(found.firstSeen)], ['Published on', date(found.publishedOn)],
              ['Threats', threatWords(found).join(', ')],
            ]} />
          </Section>
        </>
      )}
    </Panel>
  );
}

function Settings({ one }: { one: Machine }) {
  return (
    <List<MachineConfiguration> name="device-configuration" source="/api/machines/SecureConfigurationsAssessmentByMachine" fixed={all(`deviceId eq ${quote(one.id)}`)} order="isCompliant, configurationImpact desc"
      columns={settingColumns} filters={settingFilters} rowKey={(r) => r.id} rowName={(r) => r.configurationName}
      search={{ hint: 'Search check', odata: (text) => any(contains('configurationName', text), contains('configurationSubcategory', text)) }}
      hunting={({ q, where }) => `DeviceTvmSecureConfigurationAssessment\n| where DeviceId == ${kqlText(one.id)}\n| join kind=inner (DeviceTvmSecureConfigurationAssessmentKB | project ConfigurationId, ConfigurationName) on ConfigurationId${where}${kqlHas(q, 'ConfigurationName', 'ConfigurationSubcategory')}\n| project ConfigurationId, ConfigurationName, ConfigurationCategory, IsApplicable, IsCompliant, Context`}
      empty={{ title: 'No settings were reported', text: 'merlon collect and osquery report the settings that the checks need.' }} />
  );
}
