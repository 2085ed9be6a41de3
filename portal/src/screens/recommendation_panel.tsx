// The panel of one recommendation, used by every list that shows them.
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { Button, MessageBar, MessageBarBody } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { get, Problem } from '../api/client';
import type { Alert, Configuration, MachineRecommendation, Recommendation, Vulnerability } from '../api/kinds';
import { address, oneOf, type Page } from '../api/odata';
import { useKeys } from '../app/keyboard';
import { useSession } from '../app/session';
import { SmallList } from '../list/small';
import { Severity, Tags, threatWords } from '../ui/marks';
import { Facts, Panel, Section } from '../ui/panel';
import { Bones, TroubleLine } from '../ui/states';
import { ago, number, plural, points, productId, productName, remediationWords } from '../ui/words';
import { ProductIsWrong } from './correction_form';
import { cveColumns } from './cve_columns';
import { ExceptionForm } from './exception_form';
import { ExposedDevices, ExposedOverTime } from './exposed_devices';
import { RemediationForm } from './remediation_form';

const supportTag = /EOS/;
export type Form = 'remediation' | 'exception';

// `first`: a form that is asked for from outside; `device`: whose list it was opened from.
export function RecommendationPanel({ id, device, first, close, ticked, tick }: { id: string; device?: string; first?: { form: Form }; close: () => void; ticked?: boolean; tick?: () => void }) {
  const path = `/api/recommendations/${encodeURIComponent(id)}`;
  const asked = useQuery({ queryKey: ['recommendation', id], queryFn: ({ signal }) => get<Recommendation>(path, signal) });
  const one = asked.data;
  const { may } = useSession();
  const asks = may('RemediationTasks.ReadWrite.All');
  const excepts = may('Exception.ReadWrite.All');
  const [form, setForm] = useState<Form>();
  useEffect(() => {
    if (first && (first.form === 'remediation' ? asks : excepts)) setForm(first.form);
  }, [first, asks, excepts]);
  useKeys({ r: asks ? () => setForm('remediation') : undefined, e: excepts ? () => setForm('exception') : undefined });
  const software = one && one.productName ? productId(one.vendor, one.productName) : undefined;
  return (
    <Panel id={id} close={close} asked={asked} title={one?.recommendationName ?? 'Recommendation'}
      under={one && <><Tags tags={one.tags} />{one.exceptionState !== 'Active' && <span className="quiet">{one.exceptionState}</span>}</>}
      page={software ? { to: `/software/${encodeURIComponent(software)}`, words: 'Open software page' } : undefined}
      actions={one && (
        <>
          {asks && <Button appearance="primary" onClick={() => setForm('remediation')}>Remediation options</Button>}
          {excepts && <Button onClick={() => setForm('exception')}>Exception options</Button>}
          {one.productName && <ProductIsWrong vendor={one.vendor} product={one.productName} />}
          {tick && <Button onClick={tick}>{ticked ? 'Take out of what-if' : 'Add to what-if'}</Button>}
        </>
      )}>
      {one && form === 'remediation' && <RemediationForm one={one} close={() => setForm(undefined)} />}
      {one && form === 'exception' && <ExceptionForm subject={one.id} title={one.recommendationName} close={() => setForm(undefined)} />}
      {one && device && software && <OnDevice id={id} device={device} />}
      {one && <Body one={one} path={path} software={software} />}
    </Panel>
  );
}

// What the device has, where it is to go, and why.
function OnDevice({ id, device }: { id: string; device: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['recommendation-on-device', device, id],
    queryFn: async ({ signal }) => (await get<Page<MachineRecommendation>>(address(`/api/machines/${device}/recommendations`, { filter: oneOf('id', [id]), select: ['id', 'installedVersions', 'machineRecommendedVersion', 'machineRecommendedVersionReason'] }), signal)).value[0],
  });
  if (error) return <Section title="On this device"><TroubleLine what="What it has could not be read" error={error} again={() => void refetch()} /></Section>;
  if (!data) return null;
  return (
    <Section title="On this device">
      <Facts facts={[['Installed version', data.installedVersions?.join(', ')], ['Go to version', data.machineRecommendedVersion], ['Why', data.machineRecommendedVersionReason ?? '']]} />
    </Section>
  );
}

