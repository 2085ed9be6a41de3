import { useState } from 'react';
import { Button, Checkbox, Field, Input } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, send } from '../api/client';
import { useSession } from '../app/session';
import { Final } from '../ui/final';
import { FormDialog, Secret } from '../ui/form';
import { PlainTable } from '../ui/table';
import { date } from '../ui/words';
import { RolesTrouble, useRoles } from './settings_users';

interface Application { id: string; name: string; permissions: string[]; created: string }

// Every permission that some role has; the server refuses others with the list.
export function usePermissions(): string[] {
  const roles = useRoles();
  return [...new Set(roles.data?.value.flatMap(({ permissions }) => permissions).filter((one) => one !== '*'))].sort();
}

export function Applications() {
  const queries = useQueryClient();
  const { unclaimed } = useSession();
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<{ id: string; secret: string }>();
  const { data, error, refetch } = useQuery({ queryKey: ['applications'], queryFn: ({ signal }) => get<{ value: Application[] }>('/api/merlon/applications', signal) });
  const changed = () => queries.invalidateQueries({ queryKey: ['applications'] });
  return (
    <>
      <div className="bar"><p className="quiet">Programs that get access tokens with a client id and a secret, in the form of Defender's API.</p><Button appearance="primary" disabled={unclaimed} onClick={() => setAdding(true)}>Add an application</Button></div>
      <PlainTable label="Applications" rows={data?.value} error={error} again={() => void refetch()} rowKey={(one) => one.id} none={unclaimed ? 'From the first application on everybody has to sign in: add a user before it.' : 'No application yet.'}
        columns={[
          { title: 'Name', width: 200, show: (one) => <b>{one.name}</b> },
          { title: 'Client id', width: 300, show: (one) => <span className="mono">{one.id}</span> },
          { title: 'Permissions', show: (one) => <span title={one.permissions.join('\n')}>{one.permissions.join(', ')}</span> },
          { title: 'Since', width: 120, show: (one) => date(one.created) },
          { title: 'Actions', width: 100, show: (one) => <Final size="small" word="Remove" title={`Remove ${one.name}?`} text="Its access tokens end at once, and its secret cannot be had again." change={{ send: () => send('DELETE', `/api/merlon/applications/${one.id}`), done: `${one.name} is gone; its tokens end at once.` }} /> },
        ]} />
      {adding && <ApplicationForm close={() => setAdding(false)} done={async (one) => { setMade(one); await changed(); }} />}
      {made && <Secret title="The application's secret" secret={made.secret} note={<>Client id <code>{made.id}</code>. The secret is shown this once; only its digest is kept.</>} close={() => setMade(undefined)} />}
    </>
  );
}

function ApplicationForm({ close, done }: { close: () => void; done: (made: { id: string; secret: string }) => Promise<void> }) {
  const [name, setName] = useState('');
  const [permissions, setPermissions] = useState<string[]>([]);
  const known = usePermissions();
  return (
    <FormDialog title="Add an application" submit="Add" ready={!!name && permissions.length > 0} close={close}
      send={async () => done(await send('POST', '/api/merlon/applications', { name, permissions }))}>
      <Field label="Name" required><Input value={name} onChange={(_, { value }) => setName(value)} /></Field>
      <PermissionBoxes known={known} chosen={permissions} choose={setPermissions} />
    </FormDialog>
  );
}

export function PermissionBoxes({ known, chosen, choose }: { known: string[]; chosen: string[]; choose: (all: string[]) => void }) {
  return (
    <fieldset className="boxes"><legend>Permissions</legend>
      <RolesTrouble />
      {known.map((one) => <Checkbox key={one} label={one} checked={chosen.includes(one)} onChange={(_, { checked }) => choose(checked ? [...chosen, one] : chosen.filter((other) => other !== one))} />)}
    </fieldset>
  );
}
