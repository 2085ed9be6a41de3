// Folders that devices share over the network: of the fleet, or of the device whose page shows them. A panel says who may do
// what, and which checks a share fails.
import { Link } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import { any, contains, oneOf, quote } from '../api/odata';
import { kqlHas, kqlOneOf, kqlText } from '../app/hunting';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { useOpen } from '../ui/address';
import { Facts, Panel, Section } from '../ui/panel';
import { osWords, time } from '../ui/words';
import { agents } from './extensions';
import { type OfDevice } from './inventories';

interface Share {
  id: string; deviceId: string; deviceName: string; osPlatform: string; rbacGroupName: string; shareName: string; path: string; remark: string; rights: string | null;
  offlineAccess: string | null; accessBasedEnumeration: boolean | null; everyoneCanWrite: boolean | null; isRootFolder: boolean | null; configurations: string[]; lastSeen: string;
}

const checks: Record<string, { short: string; long: string }> = {
  'scid-4001': { short: 'Everyone writes', long: 'It lets everybody write' },
  'scid-4002': { short: 'Whole drive', long: 'It is a whole drive or file system' },
  'scid-4000': { short: 'Offline copies', long: 'Clients may keep copies of it' },
  'scid-4003': { short: 'Shows all folders', long: 'People see folders that they may not open' },
};
const problems = (r: Share) => Object.keys(checks).filter((id) => r.configurations.includes(id));
const notKnown = <span className="quiet" title="No sensor told of it">Not known</span>;
const whether = (yes: boolean | null) => (yes === null ? notKnown : yes ? 'Yes' : 'No');
const offlineWords: Record<string, string> = { none: 'Not allowed', manual: 'What people choose', documents: 'Documents that are opened', programs: 'Documents and programs' };

const columns: Column<Share>[] = [
  { key: 'name', title: 'Share', width: 170, slim: 130, sort: 'shareName', text: (r) => r.shareName },
  { key: 'path', title: 'Path', sort: 'path', text: (r) => r.path, show: (r) => <span className="mono">{r.path}</span> },
  { key: 'device', title: 'Device', width: 210, slim: 182, sort: 'deviceName', text: (r) => r.deviceName },
  { key: 'rights', title: 'Rights', width: 270, slim: 200, sort: 'rights', text: (r) => r.rights, show: (r) => (r.rights === null ? notKnown : <span title={r.rights}>{r.rights || 'Nobody'}</span>) },
  { key: 'problems', title: 'Exposed by', width: 250, slim: 200, text: (r) => problems(r).map((id) => checks[id]!.short).join('; '), show: (r) => (problems(r).length ? <span className="bad">{problems(r).map((id) => checks[id]!.short).join(', ')}</span> : <span className="quiet">&ndash;</span>) },
  { key: 'group', title: 'Device group', width: 150, optional: true, sort: 'rbacGroupName', text: (r) => r.rbacGroupName },
  { key: 'os', title: 'OS platform', width: 150, optional: true, sort: 'osPlatform', text: (r) => osWords(r.osPlatform) },
  { key: 'remark', title: 'Remark', width: 180, optional: true, sort: 'remark', text: (r) => r.remark },
];
// What is not told exposes nothing.
const kqlField: Record<string, string> = {
  'scid-4001': 'tobool(Share.EveryoneCanWrite) == true', 'scid-4002': 'tobool(Share.IsRootFolder) == true', 'scid-4000': '(isnotempty(Share.OfflineAccess) and Share.OfflineAccess != "none")',
  'scid-4003': 'tobool(Share.AccessBasedEnumeration) == false',
};
const unexposed = `not(${Object.values(kqlField).map((one) => `coalesce(${one}, false)`).join(' or ')})`;
const has = (id: string) => `configurations/any(c: c eq '${id}')`;
const filters: Filter[] = [
  { key: 'by', title: 'Exposed by', kql: (values) => values.map((value) => (value === 'nothing' ? unexposed : kqlField[value] ?? 'false')).join(' or '), odata: (values) => any(...values.map((value) => (value === 'nothing' ? 'not configurations/any()' : has(value)))),
    options: [...Object.entries(checks).map(([value, { short }]) => ({ value, label: short })), { value: 'nothing', label: 'Nothing' }] },
  { key: 'offline', title: 'Offline copies', options: Object.entries(offlineWords).map(([value, label]) => ({ value, label })), odata: (values) => oneOf('offlineAccess', values), kql: (values) => kqlOneOf('tostring(Share.OfflineAccess)', values) },
];
export function NetworkShares({ device }: OfDevice) {
  const [openId, open] = useOpen();
  return (
    <>
      <List<Share> name={device ? 'device-shares' : 'shares'} source="/api/networkShares" columns={device ? columns.filter(({ key }) => !['device', 'group', 'os'].includes(key)) : columns} filters={filters} fixed={device && `deviceId eq ${quote(device)}`}
        order={device ? 'shareName' : 'deviceName, shareName'} rowKey={(r) => r.id} rowName={(r) => `${r.shareName} on ${r.deviceName}`} open={(r) => open(r.id)} openKey={openId}
        search={{ hint: device ? 'Search share or path' : 'Search share, path or device', odata: (text) => any(contains('shareName', text), contains('path', text), contains('deviceName', text)) }}
        hunting={({ q, where }) => `DeviceTvmInfoGathering${device ? `\n| where DeviceId == ${kqlText(device)}` : ''}\n| mv-expand Share = AdditionalFields.NetworkShares\n| where isnotempty(Share)\n| extend Name = tostring(Share.Name), Path = tostring(Share.Path)${where}${kqlHas(q, 'Name', 'Path', 'DeviceName')}\n| project DeviceName, Name, Path, Rights = tostring(Share.Rights)`}
        empty={{ title: 'No shared folder is known', text: agents }} />
      {openId && <SharePanel key={openId} id={openId} close={() => open()} />}
    </>
  );
}

