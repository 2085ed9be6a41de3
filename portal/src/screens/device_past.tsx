// One device on a day of the past: what was on it, what was wrong with it, how it was set up.
import { Link } from 'react-router';
import type { MachineConfiguration } from '../api/kinds';
import { any, contains, oneOf, quote } from '../api/odata';
import { kqlHas, kqlOneOf, kqlText } from '../app/hunting';
import { useMyTabs } from '../app/refused';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { Severity, Tags } from '../ui/marks';
import { Tabs } from '../ui/tabs';
import { date, number, productId, productName } from '../ui/words';
import { settingColumns, settingFilters } from './device_settings';

interface Installed { id: string; softwareVendor: string; softwareName: string; softwareVersion: string; numberOfWeaknesses: number; endOfSupportStatus: string; softwareFirstSeenTimestamp: string | null }
interface Found { id: string; cveId: string; vulnerabilitySeverityLevel: string; cvssScore: number | null; softwareVendor: string; softwareName: string; softwareVersion: string; recommendedSecurityUpdate: string | null; firstSeenTimestamp: string | null }

const installedColumns: Column<Installed>[] = [
  { key: 'name', title: 'Name', sort: 'softwareName', text: (r) => productName(r.softwareVendor, r.softwareName), show: (r) => <Link to={`/software/${encodeURIComponent(productId(r.softwareVendor, r.softwareName))}`}>{productName(r.softwareVendor, r.softwareName)}</Link> },
  { key: 'version', title: 'Version', width: 190, sort: 'softwareVersion', text: (r) => r.softwareVersion },
  { key: 'weaknesses', title: 'Weaknesses', width: 112, numeric: true, sort: 'numberOfWeaknesses', text: (r) => r.numberOfWeaknesses, show: (r) => number(r.numberOfWeaknesses ?? 0) },
  { key: 'support', title: 'End of support', width: 190, sort: 'endOfSupportStatus', most: true, text: (r) => (r.endOfSupportStatus === 'None' ? '' : r.endOfSupportStatus), show: (r) => (!r.endOfSupportStatus || r.endOfSupportStatus === 'None' ? '' : <Tags tags={[r.endOfSupportStatus]} />) },
  { key: 'first', title: 'First seen', width: 130, text: (r) => date(r.softwareFirstSeenTimestamp), file: [{ text: (r) => r.softwareFirstSeenTimestamp }] },
];
const foundColumns: Column<Found>[] = [
  { key: 'cve', title: 'CVE', width: 160, sort: 'cveId', text: (r) => r.cveId, show: (r) => <Link to={`/weaknesses?open=${r.cveId}`}>{r.cveId}</Link> },
  { key: 'severity', title: 'Severity', width: 140, sort: 'cvssScore', most: true, text: (r) => r.vulnerabilitySeverityLevel, show: (r) => <Severity level={r.vulnerabilitySeverityLevel} score={r.cvssScore} /> },
  { key: 'software', title: 'Related software', sort: 'softwareName', text: (r) => `${productName(r.softwareVendor, r.softwareName)} ${r.softwareVersion}` },
  { key: 'fix', title: 'Update', width: 240, text: (r) => r.recommendedSecurityUpdate },
  { key: 'first', title: 'First detected', width: 130, text: (r) => date(r.firstSeenTimestamp), file: [{ text: (r) => r.firstSeenTimestamp }] },
];
const severities = ['Critical', 'High', 'Medium', 'Low'].map((value) => ({ value, label: value }));
const foundFilters: Filter[] = [{ key: 'severity', title: 'Severity', options: severities, odata: (values) => oneOf('vulnerabilitySeverityLevel', values), kql: (values) => kqlOneOf('VulnerabilitySeverityLevel', values) }];
const nothing = { title: 'Nothing is remembered', text: 'Of this day nothing of this kind is known for the device: it had none, or the history begins later.' };
const underscored = (text: string) => text.trim().replaceAll(' ', '_');

const pastTabs = [
  { key: 'inventory', title: 'Software inventory', permission: 'Software.Read.All' },
  { key: 'vulnerabilities', title: 'Discovered vulnerabilities', permission: 'Vulnerability.Read.All' },
  { key: 'configuration', title: 'Configuration', permission: 'Vulnerability.Read.All' },
];

export function DevicePast({ id }: { id: string }) {
  const { shown, tab, at, go, refused } = useMyTabs(pastTabs);
  const fixed = `deviceId eq ${quote(id)}`;
  const where = `\n| where DeviceId == ${kqlText(id)}`;
  return (
    <>
      <Tabs label="Of this device" at={at} go={go} tabs={shown} />
      {refused}
      {tab?.key === 'inventory' && (
        <List<Installed> name="past-software" source="/api/machines/SoftwareInventoryByMachine" fixed={fixed} order="softwareName" columns={installedColumns} rowKey={(r) => r.id} rowName={(r) => r.softwareName}
          search={{ hint: 'Search software', odata: (text) => any(contains('softwareName', underscored(text)), contains('softwareVendor', underscored(text))) }} hunting={({ q }) => `DeviceTvmSoftwareInventory${where}${kqlHas(underscored(q), 'SoftwareName', 'SoftwareVendor')}`} empty={nothing} />
      )}
      {tab?.key === 'vulnerabilities' && (
        <List<Found> name="past-findings" source="/api/machines/SoftwareVulnerabilitiesByMachine" fixed={`${fixed} and cveId ne null`} order="cvssScore desc" columns={foundColumns} filters={foundFilters} rowKey={(r) => r.id} rowName={(r) => r.cveId}
          search={{ hint: 'Search CVE or software', odata: (text) => any(contains('cveId', text), contains('softwareName', underscored(text))) }} hunting={({ q, where: more }) => `DeviceTvmSoftwareVulnerabilities${where}${more}${q ? `\n| where CveId contains ${kqlText(q)} or SoftwareName contains ${kqlText(underscored(q))}` : ''}`} empty={nothing} />
      )}
      {tab?.key === 'configuration' && (
        <List<MachineConfiguration> name="past-configuration" source="/api/machines/SecureConfigurationsAssessmentByMachine" fixed={fixed} order="isCompliant, configurationImpact desc" columns={settingColumns} filters={settingFilters} rowKey={(r) => r.id} rowName={(r) => r.configurationName}
          search={{ hint: 'Search check', odata: (text) => contains('configurationName', text) }} hunting={({ where: more }) => `DeviceTvmSecureConfigurationAssessment${where}${more}`} empty={nothing} />
      )}
    </>
  );
}
