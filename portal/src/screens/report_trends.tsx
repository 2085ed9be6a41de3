// The other half of the report of vulnerable devices: how it was on days before. Each day that scores are remembered of is asked
// as of its end, some of them where there are many. Exploits and ages are not here: what was known of a CVE on a day is not kept.
import { useState } from 'react';
import { Input, Select } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, send } from '../api/client';
import { address, type Page } from '../api/odata';
import { useAsOf, useScope } from '../app/scope';
import { Layers, type Layer } from '../ui/charts';
import { Bones, Trouble } from '../ui/states';
import { osWords } from '../ui/words';
import { severityRank, useAskNow } from './report_now';

interface Count { Rank: number; Exploited: number; OSPlatform: string; Devices: number }
const kql = `DeviceTvmSoftwareVulnerabilities
| summarize Rank = max(${severityRank}), Exploited = max(iff(CveTags has "KnownExploited", 1, 0)), OSPlatform = take_any(OSPlatform) by DeviceId
| summarize Devices = count() by Rank, Exploited, OSPlatform`;

const bySeverity: Layer[] = [['1', 'Low'], ['2', 'Medium'], ['3', 'High'], ['4', 'Critical']].map(([key, name]) => ({ key: key!, name: name!, colour: `var(--${name!.toLowerCase()})` }));
const byExploit: Layer[] = [{ key: '0', name: 'None known to be exploited', colour: 'var(--low)' }, { key: '1', name: 'Known to be exploited', colour: 'var(--high)' }];
const platformColours = ['var(--colorPaletteBlueBorderActive)', 'var(--colorPaletteTealBorderActive)', 'var(--colorPalettePurpleBorderActive)', 'var(--colorPaletteMarigoldBorderActive)', 'var(--colorPaletteGrapeBorderActive)', 'var(--colorPaletteSteelBorderActive)'];

const most = 12; // days that are asked
const some = (days: string[]) => (days.length <= most ? days : Array.from({ length: most }, (_, i) => days[Math.round((i * (days.length - 1)) / (most - 1))]!));
const dayBefore = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

export function Trends() {
  const queries = useQueryClient();
  const scope = useScope();
  const askNow = useAskNow();
  const [period, setPeriod] = useState('30');
  const [first, setFirst] = useState(dayBefore(90));
  const [last, setLast] = useState(dayBefore(0));
  const asOf = useAsOf();
  const from = period === 'custom' ? first : dayBefore(Number(period));
  const to = period === 'custom' ? last : dayBefore(0);
  const today = dayBefore(0);
  const { data, error, refetch } = useQuery({
    queryKey: ['report-trend', from, to, scope], enabled: !asOf && !!from && !!to && from <= to, staleTime: 600_000,
    queryFn: async ({ signal }) => {
      const days = (await get<Page<{ date: string }>>(address('/api/exposureScore/history', { filter: `rbacGroupName eq null and date ge ${from}T00:00:00Z and date le ${to}T23:59:59Z`, orderby: 'date', top: 1000 }), signal)).value.map(({ date }) => date.slice(0, 10));
      const counts: { at: number; rows: Count[] }[] = [];
      // One after the other: others use the server too. What was, stays.
      for (const day of some([...new Set(days)]))
        counts.push({ at: Date.parse(`${day}T00:00:00Z`), rows: await queries.fetchQuery({
          queryKey: ['report-day', day, scope], staleTime: day < today ? Infinity : 0,
          queryFn: async () => (day < today ? (await send<{ Results: Count[] }>('POST', `/api/advancedqueries/run?asOf=${day}T23:59:59Z`, { Query: kql }, signal)).Results : await askNow()),
        }) });
      return counts;
    },
  });
  if (asOf) return null;
  const platforms = [...new Set(data?.flatMap(({ rows }) => rows.map(({ OSPlatform }) => OSPlatform)))].toSorted();
  const pictures: [string, string, Layer[], (row: Count) => string][] = [
    ['Severity over time', 'By the worst severity that a device had', bySeverity, (row) => String(row.Rank)],
    ['Known exploited over time', 'Whether any vulnerability of a device was on CISA\u2019s list', byExploit, (row) => String(row.Exploited)],
    ['OS platform over time', 'Devices with a known vulnerability', platforms.map((key, i) => ({ key, name: osWords(key) || 'Unknown', colour: platformColours[i % platformColours.length]! })), (row) => row.OSPlatform],
  ];
  const summed = (rows: Count[], key: (row: Count) => string) => rows.reduce<Record<string, number>>((all, row) => ({ ...all, [key(row)]: (all[key(row)] ?? 0) + row.Devices }), {});
  return (
    <>
      <div className="bar">
        <h2>Trends</h2>
        <div className="period">
          <Select aria-label="Period" value={period} onChange={(_, { value }) => setPeriod(value)}>
            <option value="30">Last 30 days</option><option value="90">Last 3 months</option><option value="180">Last 6 months</option><option value="custom">Two days of your choice</option>
          </Select>
          {period === 'custom' && <Input type="date" aria-label="From" value={first} max={last} onChange={(_, { value }) => setFirst(value)} />}
          {period === 'custom' && <Input type="date" aria-label="To" value={last} min={first} max={today} onChange={(_, { value }) => setLast(value)} />}
        </div>
      </div>
      {error ? <Trouble error={error} again={() => void refetch()} /> : (
        <div className="cards">
          {pictures.map(([title, under, layers, key]) => (
            <section key={title} className="card" aria-label={title}>
              <h2>{title}</h2>
              <p className="quiet">{under}</p>
              {from > to ? <p className="quiet">It ends before it begins.</p> : !data ? <Bones lines={5} /> : data.length < 2 ? <p className="quiet trend-none">{period === '30' ? 'The trend begins with the second day of data.' : 'Fewer than two days of this period are remembered.'}</p>
                : <Layers label={title} layers={layers} days={data.map(({ at, rows }) => ({ at, values: summed(rows, key) }))} />}
            </section>
          ))}
        </div>
      )}
    </>
  );
}
