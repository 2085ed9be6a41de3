// How many CVEs of each severity something has, each a way to the tab that lists them: of a device, of a product.
import { Link } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { count } from '../api/client';
import { quote } from '../api/odata';
import { Bars } from '../ui/charts';
import { Level } from '../ui/marks';
import { Bones, Trouble } from '../ui/states';
import { number } from '../ui/words';

export const severities = ['Critical', 'High', 'Medium', 'Low'];

// `path`: of what has them, whose vulnerabilities the API lists below it.
export function SeverityBars({ path }: { path: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['severities', path],
    queryFn: ({ signal }) => Promise.all(severities.map((severity) => count(`${path}/vulnerabilities`, `severity eq ${quote(severity)}`, signal))),
  });
  if (error && !data) return <Trouble error={error} again={() => void refetch()} />;
  if (!data) return <Bones lines={4} />;
  return <Bars bars={severities.map((name, i) => ({ key: name, name: <Link to={`?tab=vulnerabilities&severity=${name}`}><Level level={name} /></Link>, value: data[i]!, of: Math.max(1, ...data), words: number(data[i]!), colour: `var(--${name.toLowerCase()})` }))} />;
}
