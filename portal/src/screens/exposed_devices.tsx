// Exposed devices: the section of a panel that lists them, with all of them as a file; how many there were day by day.
import { useState, type ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { get, Problem } from '../api/client';
import type { ExposedDay, MachineReference } from '../api/kinds';
import { address, type Page } from '../api/odata';
import { useSession } from '../app/session';
import { csv, save } from '../list/csv';
import { everyRow } from '../list/data';
import { SmallList } from '../list/small';
import { Trend, type Point } from '../ui/charts';
import { Section } from '../ui/panel';
import { TroubleLine } from '../ui/states';
import { useToasts } from '../ui/toast';
import { number, osWords, plural } from '../ui/words';

const versionsOf = ({ installedVersions }: MachineReference) => installedVersions?.join('; ') ?? '';

// `about`: what the file is named after; `restarts`: the list tells which devices wait for one; `versions`: it is about software, and tells
// which versions each device has; the file tells, too, where that device is to go from them, as its own page does.
export function ExposedDevices({ source, about, title = 'Exposed devices', none, restarts = false, versions = false }: { source: string; about: string; title?: string; none: string; restarts?: boolean; versions?: boolean }) {
  const toasts = useToasts();
  const also = [...(restarts ? ['pendingRestart'] : []), ...(versions ? ['installedVersions'] : [])];
  const [read, setRead] = useState<number>();
  const asFile = async () => {
    setRead(0);
    try {
      const rows = await everyRow<MachineReference>({ path: source, filter: '', also: versions ? [...also, 'machineRecommendedVersion', 'machineRecommendedVersionReason'] : also }, setRead);
      const more = versions ? ['Installed version', 'Go to version', 'Why'] : [];
      save(`${about} devices.csv`, 'text/csv;charset=utf-8', '\ufeff' + csv([['Device', 'Device id', 'OS platform', 'Group', ...more], ...rows.map((row) => [row.computerDnsName, row.id, row.osPlatform, row.rbacGroupName || 'Unassigned', ...(versions ? [versionsOf(row), row.machineRecommendedVersion ?? '', row.machineRecommendedVersionReason ?? ''] : [])])]));
    } catch (error) {
      toasts.failed('The export failed', error);
    }
    setRead(undefined);
  };
  return (
    <Section title={title} end={<button className="link" disabled={read !== undefined} onClick={() => void asFile()}>{read === undefined ? 'Export' : `${number(read)} read`}</button>}>
      <SmallList<MachineReference> source={source} options={{ orderby: 'exposureScore desc, computerDnsName', ...(also.length ? { select: ['*', ...also] } : {}) }} rowKey={(row) => row.id} label={title} none={none}
        columns={[
          { title: 'Device', show: (row) => <Link to={`/devices/${row.id}`}>{row.computerDnsName}</Link> },
          { title: 'OS platform', width: 160, show: (row) => osWords(row.osPlatform) },
          ...(versions ? [{ title: 'Installed version', width: 140, show: (row: MachineReference) => <span title={versionsOf(row)}>{versionsOf(row)}</span> }] : []),
          { title: 'Group', width: 130, show: (row) => row.rbacGroupName || 'Unassigned' },
          ...(restarts ? [{ title: 'Restart', width: 90, show: (row: MachineReference) => (row.pendingRestart ? 'Pending' : '') }] : []),
        ]} />
    </Section>
  );
}

// What a recommendation counted at the end of each day; a day without it is one on which no device was exposed. Nothing, where there
// is no second day.
export function ExposedOverTime({ recommendation, within }: { recommendation: string; within: (trend: ReactNode) => ReactNode }) {
  const { may } = useSession();
  const { data, error, refetch } = useQuery({
    queryKey: ['exposed-over-time', recommendation], enabled: may('SecurityRecommendation.Read.All'), retry: false,
    queryFn: ({ signal }) => get<Page<ExposedDay>>(address(`/api/recommendations/${encodeURIComponent(recommendation)}/history`, { orderby: 'date', top: 180 }), signal),
  });
  // Of what no recommendation is about there is none.
  if (error && !(error instanceof Problem && error.status === 404)) return within(<TroubleLine what="The trend could not be read" error={error} again={() => void refetch()} />);
  if (!data?.value.length) return null;
  const points = data.value.map(({ date, exposedMachinesCount }): Point => ({ at: new Date(date).getTime(), value: exposedMachinesCount }));
  return within(
    <>
      <Trend points={points} top={Math.max(1, ...points.map(({ value }) => value))} label="Exposed devices of the last 180 days" words={(value) => plural(value, 'device')} />
      <p className="quiet">{number(points.at(-1)!.value)} on the last day; at most {number(Math.max(...points.map(({ value }) => value)))}.</p>
    </>,
  );
}
