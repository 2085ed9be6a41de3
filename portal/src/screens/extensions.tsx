// Browser extensions of the fleet, one row for each browser and extension; a panel says what one asks for and where it is.
import { Link } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import { any, contains, oneOf, quote } from '../api/odata';
import { kqlHas, kqlOneOf } from '../app/hunting';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { SmallList } from '../list/small';
import { useOpen } from '../ui/address';
import { Severity } from '../ui/marks';
import { Facts, Panel, Section } from '../ui/panel';
import { number, plural } from '../ui/words';

// Of inventories that only agents read.
export const agents = <>osquery agents read these: <Link to="/settings?tab=agents">Settings, Agents</Link> tells how to make a device one.</>;

interface Extension {
  id: string; browserName: string; extensionId: string; name: string; vendor: string; machines: number; turnedOnMachines: number | null;
  risk: string; permissions: number | null; versions: string[];
}
interface Permission { id: string; permissionName: string; description: string; risk: string; isRequired: boolean }
interface Device { Id: string; DeviceId: string; DeviceName: string; ExtensionVersion: string; IsActivated: boolean | null }

const browsers: Record<string, string> = {
  chrome: 'Chrome', edge: 'Edge', firefox: 'Firefox', safari: 'Safari', chromium: 'Chromium', brave: 'Brave', opera: 'Opera', vivaldi: 'Vivaldi', yandex: 'Yandex', arc: 'Arc',
};
export const browserName = (token: string) => browsers[token] ?? token;
export const extensionKey = (browser: string, extension: string) => `${browser}-_-${extension}`;
export const onWords = (on: boolean | null) => (on === null ? 'Not known' : on ? 'Yes' : 'No');
// No word: no sensor told what it asks for.
export const riskWord = (risk: string) => risk || 'Not known';
export function Risk({ level }: { level: string }) {
  return level && level !== 'None' ? <Severity level={level} /> : <span className="quiet">{riskWord(level)}</span>;
}
const notKnown = <span className="quiet" title="No sensor told of it">Not known</span>;

const columns: Column<Extension>[] = [
  { key: 'name', title: 'Extension', sort: 'name', text: (r) => r.name },
  { key: 'browser', title: 'Browser', width: 110, slim: 96, sort: 'browserName', text: (r) => browserName(r.browserName) },
  { key: 'devices', title: 'Installed on', width: 104, numeric: true, sort: 'machines', text: (r) => r.machines, show: (r) => number(r.machines) },
  { key: 'on', title: 'Turned on', width: 94, numeric: true, sort: 'turnedOnMachines', text: (r) => r.turnedOnMachines, show: (r) => (r.turnedOnMachines === null ? notKnown : number(r.turnedOnMachines)) },
  { key: 'risk', title: 'Permissions risk', width: 140, slim: 132, sort: 'risk', most: true, text: (r) => riskWord(r.risk), show: (r) => <Risk level={r.risk} /> },
  { key: 'permissions', title: 'Requested permissions', width: 170, numeric: true, sort: 'permissions', text: (r) => r.permissions, show: (r) => (r.permissions === null ? notKnown : number(r.permissions)) },
  { key: 'version', title: 'Version', width: 124, text: (r) => r.versions.join('; '), show: (r) => <span className="first-of" title={r.versions.join('\n')}><span>{r.versions.at(-1)}</span>{r.versions.length > 1 && <span className="quiet">+{r.versions.length - 1}</span>}</span> },
  { key: 'vendor', title: 'Vendor', width: 140, wide: true, sort: 'vendor', text: (r) => r.vendor },
  { key: 'id', title: 'Extension id', width: 300, optional: true, sort: 'extensionId', text: (r) => r.extensionId, show: (r) => <span className="mono">{r.extensionId}</span> },
];
const filters: Filter[] = [
  { key: 'risk', title: 'Permissions risk', odata: (values) => oneOf('risk', values.map((value) => (value === 'unknown' ? '' : value))), kql: (values) => kqlOneOf('ExtensionRisk', values.map((value) => (value === 'unknown' ? '' : value))),
    options: [...['Critical', 'High', 'Medium', 'Low', 'None'].map((value) => ({ value, label: value })), { value: 'unknown', label: 'Not known' }] },
  { key: 'browser', title: 'Browser', options: ['chrome', 'edge', 'firefox', 'brave', 'chromium'].map((value) => ({ value, label: browserName(value) })), odata: (values) => oneOf('browserName', values), kql: (values) => kqlOneOf('BrowserName', values) },
  { key: 'on', title: 'Turned on', single: true, odata: ([value]) => (value === 'no' ? 'turnedOnMachines eq 0' : 'turnedOnMachines gt 0'), kql: ([value]) => (value === 'no' ? 'TurnedOn == 0 and Told > 0' : 'TurnedOn > 0'),
    options: [{ value: 'yes', label: 'On some device' }, { value: 'no', label: 'On no device' }] },
];

