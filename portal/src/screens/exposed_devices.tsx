// The section of a panel that lists exposed devices, with all of them as a file.
import { useState } from 'react';
import { Link } from 'react-router';
import type { MachineReference } from '../api/kinds';
import { csv, save } from '../list/csv';
import { everyRow } from '../list/data';
import { SmallList } from '../list/small';
import { Section } from '../ui/panel';
import { useToasts } from '../ui/toast';
import { number, osWords } from '../ui/words';

const withRestarts = { select: ['id', 'computerDnsName', 'osPlatform', 'rbacGroupName', 'pendingRestart'] };

// `about`: what the file is named after; `restarts`: the list tells which devices wait for one.
export function ExposedDevices({ source, about, none, restarts = false }: { source: string; about: string; none: string; restarts?: boolean }) {
  const toasts = useToasts();
  const [read, setRead] = useState<number>();
  const asFile = async () => {
    setRead(0);
    try {
      const rows = await everyRow<MachineReference>({ path: source, filter: '' }, setRead);
      save(`${about} devices.csv`, 'text/csv;charset=utf-8', '\ufeff' + csv([['Device', 'Device id', 'OS platform', 'Group'], ...rows.map((row) => [row.computerDnsName, row.id, row.osPlatform, row.rbacGroupName || 'Unassigned'])]));
    } catch (error) {
      toasts.failed('The export failed', error);
    }
    setRead(undefined);
  };
  return (
    <Section title="Exposed devices" end={<button className="link" disabled={read !== undefined} onClick={() => void asFile()}>{read === undefined ? 'Export' : `${number(read)} read`}</button>}>
      <SmallList<MachineReference> source={source} options={restarts ? withRestarts : undefined} rowKey={(row) => row.id} label="Exposed devices" none={none}
        columns={[
          { title: 'Device', show: (row) => <Link to={`/devices/${row.id}`}>{row.computerDnsName}</Link> },
          { title: 'OS platform', width: 160, show: (row) => osWords(row.osPlatform) },
          { title: 'Group', width: 160, show: (row) => row.rbacGroupName || 'Unassigned' },
          ...(restarts ? [{ title: 'Restart', width: 90, show: (row: MachineReference) => (row.pendingRestart ? 'Pending' : '') }] : []),
        ]} />
    </Section>
  );
}
