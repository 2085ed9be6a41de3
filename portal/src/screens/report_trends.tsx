// The other half of the report of vulnerable devices: how it was on days before. Of a long period some of the remembered days are shown.
import { Input, Select } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import { address, any, type Page } from '../api/odata';
import { useAsOf, useScope } from '../app/scope';
import { useWord } from '../ui/address';
import { Layers } from '../ui/charts';
import { Bones, Trouble } from '../ui/states';
import { countsOf, layersOf, pictures, type Alike, type Picture } from './report_pictures';

interface Day { at: number; alike: Alike[] }

const periods = [['30', 'Last 30 days'], ['90', 'Last 3 months'], ['180', 'Last 6 months'], ['custom', 'Two days of your choice']];
const most = 12; // days that are shown
const some = (days: string[]) => (days.length <= most ? days : Array.from({ length: most }, (_, i) => days[Math.round((i * (days.length - 1)) / (most - 1))]!));
const dayBefore = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

async function daysOf(from: string, to: string, signal: AbortSignal): Promise<Day[]> {
  const { value: scores } = await get<Page<{ date: string }>>(address('/api/exposureScore/history', { filter: `rbacGroupName eq null and date ge ${from}T00:00:00Z and date le ${to}T23:59:59Z`, orderby: 'date', top: 1000 }), signal);
  const days = some([...new Set(scores.map(({ date }) => date.slice(0, 10)))]);
  if (!days.length) return [];
  const { value } = await get<Page<Alike>>(address('/api/vulnerableDevices', { filter: any(...days.map((day) => `date eq ${day}T00:00:00Z`)) }), signal);
  return days.map((day) => ({ at: Date.parse(`${day}T00:00:00Z`), alike: value.filter(({ date }) => date.startsWith(day)) })).filter(({ alike }) => alike.length);
}

export function Trends() {
  const scope = useScope();
  const asOf = useAsOf();
  const [said, setPeriod] = useWord('period', '30');
  const period = periods.some(([key]) => key === said) ? said : '30';
  const [first, setFirst] = useWord('from', dayBefore(90));
  const [last, setLast] = useWord('to', dayBefore(0));
  const today = dayBefore(0);
  const from = period === 'custom' ? first : dayBefore(Number(period));
  const to = period === 'custom' ? last : today;
  const { data, error, refetch } = useQuery({
    queryKey: ['report-trend', from, to, scope], enabled: !asOf && !!from && !!to && from <= to,
    queryFn: ({ signal }) => daysOf(from, to, signal),
  });
  if (asOf) return null;
  return (
    <>
      <div className="bar">
        <h2>Trends</h2>
        <div className="period">
          <Select aria-label="Period" value={period} onChange={(_, { value }) => setPeriod(value)}>
            {periods.map(([key, words]) => <option key={key} value={key}>{words}</option>)}
          </Select>
          {period === 'custom' && <Input type="date" aria-label="From" value={first} max={last} onChange={(_, { value }) => setFirst(value)} />}
          {period === 'custom' && <Input type="date" aria-label="To" value={last} min={first} max={today} onChange={(_, { value }) => setLast(value)} />}
        </div>
      </div>
      {error ? <Trouble error={error} again={() => void refetch()} /> : (
        <div className="cards">
          {pictures.map((picture) => (
            <section key={picture.over} className="card" aria-label={picture.over}>
              <h2>{picture.over}</h2>
              <p className="quiet">{picture.under}</p>
              {from > to ? <p className="quiet">It ends before it begins.</p> : !data ? <Bones lines={5} /> : data.length < 2 ? <p className="quiet trend-none">{period === '30' ? 'The trend begins with the second day of data.' : 'Fewer than two days of this period are remembered.'}</p>
                : <Over picture={picture} days={data} />}
            </section>
          ))}
        </div>
      )}
    </>
  );
}

function Over({ picture, days }: { picture: Picture; days: Day[] }) {
  const counts = days.map(({ alike }) => countsOf(picture, alike));
  return <Layers label={picture.over} layers={layersOf(picture, counts)} days={days.map(({ at }, i) => ({ at, values: Object.fromEntries(counts[i]!) }))} />;
}
