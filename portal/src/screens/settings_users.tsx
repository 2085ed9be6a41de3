import { useState } from 'react';
import { Button, Field, Input, Radio, RadioGroup } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, send } from '../api/client';
import { useAct } from '../ui/act';
import { FormDialog } from '../ui/form';
import { GroupChoice } from '../ui/groups';
import { TroubleLine } from '../ui/states';
import { PlainTable } from '../ui/table';
import { date } from '../ui/words';

export interface Role { name: string; description: string; permissions: string[]; deviceGroups: string[] | null; builtIn: boolean }
interface User { id: string; name: string; role: string; disabled: boolean; created: string; deviceGroups?: string[] | null }

export const useRoles = () => useQuery({ queryKey: ['roles'], queryFn: ({ signal }) => get<{ value: Role[] }>('/api/merlon/roles', signal), staleTime: Infinity });
// Where a form has nothing to choose from.
export function RolesTrouble() {
  const { error, refetch } = useRoles();
  return error ? <TroubleLine what="The roles could not be read" error={error} again={() => void refetch()} /> : null;
}

export function Users() {
  const queries = useQueryClient();
  const { act } = useAct();
  const [form, setForm] = useState<'new' | User>();
  const { data, error, refetch } = useQuery({ queryKey: ['users'], queryFn: ({ signal }) => get<{ value: User[] }>('/api/merlon/users', signal) });
  const changed = () => queries.invalidateQueries({ queryKey: ['users'] });
  const patch = (user: User, part: object, done: string, back: object) => {
    const put = (what: object) => send('PATCH', `/api/merlon/users/${user.id}`, what);
    return act({ send: () => put(part), done, failed: `${user.name} was not changed`, back: () => put(back) });
  };
  return (
    <>
      <div className="bar"><p className="quiet">People who sign in with name and password. What each may do follows from the role.</p><Button appearance="primary" onClick={() => setForm('new')}>Add a user</Button></div>
      <PlainTable label="Users" rows={data?.value} error={error} again={() => void refetch()} rowKey={(user) => user.id} none="No user yet. As soon as there is one, everybody has to sign in."
        columns={[
          { title: 'Name', show: (user) => <b>{user.name}</b> },
          { title: 'Role', width: 150, show: (user) => user.role },
          { title: 'Sees', width: 170, show: (user) => (user.deviceGroups ? <span title={user.deviceGroups.join('\n')}>{user.deviceGroups.join(', ')}</span> : 'All devices') },
          { title: 'State', width: 90, show: (user) => (user.disabled ? <span className="bad">Disabled</span> : 'Active') },
          { title: 'Since', width: 120, show: (user) => date(user.created) },
          { title: 'Actions', width: 176, show: (user) => (
            <span className="row-actions">
              <Button size="small" onClick={() => setForm(user)}>Change</Button>
              <Button size="small" onClick={() => void patch(user, { disabled: !user.disabled }, `${user.name} is ${user.disabled ? 'active' : 'disabled'}.`, { disabled: user.disabled })}>{user.disabled ? 'Enable' : 'Disable'}</Button>
            </span>
          ) },
        ]} />
      {form && <UserForm user={form === 'new' ? undefined : form} close={() => setForm(undefined)} changed={changed} />}
    </>
  );
}

function UserForm({ user, close, changed }: { user?: User; close: () => void; changed: () => Promise<void> }) {
  const roles = useRoles();
  const [name, setName] = useState(user?.name ?? '');
  const [role, setRole] = useState(user?.role ?? 'Reader');
  const [groups, setGroups] = useState<string[] | undefined>(user?.deviceGroups ?? undefined);
  const [password, setPassword] = useState('');
  const sees = { deviceGroups: groups ?? null };
  const save = async () => {
    if (user) await send('PATCH', `/api/merlon/users/${user.id}`, { role, ...sees, ...(password ? { password } : {}) });
    else await send('POST', '/api/merlon/users', { name, role, password, ...sees });
    await changed();
  };
  return (
    <FormDialog title={user ? `Change ${user.name}` : 'Add a user'} submit={user ? 'Save' : 'Add'} ready={!!name && (user ? password === '' || password.length >= 12 : password.length >= 12)} send={save} close={close}>
      {!user && <Field label="User name" required><Input value={name} onChange={(_, { value }) => setName(value)} autoComplete="off" /></Field>}
      <RolesTrouble />
      <Field label="Role">
        <RadioGroup value={role} onChange={(_, { value }) => setRole(value)}>
          {roles.data?.value.map((one) => <Radio key={one.name} value={one.name} label={<>{one.name}<br /><span className="quiet">{one.description}</span></>} />)}
        </RadioGroup>
      </Field>
      <GroupChoice label="Sees" chosen={groups} choose={setGroups} />
      <Field label={user ? 'New password, or leave it empty' : 'Password'} hint="12 characters or more" required={!user}>
        <Input type="password" value={password} onChange={(_, { value }) => setPassword(value)} autoComplete="new-password" />
      </Field>
    </FormDialog>
  );
}
