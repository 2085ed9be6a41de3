// End of support of a device's system, extended support that people entered for devices and groups, and the fleet in figures.
import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { get, send } from '../api/client';
import type { MachineInstallation } from '../api/kinds';
import { address, all, quote, type Page } from '../api/odata';
import { useSession } from '../app/session';
import { useAct } from '../ui/act';
import { Tags } from '../ui/marks';
import { TroubleLine } from '../ui/states';
import { date, number, plural, withDates } from '../ui/words';

export function SystemSupport({ id }: { id: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['system-support', id],
    queryFn: ({ signal }) => get<Page<MachineInstallation>>(address(`/api/machines/${encodeURIComponent(id)}/installations`, { filter: "source eq 'os'", top: 1 }), signal),
  });
  if (error) return <TroubleLine what="Could not be read" error={error} again={() => void refetch()} />;
  const one = data?.value[0];
  if (!data) return null;
  if (!one?.endOfSupportReason) return <span className="quiet">No life-cycle data</span>;
  return (
    <span title={withDates(one.endOfSupportReason)}>
      {one.endOfSupportStatus !== 'None' && <Tags tags={[one.endOfSupportStatus]} />} {one.endOfSupportDate ? date(one.endOfSupportDate) : 'no date is known'}
      {one.endOfSupportReason.includes('extended support') && ', with extended support'}
    </span>
  );
}

interface Entitlement { id: string; note: string; createdBy: string; createdOn: string }

// Whether a device or a group has paid for extended support, and a button to say so or to take it back.
export function ExtendedSupport({ scope, value, name }: { scope: 'device' | 'group'; value: string; name: string }) {
  const { may } = useSession();
  const { act } = useAct();
  const path = '/api/endOfSupport/entitlements';
  const asked = useQuery({
    queryKey: ['entitlement', scope, value],
    queryFn: ({ signal }) => get<Page<Entitlement>>(address(path, { filter: all(`scope eq ${quote(scope)}`, `scopeValue eq ${quote(value)}`) }), signal),
  });
  if (asked.error) return <TroubleLine what="Could not be read" error={asked.error} again={() => void asked.refetch()} />;
  if (!asked.data) return null;
  const one = asked.data.value[0];
  const enter = () => send('POST', path, { scope, scopeValue: value });
  const withdraw = () => send('DELETE', `${path}/${one!.id}`);
  const run = (call: () => Promise<unknown>, done: string) => void act({ send: call, done, failed: `${name} was not changed` });
  return (
    <span>
      {one ? <span title={[one.note, one.createdBy && `entered by ${one.createdBy}`].filter(Boolean).join('; ') || undefined}>Paid for since {date(one.createdOn)}</span> : 'Not paid for'}{' '}
      {may('Machine.ReadWrite.All') && (one
        ? <Button size="small" onClick={() => run(withdraw, `The usual ends of support count for ${name}.`)}>Take back</Button>
        : <Button size="small" onClick={() => run(enter, `The dates of extended support count for ${name}.`)}>Mark as paid for</Button>)}
    </span>
  );
}

interface Stage { status: string; products: number; versions: number; installations: number }

// How much of what is installed is out of support, and of how much nobody knows until when it is supported.
export function SupportFigures() {
  const { data, error, refetch } = useQuery({ queryKey: ['support-stages'], queryFn: ({ signal }) => get<Page<Stage>>('/api/endOfSupport', signal) });
  if (error) return <TroubleLine what="How much is out of support could not be read" error={error} again={() => void refetch()} />;
  if (!data?.value.length) return null;
  const of = (...names: string[]) => data.value.filter(({ status }) => names.includes(status)).reduce((sum, { versions }) => sum + versions, 0);
  const unknown = data.value.find(({ status }) => status === 'NoLifecycleData');
  return (
    <p className="quiet support-figures">
      Of the installed versions <Link to="/software?tags=EOS+software&tags=EOS+versions">{number(of('EOS Software', 'EOS Version'))} are out of support</Link>, <Link to="/software?tags=Upcoming+EOS+versions">{number(of('Upcoming EOS Software', 'Upcoming EOS Version'))} will soon be</Link>;
      no life-cycle data for {plural(unknown?.versions ?? 0, 'version')} of {plural(unknown?.products ?? 0, 'product')}.
    </p>
  );
}