function SharePanel({ id, close }: { id: string; close: () => void }) {
  const asked = useQuery({ queryKey: ['share', id], queryFn: ({ signal }) => get<Share>(`/api/networkShares/${encodeURIComponent(id)}`, signal) });
  const one = asked.data;
  return (
    <Panel id={id} close={close} asked={asked} title={one?.shareName ?? 'Share'} under={one && <Link to={`/devices/${one.deviceId}?tab=shares`}>{one.deviceName}</Link>}>
      {one && (
        <>
          <Section title="Details">
            <Facts facts={[
              ['Path', <span key="p" className="mono">{one.path}</span>], ['Remark', one.remark], ['Device group', one.rbacGroupName], ['Operating system', osWords(one.osPlatform)],
              ['Offline copies', one.offlineAccess === null ? notKnown : (offlineWords[one.offlineAccess] ?? one.offlineAccess)], ['Folders shown by access', whether(one.accessBasedEnumeration)],
              ['Everyone may write', whether(one.everyoneCanWrite)], ['Whole drive', whether(one.isRootFolder)], ['Last seen', time(one.lastSeen)],
            ]} />
          </Section>
          <Section title="Rights">
            {one.rights === null ? notKnown : one.rights ? <ul>{one.rights.split('; ').map((right) => <li key={right}>{right}</li>)}</ul> : <p>Nobody may open it.</p>}
            <p className="quiet">Rights of the share; those of the file system count as well.</p>
          </Section>
          <Section title="Exposed by">
            {problems(one).length === 0 ? <p className="quiet">It passes the checks that could be read.</p> : (
              <ul>{problems(one).map((check) => <li key={check}><Link to={`/recommendations?open=${encodeURIComponent(`sca-_-${check}`)}`}>{checks[check]!.long}</Link></li>)}</ul>
            )}
          </Section>
        </>
      )}
    </Panel>
  );
}
