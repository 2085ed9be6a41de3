// The panel of one product, beside the list: the summary, and the way to its page.
import { Link, useNavigate } from 'react-router';
import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { Distribution, Recommendation, Software, SoftwareInstallation, Vulnerability } from '../api/kinds';
import { huntingAddress, kqlText } from '../app/hunting';
import { useSession } from '../app/session';
import { SmallList } from '../list/small';
import { Share, Tags, threatWords, Usage } from '../ui/marks';
import { Facts, Panel, Section } from '../ui/panel';
import { ago, date, named, number, osWords, percent, plural, points, productName, remediationWords } from '../ui/words';
import { ProductIsWrong } from './correction_form';
import { cveColumns } from './cve_columns';

export function SoftwarePanel({ id, close }: { id: string; close: () => void }) {
  const { may } = useSession();
  const navigate = useNavigate();
  const path = `/api/software/${encodeURIComponent(id)}`;
  const page = `/software/${encodeURIComponent(id)}`;
  const asked = useQuery({ queryKey: ['software', id], queryFn: ({ signal }) => get<Software>(path, signal) });
  const one = asked.data;
  const kql = one && `DeviceTvmSoftwareInventory\n| where SoftwareVendor == ${kqlText(one.vendor)} and SoftwareName == ${kqlText(one.name)}\n| summarize Devices = dcount(DeviceId) by SoftwareVersion, EndOfSupportStatus\n| order by Devices desc`;
  return (
    <Panel id={id} close={close} asked={asked} title={one ? productName(one.vendor, one.name) : 'Software'} under={one && <Tags tags={one.tags} />} page={one ? { to: page, words: 'Open software page' } : undefined}
      actions={one && (
        <>
          {may('AdvancedQuery.Read.All') && <Button onClick={() => void navigate(huntingAddress(kql!))}>Open in hunting</Button>}
          <ProductIsWrong vendor={one.vendor} product={one.name} />
        </>
      )}>
      {one && (
        <>
          <Section title="Details"><SoftwareFacts one={one} /></Section>
          {may('SecurityRecommendation.Read.All') && <Advice one={one} />}
          {may('Vulnerability.Read.All') && <Section title="Top weaknesses" end={one.weaknesses > 0 && <Link to={`${page}?tab=vulnerabilities`}>All {number(one.weaknesses)}</Link>}>
            <SmallList<Vulnerability> source={`${path}/vulnerabilities`} options={{ orderby: 'cvssV3 desc' }} rowKey={(r) => r.id} first={5} label="Top weaknesses" none="No CVE applies to the installed versions." columns={cveColumns} />
          </Section>}
          <Section title="Versions" end={<Link to={`${page}?tab=versions`}>Version distribution</Link>}>
            <SmallList<Distribution> source={`${path}/distributions`} options={{ orderby: 'installations desc' }} rowKey={(r) => r.version} first={5} label="Versions" none="No device that counts has it now."
              columns={[
                { title: 'Version', show: (r) => <Link to={`${page}?tab=versions&open=${encodeURIComponent(r.version)}`}>{r.version || 'unknown'}</Link> },
                { title: 'Installed on', width: 96, numeric: true, show: (r) => number(r.installations) },
                { title: 'Weaknesses', width: 96, numeric: true, show: (r) => number(r.vulnerabilities) },
                { title: 'End of support', width: 160, show: (r) => (r.endOfSupportStatus === 'None' ? date(r.endOfSupportDate) : <Tags tags={[r.endOfSupportStatus]} />) },
              ]} />
          </Section>
          {may('Machine.Read.All') && (
            <Section title="Installed devices" end={<Link to={`${page}?tab=devices`}>All {number(one.installedMachines)}</Link>}>
              <SmallList<SoftwareInstallation> source={`${path}/installations`} options={{ orderby: 'exposed desc, computerDnsName' }} rowKey={(r) => r.id} first={8} label="Installed devices" none="No device that counts has it now."
                columns={[
                  { title: 'Device', show: (r) => <Link to={`/devices/${r.deviceId}`} title={r.computerDnsName}>{r.computerDnsName}</Link> },
                  { title: 'OS platform', width: 130, show: (r) => osWords(r.osPlatform) },
                  { title: 'Version', width: 130, show: (r) => <span title={r.version}>{r.version}</span> },
                  { title: 'Exposed', width: 76, show: (r) => (r.exposed ? <span className="bad">Yes</span> : 'No') },
                  { title: 'Last seen', width: 108, show: (r) => ago(r.lastSeen) },
                ]} />
            </Section>
          )}
        </>
      )}
    </Panel>
  );
}

// What is said of a product in its panel and on its page.
export function SoftwareFacts({ one }: { one: Software }) {
  const { may } = useSession();
  const list = (tab: string, words: string) => <Link to={`/software/${encodeURIComponent(one.id)}?tab=${tab}`}>{words}</Link>;
  return (
    <Facts facts={[
      ['Vendor', named(one.vendor)], ['OS platform', one.osPlatforms.join(', ')],
      ['Installed on', list('devices', plural(one.installedMachines, 'device'))],
      ['Exposed devices', one.exposedMachines ? list('devices&exposed=true', `${number(one.exposedMachines)} (${percent(one.exposedMachines / one.installedMachines)})`) : '0'],
      ['Weaknesses', one.weaknesses && may('Vulnerability.Read.All') ? list('vulnerabilities', number(one.weaknesses)) : number(one.weaknesses)], ['Usage', <Usage key="u" days={one.usage} />],
      ['Impact', `${points(one.impactScore)} points of the exposure score`],
      ['Threats', threatWords(one).join(', ') || 'No exploit is known'],
    ]} />
  );
}

function Advice({ one }: { one: Software }) {
  return (
    <Section title="Security recommendations">
      <SmallList<Recommendation> source="/api/recommendations" options={{ filter: `id eq 'va-_-${one.id.replaceAll("'", "''")}'` }} rowKey={(r) => r.id} label="Security recommendations" none="Nothing to do: its installed versions are supported and have no known weakness that can be acted on."
        columns={[
          { title: 'Recommendation', show: (r) => <Link to={`/recommendations?open=${encodeURIComponent(r.id)}`} title={r.recommendationName}>{r.recommendationName}</Link> },
          { title: 'Remediation type', width: 144, show: (r) => remediationWords(r.remediationType) },
          { title: 'Exposed devices', width: 120, show: (r) => <Share part={r.exposedMachinesCount} whole={r.totalMachineCount} /> },
        ]} />
    </Section>
  );
}
