import { useState } from 'react';
import { Button, Field, Input, Radio, RadioGroup } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, send } from '../api/client';
import { holds, useSession } from '../app/session';
import { Final } from '../ui/final';
import { FormDialog, Secret } from '../ui/form';
import { PlainTable } from '../ui/table';
import { ago, date } from '../ui/words';
import { PermissionBoxes, usePermissions } from './settings_applications';

interface Token { id: string; owner: string; name: string; prefix: string; permissions: string[]; created: string; expires: string; lastUsed: string | null }

export function Tokens() {
  const { unclaimed } = useSession();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState('');
  const { data, error, refetch } = useQuery({ queryKey: ['tokens'], queryFn: ({ signal }) => get<{ value: Token[] }>('/api/merlon/tokens', signal) });
  const changed = () => queries.invalidateQueries({ queryKey: ['tokens'] });
  return (
    <>
      <div className="bar"><p className="quiet">Tokens for your own scripts. A token may never do more than you may, and ends by itself.</p><Button appearance="primary" disabled={unclaimed} onClick={() => setAdding(true)}>New token</Button></div>
      <PlainTable label="Personal tokens" rows={data?.value} error={error} again={() => void refetch()} rowKey={(one) => one.id} none={unclaimed ? 'A token belongs to a user, and there is none yet.' : 'No token yet.'}
        columns={[
          { title: 'Name', show: (one) => <b>{one.name}</b> },
          { title: 'Begins with', width: 140, show: (one) => <span className="mono">{one.prefix}...</span> },
          { title: 'Owner', width: 140, show: (one) => one.owner },
          { title: 'May', width: 220, show: (one) => <span title={one.permissions.join('\n')}>{one.permissions.length ? one.permissions.join(', ') : 'All that the owner may'}</span> },
          { title: 'Ends', width: 120, show: (one) => date(one.expires) },
          { title: 'Last used', width: 120, show: (one) => (one.lastUsed ? ago(one.lastUsed) : 'Never') },
          { title: 'Actions', width: 100, show: (one) => <Final size="small" word="Revoke" title={`Revoke ${one.name}?`} text={`What uses it is refused from now on. ${one.lastUsed ? `It was last used ${ago(one.lastUsed)}.` : 'It was never used.'}`} change={{ send: () => send('DELETE', `/api/merlon/tokens/${one.id}`), done: `${one.name} is revoked.` }} /> },
        ]} />
      {adding && <TokenForm close={() => setAdding(false)} done={async (token) => { setSecret(token); await changed(); }} />}
      {secret && <Secret title="Your new token" secret={secret} note="It is shown this once; only its digest is kept." close={() => setSecret('')} />}
    </>
  );
}

function TokenForm({ close, done }: { close: () => void; done: (token: string) => Promise<void> }) {
  const { permissions: held } = useSession();
  const [name, setName] = useState('');
  const [days, setDays] = useState('90');
  const [which, setWhich] = useState('all');
  const [permissions, setPermissions] = useState<string[]>([]);
  const known = usePermissions().filter((one) => holds(held, one));
  const length = Number(days);
  return (
    <FormDialog title="New token" submit="Make it" close={close} ready={!!name && Number.isInteger(length) && length >= 1 && length <= 366 && (which === 'all' || permissions.length > 0)}
      send={async () => done((await send<{ token: string }>('POST', '/api/merlon/tokens', { name, days: length, permissions: which === 'all' ? [] : permissions })).token)}>
      <Field label="Name" hint="What it is for" required><Input value={name} onChange={(_, { value }) => setName(value)} /></Field>
      <Field label="Good for days" hint="1 to 366"><Input type="number" min={1} max={366} value={days} onChange={(_, { value }) => setDays(value)} /></Field>
      <Field label="May">
        <RadioGroup value={which} onChange={(_, { value }) => setWhich(value)}>
          <Radio value="all" label="All that I may" />
          <Radio value="some" label="Only these" />
        </RadioGroup>
      </Field>
      {which === 'some' && <PermissionBoxes known={known} chosen={permissions} choose={setPermissions} />}
    </FormDialog>
  );
}
