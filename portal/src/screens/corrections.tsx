// Corrections of matches: ours, and those that travel with the program.
import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { get, send } from '../api/client';
import { useSession } from '../app/session';
import { useAct } from '../ui/act';
import { PlainTable } from '../ui/table';
import { date, person, platformWords, productName } from '../ui/words';
import { statuses } from './correction_form';
import { Outside } from './recommendation_panel';

interface Correction {
  id: string; origin: string; cveId: string; scope: string; scopeValue: string; vendor: string; product: string; version?: string; status: string;
  justification?: string; reason: string; link: string; createdBy?: string; created?: string; expires?: string | null; disabled?: boolean; inForce: boolean;
}

const optional = (parts: Record<string, string | null | undefined>) => Object.fromEntries(Object.entries(parts).filter(([, value]) => value));
// "a:python:python"
const shippedName = (product: string) => productName(product.split(':')[1] ?? '', product.split(':')[2] ?? product);
const shortly: Record<string, string> = { false_positive: 'Other software', not_affected: 'Not affected', fixed: 'Fixed already' };
const scopeWords = ({ scope, scopeValue }: Correction) => (scope === 'everywhere' ? `Everywhere${scopeValue ? ` (${scopeValue.split(', ').map(platformWords).join(', ')})` : ''}` : scope === 'group' ? `Group ${scopeValue}` : 'One device');

export function Corrections() {
  const { may } = useSession();
  const { act } = useAct();
  const { data, error, refetch } = useQuery({ queryKey: ['corrections'], queryFn: ({ signal }) => get<{ value: Correction[] }>('/api/corrections', signal) });
  const writes = may('Merlon.Corrections.ReadWrite.All');
  const flip = (one: Correction, disabled: boolean) => send('PATCH', `/api/corrections/${one.id}`, { disabled });
  // The same again, under a new number.
  const again = ({ cveId, vendor, product, version, scope, scopeValue, status, justification, reason, link, expires }: Correction) =>
    send('POST', '/api/corrections', { cveId, vendor, product, scope, status, reason, ...optional({ version, scopeValue, justification, link, expires }) });
  return (
    <>
      <div className="bar">
        <p className="quiet">What people said is wrong. A correction clears findings where it counts; the findings stay visible with its words. It is made with "This is wrong" beside a finding, or "Report inaccuracy" of a product.</p>
        <Menu>
          <MenuTrigger disableButtonEnhancement><Button>Export as VEX</Button></MenuTrigger>
          <MenuPopover><MenuList>
            <MenuItem onClick={() => { location.href = '/api/corrections/export?format=openvex'; }}>OpenVEX</MenuItem>
            <MenuItem onClick={() => { location.href = '/api/corrections/export?format=cyclonedx'; }}>CycloneDX</MenuItem>
          </MenuList></MenuPopover>
        </Menu>
      </div>
      <PlainTable label="Corrections" rows={data?.value} error={error} again={() => void refetch()} rowKey={(one) => one.id} none="No correction yet."
        columns={[
          { title: 'CVE', width: 132, show: (one) => (one.cveId ? <Link to={`/weaknesses?open=${one.cveId}`}>{one.cveId}</Link> : 'Every CVE') },
          { title: 'Software', width: 130, show: (one) => <span title={one.product}>{one.origin === 'local' ? `${productName(one.vendor, one.product)} ${one.version ?? ''}` : shippedName(one.product)}</span> },
          { title: 'What is wrong', width: 116, show: (one) => <span title={statuses.find(([value]) => value === one.status)?.[1]}>{shortly[one.status] ?? one.status.replaceAll('_', ' ')}</span> },
          { title: 'Where', width: 140, show: (one) => <span title={scopeWords(one)}>{scopeWords(one)}</span> },
          { title: 'Reason', show: (one) => <span title={one.reason}>{one.reason} {one.link && <Outside address={one.link} words="(source)" />}</span> },
          { title: 'By', width: 104, show: (one) => (one.origin === 'shipped' ? <span className="quiet">The program</span> : person(one.createdBy)) },
          { title: 'Until', width: 100, show: (one) => (one.disabled ? <span className="quiet">Switched off</span> : one.expires ? date(one.expires) : 'For good') },
          ...(writes && data?.value.some(({ origin }) => origin === 'local') ? [{ title: 'Actions', width: 168, show: (one: Correction) => one.origin === 'local' && (
            <span className="row-actions">
              <Button size="small" onClick={() => void act({ send: () => flip(one, !one.disabled), done: one.disabled ? 'In force again.' : 'Switched off.', back: () => flip(one, !!one.disabled) })}>{one.disabled ? 'Switch on' : 'Switch off'}</Button>
              <Button size="small" onClick={() => void act({ send: () => send('DELETE', `/api/corrections/${one.id}`), done: 'Removed.', back: () => again(one) })}>Remove</Button>
            </span>
          ) }] : []),
        ]} />
    </>
  );
}