export function ExtensionList() {
  const [openId, open] = useOpen();
  return (
    <>
      <List<Extension> name="extensions" source="/api/browserExtensions" columns={columns} filters={filters} order="risk desc, machines desc" rowKey={(r) => r.id} rowName={(r) => r.name} open={(r) => open(r.id)} openKey={openId}
        search={{ hint: 'Search extension or vendor', odata: (text) => any(contains('name', text), contains('extensionId', text), contains('vendor', text)) }}
        hunting={({ q, where }) => `DeviceTvmBrowserExtensions\n| summarize Name = max(ExtensionName), Vendor = max(ExtensionVendor), Devices = dcount(DeviceId), TurnedOn = dcountif(DeviceId, IsActivated == "true"), Told = countif(isnotempty(IsActivated)), Versions = make_set(ExtensionVersion) by BrowserName, ExtensionId, ExtensionRisk${where}${kqlHas(q, 'Name', 'ExtensionId', 'Vendor')}\n| project Name, BrowserName, Devices, TurnedOn, ExtensionRisk, Versions, Vendor, ExtensionId\n| order by Devices desc`}
        empty={{ title: 'No browser extension is known', text: agents }} />
      {openId && <ExtensionPanel key={openId} id={openId} close={() => open()} />}
    </>
  );
}

function ExtensionPanel({ id, close }: { id: string; close: () => void }) {
  const path = `/api/browserExtensions/${encodeURIComponent(id)}`;
  const asked = useQuery({ queryKey: ['extension', id], queryFn: ({ signal }) => get<Extension>(path, signal) });
  const one = asked.data;
  return (
    <Panel id={id} close={close} asked={asked} title={one?.name ?? id} under={one && <><Risk level={one.risk} /><span className="quiet">{browserName(one.browserName)}</span></>}>
      {one && (
        <>
          <Section title="Details">
            <Facts facts={[
              ['Vendor', one.vendor], ['Extension id', <span key="id" className="mono">{one.extensionId}</span>], ['Installed on', plural(one.machines, 'device')],
              ['Turned on', one.turnedOnMachines === null ? notKnown : plural(one.turnedOnMachines, 'device')], ['Permissions risk', riskWord(one.risk)],
            ]} />
          </Section>
          <Section title="Permissions">
            <SmallList<Permission> source={`${path}/permissions`} rowKey={(r) => r.id} label="Permissions" none={one.permissions === null ? 'No sensor told what it asks for.' : 'It asks for nothing.'}
              columns={[
                { title: 'Permission', show: (r) => <div><b>{r.permissionName}</b>{r.permissionName !== r.id && <span className="mono quiet"> {r.id}</span>}<div className="quiet">{r.description || 'No description is known.'}{!r.isRequired && ' Asked for when it is used.'}</div></div> },
                { title: 'Risk', width: 110, show: (r) => <Risk level={r.risk} /> },
              ]} />
          </Section>
          <Section title="Installed devices" end={plural(one.machines, 'device')}>
            <SmallList<Device> source="/api/machines/BrowserExtensionsInventoryByMachine" options={{ filter: `BrowserName eq ${quote(one.browserName)} and ExtensionId eq ${quote(one.extensionId)}`, orderby: 'DeviceName' }} rowKey={(r) => r.Id} label="Installed devices" none="No device."
              columns={[
                { title: 'Device', show: (r) => <Link to={`/devices/${r.DeviceId}?tab=extensions`}>{r.DeviceName}</Link> },
                { title: 'Version', width: 130, show: (r) => r.ExtensionVersion },
                { title: 'Turned on', width: 100, show: (r) => onWords(r.IsActivated) },
              ]} />
          </Section>
          <Section title="Versions">
            <SmallList<{ version: string; machines: number }> source={`${path}/versions`} rowKey={(r) => r.version} label="Versions" none="No version."
              columns={[{ title: 'Version', show: (r) => r.version }, { title: 'Devices', width: 100, numeric: true, show: (r) => number(r.machines) }]} />
          </Section>
        </>
      )}
    </Panel>
  );
}
