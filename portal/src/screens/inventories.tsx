// Other inventories beside software: browser extensions, certificates. What agents read of devices.
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import { get } from '../api/client';
import { address, all, any, contains, quote, type Page } from '../api/odata';
import { kqlHas, kqlText } from '../app/hunting';
import { useSession } from '../app/session';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { SmallList } from '../list/small';
import { useOpen } from '../ui/address';
import { Facts, Panel, Section } from '../ui/panel';
import { Explain } from '../ui/states';
import { date, time } from '../ui/words';
import { agents, browserName, extensionKey, ExtensionList, onWords, Risk, riskWord } from './extensions';

// All of the fleet, or of the device whose page shows them.
export interface OfDevice { device?: string }
const ofOne = <Row,>(columns: Column<Row>[]) => columns.filter(({ key }) => key !== 'device');
const onDevice = (device?: string) => (device ? `\n| where DeviceId == ${kqlText(device)}` : '');


interface Installed { Id: string; DeviceId: string; DeviceName: string; BrowserName: string; ExtensionId: string; ExtensionName: string; ExtensionVersion: string; ExtensionRisk: string; IsActivated: boolean | null }

const installedColumns: Column<Installed>[] = [
  { key: 'name', title: 'Extension', sort: 'ExtensionName', text: (r) => r.ExtensionName },
  { key: 'version', title: 'Version', width: 150, sort: 'ExtensionVersion', text: (r) => r.ExtensionVersion },
  { key: 'browser', title: 'Browser', width: 120, sort: 'BrowserName', text: (r) => browserName(r.BrowserName) },
  { key: 'on', title: 'Turned on', width: 110, sort: 'IsActivated', text: (r) => onWords(r.IsActivated) },
  { key: 'risk', title: 'Permissions risk', width: 140, text: (r) => riskWord(r.ExtensionRisk), show: (r) => <Risk level={r.ExtensionRisk} /> },
  { key: 'id', title: 'Extension id', width: 300, optional: true, text: (r) => r.ExtensionId, show: (r) => <span className="mono">{r.ExtensionId}</span> },
];

function ExtensionsOf({ device }: { device: string }) {
  const navigate = useNavigate();
  return (
    <List<Installed> name="device-extensions" source="/api/machines/BrowserExtensionsInventoryByMachine" columns={installedColumns} fixed={`DeviceId eq ${quote(device)}`} rowKey={(r) => r.Id} rowName={(r) => r.ExtensionName}
      open={(r) => void navigate(`/software?tab=extensions&open=${encodeURIComponent(extensionKey(r.BrowserName, r.ExtensionId))}`)}
      search={{ hint: 'Search extension', odata: (text) => any(contains('ExtensionName', text), contains('ExtensionId', text)) }}
      hunting={({ q }) => `DeviceTvmBrowserExtensions${onDevice(device)}${kqlHas(q, 'ExtensionName', 'ExtensionId')}\n| project BrowserName, ExtensionName, ExtensionVersion, ExtensionRisk, IsActivated`}
      empty={{ title: 'No browser extension is known', text: agents }} />
  );
}

export function BrowserExtensions({ device }: OfDevice) {
  return device ? <ExtensionsOf device={device} /> : <ExtensionList />;
}

interface Name { CommonName: string; DistinguishedName?: string }
interface Certificate {
  id: string; deviceId: string; deviceName: string; thumbprint: string; path: string; signatureAlgorithm: string; keyLength: number | null;
  notBefore: string | null; notAfter: string | null; subjectObject: Name; issuerObject: Name; isSelfSigned: boolean;
  keyUsageArray: string[]; serialNumber: string; rbacGroupName: string;
}

const day = 86_400_000;
const left = (iso: string) => Math.floor((Date.parse(iso) - Date.now()) / day);
// Asked by the minute, so that the same question is the same address.
const inDays = (days: number) => new Date(Math.floor((Date.now() + days * day) / 60_000) * 60_000).toISOString();
const expired = () => `notAfter lt ${inDays(0)}`;
const expiring = (days: number) => `notAfter ge ${inDays(0)} and notAfter lt ${inDays(days)}`;
const weakSignature = /md5|sha1/i;