function Body({ one, path, software }: { one: Recommendation; path: string; software?: string }) {
  const { may } = useSession();
  const ended = one.tags.filter((tag) => supportTag.test(tag));
  return (
    <>
      {software && ended.length > 0 && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            {ended.includes('EOS software')
              ? 'This software has reached the end of its support: there will be no more security fixes.'
              : ended.includes('EOS versions')
                ? 'Some installed versions have reached the end of their support: there will be no more security fixes for them.'
                : 'Some installed versions will soon reach the end of their support.'}{' '}
            See the <Link to={`/software/${encodeURIComponent(software)}?tab=versions&support=ended&support=soon`}>version distribution</Link>.
          </MessageBarBody>
        </MessageBar>
      )}
      {!one.scid && <Section title="Description"><p className="text">{one.description}</p></Section>}
      {one.scid && <HowTo scid={one.scid} otherwise={one.description} />}
      <Section title="Details">
        <Facts facts={[
          ['Status', one.exceptionState],
          ['Exposed devices', `${number(one.exposedMachinesCount)} of ${number(one.totalMachineCount)}`],
          ['After exceptions', one.exposedMachinesAfterExceptions !== one.exposedMachinesCount ? number(one.exposedMachinesAfterExceptions) : ''],
          ['Remediation type', remediationWords(one.remediationType)],
          ['Go to version', one.recommendedVersion],
          ['Weaknesses', one.weaknesses ? (software && may('Software.Read.All') && may('Vulnerability.Read.All') ? <Link key="w" to={`/software/${encodeURIComponent(software)}?tab=vulnerabilities`}>{number(one.weaknesses)}</Link> : number(one.weaknesses)) : ''],
          ['Impact', one.configScoreImpact > 0 ? `Secure score +${points(one.configScoreImpact)}` : `Exposure score \u2212${points(one.exposureImpact)}`],
          ['Impact after exceptions', afterExceptions(one)],
          ['Change in 30 days', one.exposedMachinesTrend ? `${one.exposedMachinesTrend > 0 ? '+' : '\u2212'}${plural(Math.abs(one.exposedMachinesTrend), 'device')}` : ''],
          ['Related component', one.productName ? productName(one.vendor, one.productName) : one.relatedComponent],
          ['Operating system', one.osPlatforms.join(', ')],
          ['Threats', threatWords(one).join(', ')],
          ['Remediation activities', one.remediationActivities ? <Link key="a" to={`/remediation?q=${encodeURIComponent(one.productName || one.recommendationName)}`}>{plural(one.remediationActivities, 'active one')}</Link> : ''],
          ['Critical devices', one.exposedCriticalDevices ? number(one.exposedCriticalDevices) : ''],
          ['Users would not notice on', one.nonProductivityImpactedAssets ? plural(one.nonProductivityImpactedAssets, 'device') : ''],
        ]} />
      </Section>
      <ExposedOverTime recommendation={one.id} within={(trend) => <Section title="Exposed devices over time">{trend}</Section>} />
      <Insights one={one} path={path} />
      <ExposedDevices source={`${path}/machineReferences`} about={one.recommendationName} none="No device is exposed." restarts={one.tags.includes('Pending restart')} versions={!one.scid} />
      {one.weaknesses > 0 && may('Vulnerability.Read.All') && (
        <Section title="Associated CVEs">
          <SmallList<Vulnerability> source={`${path}/vulnerabilities`} options={{ orderby: 'cvssV3 desc' }} rowKey={(row) => row.id} label="Associated CVEs" none="No CVE." columns={cveColumns} />
          <p className="quiet">One of these is wrong? Open the CVE: the evidence is there, and This is wrong beside it.</p>
        </Section>
      )}
    </>
  );
}

