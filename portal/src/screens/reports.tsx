// The report of vulnerable devices: how bad it is today, or was on the day that the page shows (report_trends.tsx: over time).
import { Link } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import { address, type Page } from '../api/odata';
import { huntingAddress, kqlText } from '../app/hunting';
import { useAsOf, useScope } from '../app/scope';
import { useSession } from '../app/session';
import { Bars } from '../ui/charts';
import { Head } from '../ui/head';
import { OnPaper } from '../ui/on_paper';
import { Bones, Trouble } from '../ui/states';
import { number, percent } from '../ui/words';
import { countsOf, pictures, type Alike, type Picture } from './report_pictures';
import { Trends } from './report_trends';

const listed = (name: string) => `\n| where Name == ${kqlText(name)}\n| join kind=inner (DeviceInfo | summarize arg_max(Timestamp, DeviceName, OSPlatform, MachineGroup) by DeviceId) on DeviceId\n| project DeviceName, OSPlatform, MachineGroup, DeviceId\n| order by DeviceName asc`;

// Of today, or of the day that the page shows.
function useAlike() {
  const asOf = useAsOf();
  const scope = useScope();
  return useQuery({
    queryKey: ['report', asOf, scope],
    queryFn: ({ signal }) => get<Page<Alike>>(address('/api/vulnerableDevices', { filter: asOf ? `date eq ${asOf.slice(0, 10)}T00:00:00Z` : 'isLatest eq true' }), signal),
  });
}

export default function Reports() {
  const { isPending } = useAlike();
  const { may } = useSession();
  return (
    <div className="page">
      <Head title="Vulnerable devices" text="How bad it is, and was: each device is counted once, under the worst that it has. As in hunting, devices that are silent for 30 days or excluded are here, too." end={<OnPaper name="merlon-vulnerable-devices" />} />
      <div className="cards">{pictures.map((one) => <Chart key={one.title} picture={one} />)}</div>
      {!isPending && may('Score.Read.All') && <Trends /> /* below pictures that have their size; the scores tell which days are remembered */}
    </div>
  );
}

function Chart({ picture }: { picture: Picture }) {
  const hunts = useSession().may('AdvancedQuery.Read.All');
  const { title, under, each, kql, names, words = (name) => name, to = each && hunts ? (name: string) => huntingAddress(each + listed(name)) : undefined } = picture;
  const asOf = useAsOf();
  const { data, error, refetch } = useAlike();
  const counts = countsOf(picture, data?.value ?? []);
  const bars = names ? names.map(([name]) => name).filter((name) => counts.has(name)).toReversed() : [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)!);
  const all = [...counts.values()].reduce((sum, devices) => sum + devices, 0);
  return (
    <section className="card" aria-label={title}>
      <h2>{title}{hunts && <Link to={huntingAddress(kql)}>Open in hunting</Link>}</h2>
      <p className="quiet">{under}</p>
      {error ? <Trouble error={error} again={() => void refetch()} /> : !data ? <Bones lines={5} /> : !bars.length ? <p className="quiet">{asOf ? 'Of that day no device with a vulnerability is remembered.' : 'No device has a known vulnerability, or no inventory has come yet.'}</p> : (
        <Bars bars={bars.map((name) => ({
          key: name, value: counts.get(name)!, of: all, words: `${number(counts.get(name)!)} (${percent(counts.get(name)! / all)})`, colour: names?.find(([known]) => known === name)?.[1],
          name: to ? <Link to={to(name)}>{words(name)}</Link> : words(name),
        }))} />
      )}
    </section>
  );
}
