// Corrections of matches: ours, and those that travel with the program.
import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { get, send } from '../api/client';
import { useSession } from '../app/session';
import { PlainTable } from '../ui/table';
import { useToasts } from '../ui/toast';
import { date, productName } from '../ui/words';
import { statuses } from './correction_form';
import { Outside } from './recommendation_panel';

interface Correction {
  id: string; origin: string; cveId: string; scope: string; scopeValue: string; vendor: string; product: string; version?: string; status: string;
  reason: string; link: string; createdBy?: string; created?: string; expires?: string | null; disabled?: boolean; inForce: boolean;
}

const scopeWords = ({ scope, scopeValue }: Correction) => (scope === 'everywhere' ? `Everywhere${scopeValue ? ` (${scopeValue})` : ''}` : scope === 'group' ? `Group ${scopeValue}` : 'One device');

export function Corrections() {
  const { may } = useSession();
  const queries = useQueryClient();
  const toasts = useToasts();
  const { data, error, refetch } = useQuery({ queryKey: ['corrections'], queryFn: ({ signal }) => get<{ value: Correction[] }>('/api/corrections', signal) });
  const run = async (call: () => Promise<unknown>, done: string, back?: () => Promise<unknown>) => {
    try {
      await call();
      toasts.done(done, back && (() => void run(back, 'Taken back.')));
    } catch (problem) {
      toasts.failed('Not done', problem);
    }
    await queries.invalidateQueries();
  };
  const writes = may('Merlon.Corrections.ReadWrite.All');
  const flip = (one: Correction, disabled: boolean) => send('PATCH', `/api/corrections/${one.id}`, { disabled });
  return (
    <>
      <div className="bar">
        <p className="quiet">What people said is wrong. A correction clears findings where it counts; the findings stay visible with its words. It is made with "This is wrong" beside a finding.</p>
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
          { title: 'CVE', width: 150, show: (one) => (one.cveId ? <Link to={`/weaknesses?open=${one.cveId}`}>{one.cveId}</Link> : 'Every CVE') },
          { title: 'Software', width: 230, show: (one) => <span title={one.product}>{one.origin === 'local' ? `${productName(one.vendor, one.product)} ${one.version ?? ''}` : one.product}</span> },
          { title: 'What is wrong', width: 210, show: (one) => statuses.find(([value]) => value === one.status)?.[1] ?? one.status.replaceAll('_', ' ') },
          { title: 'Where', width: 150, show: (one) => scopeWords(one) },
          { title: 'Reason', show: (one) => <span title={one.reason}>{one.reason} {one.link && <Outside address={one.link} words="(source)" />}</span> },
          { title: 'By', width: 130, show: (one) => (one.origin === 'shipped' ? <span className="quiet">The program</span> : one.createdBy) },
          { title: 'Until', width: 120, show: (one) => (one.disabled ? <span className="quiet">Switched off</span> : one.expires ? date(one.expires) : 'For good') },
          { title: 'Actions', width: 170, show: (one) => writes && one.origin === 'local' && (
            <span className="row-actions">
              <Button size="small" onClick={() => void run(() => flip(one, !one.disabled), one.disabled ? 'In force again.' : 'Switched off.', () => flip(one, !!one.disabled))}>{one.disabled ? 'Switch on' : 'Switch off'}</Button>
              <Button size="small" onClick={() => void run(() => send('DELETE', `/api/corrections/${one.id}`), 'Removed.')}>Remove</Button>
            </span>
          ) },
        ]} />
    </>
  );
}
