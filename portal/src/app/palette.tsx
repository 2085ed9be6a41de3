// Ctrl+K: screens by name, and devices, software, CVEs and recommendations by what the server finds.
import { useEffect, useId, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { Dialog, DialogSurface } from '@fluentui/react-components';
import { SearchRegular } from '@fluentui/react-icons';
import { get } from '../api/client';
import type { Machine, Recommendation, Software, Vulnerability } from '../api/kinds';
import { address, any, contains, quote, type Page } from '../api/odata';
import { useFocusBack } from '../ui/focus';
import { TroubleLine } from '../ui/states';
import { osWords, plural, productName } from '../ui/words';
import { screens } from './screens';
import { useSession } from './session';

interface Hit { kind: string; title: string; note?: string; to: string }

// What was found; where one of the questions failed, why.
async function find(text: string, may: (permission: string) => boolean, signal: AbortSignal): Promise<{ hits: Hit[]; failed?: unknown }> {
  const few = async <Row,>(permission: string, path: string, filter: string, orderby: string | undefined, hit: (row: Row) => Hit) =>
    may(permission) ? (await get<Page<Row>>(address(path, { filter, orderby, top: 5 }), signal)).value.map(hit) : [];
  const words = text.trim().replaceAll(' ', '_');
  const found = await Promise.allSettled([
    few<Machine>('Machine.Read.All', '/api/machines', contains('computerDnsName', text), undefined,
      (row) => ({ kind: 'Device', title: row.computerDnsName, note: osWords(row.osPlatform), to: `/devices/${row.id}` })),
    few<Software>('Software.Read.All', '/api/software', any(contains('name', words), contains('vendor', words)), 'exposedMachines desc',
      (row) => ({ kind: 'Software', title: productName(row.vendor, row.name), note: plural(row.installedMachines, 'device'), to: `/software/${encodeURIComponent(row.id)}` })),
    few<Vulnerability>('Vulnerability.Read.All', '/api/vulnerabilities',
      /^cve-/i.test(text) ? `startswith(id,${quote(text)})` : contains('name', text), 'exposedMachines desc',
      (row) => ({ kind: 'CVE', title: row.id, note: row.name === row.id ? row.severity : row.name, to: `/weaknesses?open=${row.id}` })),
    few<Recommendation>('SecurityRecommendation.Read.All', '/api/recommendations', contains('recommendationName', text), undefined,
      (row) => ({ kind: 'Recommendation', title: row.recommendationName, to: `/recommendations?open=${encodeURIComponent(row.id)}` })),
  ]);
  const failed = found.find((one) => one.status === 'rejected');
  return { hits: found.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])), failed: failed?.reason };
}

export function Palette({ close }: { close: () => void }) {
  useFocusBack();
  const { may } = useSession();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [asked, ask] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  useEffect(() => {
    const later = setTimeout(() => ask(text.trim()), 150);
    return () => clearTimeout(later);
  }, [text]);
  const { data: remote, error, isFetching, refetch } = useQuery({
    queryKey: ['palette', asked],
    queryFn: ({ signal }) => find(asked, may, signal),
    enabled: asked.length >= 2,
  });
  const low = text.trim().toLowerCase();
  const local: Hit[] = screens
    .filter((screen) => screen.icon && may(screen.permission) && [screen.title, ...(screen.also ?? [])].some((word) => word.toLowerCase().includes(low)))
    .map((screen) => ({ kind: 'Screen', title: screen.title, to: screen.path }));
  const hits = [...local, ...(asked.length >= 2 && low ? remote?.hits ?? [] : [])];
  const failed = error ?? remote?.failed;
  const chosen = Math.min(at, hits.length - 1);
  useEffect(() => {
    void list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const go = (hit?: Hit) => {
    if (!hit) return;
    close();
    void navigate(hit.to);
  };
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && close()}>
      <DialogSurface className="palette" aria-label="Search everything">
        <div className="palette-field">
          <SearchRegular aria-hidden />
          <input
            autoFocus role="combobox" aria-expanded="true" aria-controls={id} aria-label="Search devices, software, CVEs, screens"
            aria-activedescendant={hits.length ? `${id}-${chosen}` : undefined} placeholder="Search devices, software, CVEs, screens"
            value={text}
            onChange={(event) => { setText(event.target.value); setAt(0); }}
            onKeyDown={(event) => {
              if (event.key === 'ArrowDown') setAt(Math.min(chosen + 1, hits.length - 1));
              else if (event.key === 'ArrowUp') setAt(Math.max(chosen - 1, 0));
              else if (event.key === 'Enter') go(hits[chosen]);
              else return;
              event.preventDefault();
            }}
          />
        </div>
        <ul id={id} role="listbox" aria-label="Found" ref={list}>
          {hits.map((hit, i) => (
            <li key={hit.kind + hit.to} id={`${id}-${i}`} role="option" aria-selected={i === chosen} onClick={() => go(hit)} onMouseMove={() => setAt(i)}>
              <span className="palette-title">{hit.title}</span>
              {hit.note && <span className="palette-note">{hit.note}</span>}
              <span className="palette-kind">{hit.kind}</span>
            </li>
          ))}
        </ul>
        {failed ? <p className="palette-none"><TroubleLine what="Not everything could be searched" error={failed} again={() => void refetch()} /></p> : !hits.length && <p className="palette-none">{isFetching || asked !== text.trim() ? 'Looking ...' : 'Nothing has this name.'}</p>}
      </DialogSurface>
    </Dialog>
  );
}
