// Hardware and firmware: of the fleet one row for each model, processor and firmware version, with a panel that says which
// devices have it; of a device what it is made of.
import { Link } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import { all, any, contains, oneOf, quote } from '../api/odata';
import { kqlHas, kqlIn, kqlText } from '../app/hunting';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { SmallList } from '../list/small';
import { useOpen } from '../ui/address';
import { Facts, Panel, Section } from '../ui/panel';
import { number, plural } from '../ui/words';
import { agents } from './extensions';
import { type OfDevice } from './inventories';

interface Component { id: string; componentType: string; manufacturer: string; componentName: string; componentVersion: string }
interface OfFleet extends Component { machines: number }
interface OnDevice extends Component { deviceId: string; deviceName: string; rbacGroupName: string }

const kinds: Record<string, string> = { Hardware: 'Model', Processor: 'Processor', Bios: 'Firmware' };
const kindWord = (kind: string) => kinds[kind] ?? kind;

const columns: Column<Component>[] = [
  { key: 'name', title: 'Name', sort: 'componentName', text: (r) => r.componentName },
  { key: 'kind', title: 'Kind', width: 120, sort: 'componentType', text: (r) => kindWord(r.componentType) },
  { key: 'maker', title: 'Manufacturer', width: 180, sort: 'manufacturer', text: (r) => r.manufacturer },
  { key: 'version', title: 'Version', width: 200, sort: 'componentVersion', text: (r) => r.componentVersion, show: (r) => r.componentVersion || <span className="quiet">&ndash;</span> },
];
const fleetColumns: Column<OfFleet>[] = [...columns, { key: 'devices', title: 'Devices', width: 110, numeric: true, sort: 'machines', text: (r) => r.machines, show: (r) => number(r.machines) }];
const filters: Filter[] = [
  { key: 'kind', title: 'Kind', options: Object.entries(kinds).map(([value, label]) => ({ value, label })), odata: (values) => oneOf('componentType', values) },
];
const search = { hint: 'Search manufacturer or name', odata: (text: string) => any(contains('manufacturer', text), contains('componentName', text), contains('componentVersion', text)) };
const kql = (q: string, chosen: Record<string, string[]>) =>
  `${kqlIn('ComponentType', chosen.kind)}${kqlHas(q, 'Manufacturer', 'ComponentName', 'ComponentVersion')}`;

export function Hardware({ device }: OfDevice) {
  return device ? <HardwareOf device={device} /> : <HardwareList />;
}

function HardwareOf({ device }: { device: string }) {
  return (
    <List<Component> name="device-hardware" source="/api/machines/HardwareFirmwareInventoryByMachine" columns={columns} filters={filters} fixed={`deviceId eq ${quote(device)}`} order="componentType" rowKey={(r) => r.id} rowName={(r) => r.componentName} search={search}
      hunting={({ q, filters: chosen }) => `DeviceTvmHardwareFirmware\n| where DeviceId == ${kqlText(device)}${kql(q, chosen)}\n| project ComponentType, Manufacturer, ComponentName, ComponentVersion, AdditionalFields`}
      empty={{ title: 'No hardware is known', text: agents }} />
  );
}

function HardwareList() {
  const [openId, open] = useOpen();
  return (
    <>
      <List<OfFleet> name="hardware-fleet" source="/api/hardware" columns={fleetColumns} filters={filters} order="machines desc, componentName" rowKey={(r) => r.id} rowName={(r) => `${r.componentName} ${r.componentVersion}`} open={(r) => open(r.id)} openKey={openId} search={search}
        hunting={({ q, filters: chosen }) => `DeviceTvmHardwareFirmware${kql(q, chosen)}\n| summarize Devices = dcount(DeviceId) by ComponentType, Manufacturer, ComponentName, ComponentVersion\n| order by Devices desc`}
        empty={{ title: 'No hardware is known', text: agents }} />
      {openId && <HardwarePanel key={openId} id={openId} close={() => open()} />}
    </>
  );
}

function HardwarePanel({ id, close }: { id: string; close: () => void }) {
  const asked = useQuery({ queryKey: ['hardware', id], queryFn: ({ signal }) => get<OfFleet>(`/api/hardware/${encodeURIComponent(id)}`, signal) });
  const one = asked.data;
  return (
    <Panel id={id} close={close} asked={asked} title={one ? [one.componentName.toLowerCase().startsWith(one.manufacturer.toLowerCase()) ? '' : one.manufacturer, one.componentName, one.componentVersion].filter(Boolean).join(' ') : 'Hardware'} under={one && <span className="quiet">{kindWord(one.componentType)}</span>}>
      {one && (
        <>
          <Section title="Details">
            <Facts facts={[['Kind', kindWord(one.componentType)], ['Manufacturer', one.manufacturer], ['Name', one.componentName], ['Version', one.componentVersion], ['On', plural(one.machines, 'device')]]} />
          </Section>
          {one.componentType !== 'Processor' && <Siblings one={one} />}
          <Section title="Devices" end={plural(one.machines, 'device')}>
            <SmallList<OnDevice> source="/api/machines/HardwareFirmwareInventoryByMachine" label="Devices" first={15} none="No device has it now." rowKey={(r) => r.id}
              options={{ filter: all(...(['componentType', 'manufacturer', 'componentName', 'componentVersion'] as const).map((field) => `${field} eq ${quote(one[field])}`)), orderby: 'deviceName' }}
              columns={[
                { title: 'Device', show: (r) => <Link to={`/devices/${r.deviceId}?tab=hardware`}>{r.deviceName}</Link> },
                { title: 'Group', width: 180, show: (r) => r.rbacGroupName || 'Unassigned' },
              ]} />
          </Section>
        </>
      )}
    </Panel>
  );
}

// The other versions of this firmware, the other models of this maker.
function Siblings({ one }: { one: OfFleet }) {
  const firmware = one.componentType === 'Bios';
  const title = firmware ? `Other firmware of ${one.manufacturer}` : `Other models of ${one.manufacturer}`;
  return (
    <Section title={title}>
      <SmallList<OfFleet> source="/api/hardware" label={title} none="There is no other." rowKey={(r) => r.id}
        options={{ filter: all(`componentType eq ${quote(one.componentType)}`, `manufacturer eq ${quote(one.manufacturer)}`, `id ne ${quote(one.id)}`), orderby: 'machines desc' }}
        columns={[
          { title: firmware ? 'Version' : 'Model', show: (r) => <Link to={`?tab=hardware&open=${r.id}`}>{firmware ? r.componentVersion : r.componentName}</Link> },
          { title: 'Devices', width: 100, numeric: true, show: (r) => number(r.machines) },
        ]} />
    </Section>
  );
}
