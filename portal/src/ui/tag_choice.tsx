// Tags that devices have already, to choose from: the most used first.
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import { address, type Page } from '../api/odata';
import { plural } from './words';

const most = 12;

export function TagChoice({ chosen, choose }: { chosen: string[]; choose: (tags: string[]) => void }) {
  const { data } = useQuery({
    queryKey: ['device-tags'],
    queryFn: ({ signal }) => get<Page<{ name: string; machines: number }>>(address('/api/deviceTags', { top: most }), signal),
    staleTime: 60_000,
  });
  if (!data?.value.length) return null;
  return (
    <div className="chips" role="group" aria-label="Tags in use">
      {data.value.map(({ name, machines }) => (
        <button key={name} type="button" className="chip" aria-pressed={chosen.includes(name)} title={plural(machines, 'device')}
          onClick={() => choose(chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name])}>{name}</button>
      ))}
    </div>
  );
}