function End({ iso }: { iso: string }) {
  const days = left(iso);
  const words = days < 0 ? 'Expired' : days === 0 ? 'Today' : days <= 90 ? `In ${days} ${days === 1 ? 'day' : 'days'}` : '';
  return <span title={time(iso)}>{date(iso)}{words && <> <span className={days <= 30 ? 'bad' : 'quiet'}>{words}</span></>}</span>;
}

const KeySize = ({ bits }: { bits: number }) => <span className={bits > 256 && bits < 2048 ? 'bad' : undefined}>{bits} bits</span>;
const Signature = ({ algorithm }: { algorithm: string }) => <span className={weakSignature.test(algorithm) ? 'bad' : undefined}>{algorithm}</span>;

const certificates = '/api/machines/certificateAssessmentByMachine';
const certificateColumns: Column<Certificate>[] = [
  { key: 'to', title: 'Issued to', text: (r) => r.subjectObject.CommonName || r.thumbprint },
  { key: 'device', title: 'Device', width: 210, sort: 'deviceName', text: (r) => r.deviceName },
  { key: 'ends', title: 'Expires', width: 200, sort: 'notAfter', text: (r) => r.notAfter, show: (r) => (r.notAfter ? <End iso={r.notAfter} /> : <span className="quiet">Not said</span>) },
  { key: 'from', title: 'Valid from', width: 120, optional: true, sort: 'notBefore', text: (r) => r.notBefore, show: (r) => date(r.notBefore) },
  { key: 'by', title: 'Issued by', width: 180, text: (r) => r.issuerObject.CommonName, show: (r) => (r.isSelfSigned ? <span className="quiet">Itself</span> : r.issuerObject.CommonName) },
  { key: 'key', title: 'Key', width: 90, sort: 'keyLength', text: (r) => r.keyLength, show: (r) => r.keyLength && <KeySize bits={r.keyLength} /> },
  { key: 'signature', title: 'Signature', width: 200, wide: true, sort: 'signatureAlgorithm', text: (r) => r.signatureAlgorithm, show: (r) => <Signature algorithm={r.signatureAlgorithm} /> },
  { key: 'path', title: 'Place', width: 220, optional: true, sort: 'path', text: (r) => r.path, show: (r) => <span className="mono">{r.path}</span> },
  { key: 'print', title: 'Thumbprint', width: 330, optional: true, text: (r) => r.thumbprint, show: (r) => <span className="mono">{r.thumbprint}</span> },
];
const certificateStates: Record<string, () => string> = {
  expired, d30: () => expiring(30), d60: () => expiring(60), d90: () => expiring(90),
  weak: () => "(contains(signatureAlgorithm, 'md5') or contains(signatureAlgorithm, 'sha1') or (keyLength gt 256 and keyLength lt 2048))", self: () => 'isSelfSigned eq true',
};
const soon = (days: number) => `Ends between (now() .. ${days}d)`;
const certificatesInKql: Record<string, string> = {
  expired: 'Ends < now()', d30: soon(30), d60: soon(60), d90: soon(90), self: 'tostring(IssuedTo.DistinguishedName) == tostring(IssuedBy.DistinguishedName)',
  weak: 'SignatureAlgorithm matches regex "(?i)md5|sha1" or toint(KeySize) between (257 .. 2047)',
};
const certificateFilters: Filter[] = [
  { key: 'state', title: 'State', odata: (values) => any(...values.map((value) => certificateStates[value]?.() ?? 'false')),
    kql: (values) => values.map((value) => `(${certificatesInKql[value] ?? 'false'})`).join(' or '),
    options: [{ value: 'expired', label: 'Expired' }, { value: 'd30', label: 'Expires within 30 days' }, { value: 'd60', label: 'Expires within 60 days' }, { value: 'd90', label: 'Expires within 90 days' }, { value: 'weak', label: 'Weak key or signature' }, { value: 'self', label: 'Self-signed' }] },
];