// What is known to use its weaknesses, and the alerts of its devices.
function Insights({ one, path }: { one: Recommendation; path: string }) {
  const { may } = useSession();
  const alerts = one.activeAlert && may('Alert.Read.All');
  const threats = one.associatedThreats.map((threat) => ({ kind: threat.slice(0, threat.indexOf(':')), name: threat.slice(threat.indexOf(':') + 1) }));
  if (!threats.length && !alerts) return null;
  return (
    <Section title="Insights">
      {threats.length > 0 && (
        <ul>
          {threats.slice(0, 20).map(({ kind, name }) => (
            <li key={kind + name}>{kind === 'ransomware' ? 'Ransomware campaigns use ' : kind === 'metasploit' ? 'Metasploit has ' : `${kind}: `}{/^CVE-/.test(name) ? <Link to={`/weaknesses?open=${name}`}>{name}</Link> : <span className="mono">{name}</span>}</li>
          ))}
        </ul>
      )}
      {alerts && (
        <SmallList<Alert> source={`${path}/alerts`} rowKey={(row) => row.id} first={5} label="Active alerts" none="No exposed device has an active alert."
          columns={[
            { title: 'Active alert', show: (row) => <Link to={`/alerts?open=${encodeURIComponent(row.id)}`} title={row.title}>{row.title}</Link> },
            { title: 'Device', width: 170, show: (row) => <Link to={`/devices/${row.machineId}`}>{row.computerDnsName || row.machineId}</Link> },
            { title: 'Severity', width: 100, show: (row) => <Severity level={row.severity} /> },
            { title: 'Time', width: 100, show: (row) => ago(row.alertCreationTime) },
          ]} />
      )}
    </Section>
  );
}

// Said where exceptions change it.
function afterExceptions(one: Recommendation): string {
  if (one.configScoreImpact > 0) return one.configScoreImpactAfterExceptions === one.configScoreImpact ? '' : `Secure score +${points(one.configScoreImpactAfterExceptions)}`;
  return one.exposureImpactAfterExceptions === one.exposureImpact ? '' : `Exposure score \u2212${points(one.exposureImpactAfterExceptions)}`;
}

// What its check knows; of a check that is gone, what the recommendation says.
function HowTo({ scid, otherwise }: { scid: string; otherwise: string }) {
  const { data, error, refetch } = useQuery({ queryKey: ['configuration', scid], queryFn: ({ signal }) => get<Configuration>(`/api/configurations/${encodeURIComponent(scid)}`, signal) });
  if (error) {
    const known = error instanceof Problem && (error.status === 404 || error.status === 403);
    return <Section title="Description"><p className="text">{otherwise}</p>{!known && <TroubleLine what="How to fix it could not be read" error={error} again={() => void refetch()} />}</Section>;
  }
  if (!data) return <Section title="Why it matters"><Bones lines={4} /></Section>;
  return (
    <>
      {data.risk && <Section title="Why it matters"><p className="text">{data.risk}</p></Section>}
      <Section title="How to fix it"><p className="text pre">{data.remediation}</p></Section>
      <Section title="User impact">
        <p className="text">{data.userImpact ? 'People may notice the change.' : 'People will hardly notice the change.'}</p>
      </Section>
      {data.sources.length > 0 && (
        <Section title="Sources"><ul>{data.sources.map((source) => <li key={source}><Outside address={source} /></li>)}</ul></Section>
      )}
    </>
  );
}

// A link out of the portal; only for addresses of the web, whatever a feed may say.
export function Outside({ address, words }: { address: string; words?: string }) {
  if (!/^https?:\/\//i.test(address)) return <span className="text">{address}</span>;
  return <a href={address} target="_blank" rel="noopener noreferrer" className="outside">{words ?? address}</a>;
}