export function Certificates({ device }: OfDevice) {
  const [openId, open] = useOpen();
  return (
    <>
      <List<Certificate> name={device ? 'device-certificates' : 'certificates'} source={certificates} columns={device ? ofOne(certificateColumns) : certificateColumns} fixed={device && `deviceId eq ${quote(device)}`} filters={certificateFilters} order="notAfter" rowKey={(r) => r.id} rowName={(r) => r.subjectObject.CommonName || r.thumbprint}
        open={(r) => open(r.id)} openKey={openId}
        search={{ hint: device ? 'Search thumbprint or place' : 'Search device, thumbprint or place', odata: (text) => any(contains('deviceName', text), contains('thumbprint', text), contains('path', text)) }}
        hunting={({ q, where }) => `DeviceTvmCertificateInfo${onDevice(device)}\n| extend Ends = todatetime(ExpirationDate)${where}\n| join kind=leftouter (DeviceInfo | summarize arg_max(Timestamp, DeviceName) by DeviceId) on DeviceId${kqlHas(q, 'DeviceName', 'Thumbprint', 'Path')}\n| project Ends, DeviceName, IssuedTo = tostring(IssuedTo.CommonName), IssuedBy = tostring(IssuedBy.CommonName), KeySize, SignatureAlgorithm, Path\n| order by Ends asc`}
        empty={{ title: 'No certificate is known', text: agents }} />
      {openId && <CertificatePanel key={openId} id={openId} close={() => open()} />}
    </>
  );
}

function CertificatePanel({ id, close }: { id: string; close: () => void }) {
  const { may } = useSession();
  const device = id.slice(0, id.indexOf('_'));
  const asked = useQuery({
    queryKey: ['certificate', id],
    queryFn: async ({ signal }) => (await get<Page<Certificate>>(address(certificates, { filter: all(`deviceId eq ${quote(device)}`, `id eq ${quote(id)}`) }), signal)).value[0] ?? null,
  });
  const one = asked.data;
  return (
    <Panel id={id} close={close} asked={asked} title={one ? one.subjectObject.CommonName || one.thumbprint : 'Certificate'} under={one?.notAfter && <span>Expires <End iso={one.notAfter} /></span>}>
      {one === null && <Explain title="This is not here" text="The device no longer has this certificate in this place." />}
      {one && (
        <>
          <Section title="Details">
            <Facts facts={[
              ['Issued to', one.subjectObject.DistinguishedName || one.subjectObject.CommonName], ['Issued by', one.isSelfSigned ? 'Itself' : one.issuerObject.DistinguishedName || one.issuerObject.CommonName],
              ['Valid from', date(one.notBefore)], ['Expires', one.notAfter ? time(one.notAfter) : 'Not said'], ['Key', one.keyLength ? <KeySize key="k" bits={one.keyLength} /> : ''],
              ['Signature', <Signature key="s" algorithm={one.signatureAlgorithm} />], ['Use', one.keyUsageArray.join(', ')], ['Serial number', one.serialNumber && <span key="n" className="mono">{one.serialNumber}</span>],
              ['Device', may('Machine.Read.All') ? <Link key="d" to={`/devices/${one.deviceId}`}>{one.deviceName}</Link> : one.deviceName], ['Place', <span key="p" className="mono">{one.path}</span>],
              ['Thumbprint', <span key="t" className="mono">{one.thumbprint}</span>],
            ]} />
          </Section>
          <Section title="Where it is">
            <SmallList<Certificate> source={certificates} options={{ filter: `thumbprint eq ${quote(one.thumbprint)}`, orderby: 'deviceName' }} rowKey={(r) => r.id} label="Where it is" none="No device has it now."
              columns={[
                { title: 'Device', show: (r) => (may('Machine.Read.All') ? <Link to={`/devices/${r.deviceId}?tab=certificates`}>{r.deviceName}</Link> : r.deviceName) },
                { title: 'Group', width: 130, show: (r) => r.rbacGroupName },
                { title: 'Place', width: 230, show: (r) => <span className="mono">{r.path}</span> },
              ]} />
          </Section>
        </>
      )}
    </Panel>
  );
}
