// Roles: what each lets people do, side by side, and roles of one's own.
import { useState } from 'react';
import { Button, Field, Input, Select } from '@fluentui/react-components';
import { CheckmarkRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { send } from '../api/client';
import { holds, useSession } from '../app/session';
import { useAct } from '../ui/act';
import { FormDialog } from '../ui/form';
import { GroupChoice } from '../ui/groups';
import { Bones, Trouble } from '../ui/states';
import { allAreas, type Permission } from './permission_words';
import { usePermissions } from './settings_applications';
import { useRoles, type Role } from './settings_users';

// "Manage", "View" or nothing.
const level = (held: string[], { read, write }: Permission) => (write && holds(held, write) ? 'write' : read && holds(held, read) ? 'read' : '');
const levelWords: Record<string, string> = { write: 'Manage', read: 'View', '': 'No' };

export function Roles() {
  const { may } = useSession();
  const queries = useQueryClient();
  const { act } = useAct();
  const [form, setForm] = useState<'new' | Role>();
  const { data, error, refetch } = useRoles();
  const known = usePermissions();
  const manages = may('Merlon.Access.Manage');
  const changed = () => queries.invalidateQueries({ queryKey: ['roles'] });
  const path = ({ name }: Role) => `/api/merlon/roles/${encodeURIComponent(name)}`;
  const body = ({ name, description, permissions, deviceGroups }: Role) => ({ name, description, permissions, deviceGroups: deviceGroups ?? null });
  const drop = (role: Role) => act({ send: () => send('DELETE', path(role)), done: `The role ${role.name} is gone.`, failed: `${role.name} was not removed`, back: () => send('POST', '/api/merlon/roles', body(role)) }).then(changed);
  const roles = data?.value ?? [];
  return (
    <>
      <div className="bar">
        <p className="quiet">A role says what its people may do and which device groups they see. "View" reads, "Manage" changes as well. Built-in roles stay as they are.</p>
        {manages && <Button appearance="primary" onClick={() => setForm('new')}>Add a role</Button>}
      </div>
      {error ? <Trouble error={error} again={() => void refetch()} /> : !data ? <div className="card"><Bones lines={8} /></div> : (
        <div className="card">
          <div className="card-scroll" tabIndex={-1}>
            <table className="small-table roles" aria-label="Roles" style={{ minWidth: 330 + 132 * roles.length }}>
              <colgroup><col style={{ width: 330 }} />{roles.map(({ name }) => <col key={name} />)}</colgroup>
              <thead>
                <tr><th scope="col">Permission</th>{roles.map(({ name, description }) => <th key={name} scope="col" title={description}>{name}</th>)}</tr>
              </thead>
              <tbody>
                <tr><th scope="row">Device groups</th>{roles.map((role) => <td key={role.name} title={role.deviceGroups?.join(', ')}>{role.deviceGroups ? role.deviceGroups.join(', ') : 'All'}</td>)}</tr>
                {allAreas(known).map(({ title, permissions }) => [
                  <tr key={title} className="area"><th scope="rowgroup" colSpan={roles.length + 1}>{title}</th></tr>,
                  ...permissions.map((permission) => (
                    <tr key={permission.words}>
                      <th scope="row" title={[permission.read, permission.write].filter(Boolean).join('\n')}>{permission.words} <span className="quiet">{permission.allows}</span></th>
                      {roles.map(({ name, permissions: held }) => {
                        const has = level(held, permission);
                        return <td key={name}>{has ? <span className="may"><CheckmarkRegular aria-hidden />{permission.read && permission.write ? levelWords[has] : 'Yes'}</span> : <span className="quiet">&ndash;</span>}</td>;
                      })}
                    </tr>
                  )),
                ])}
                {manages && roles.some(({ builtIn }) => !builtIn) && (
                  <tr><th scope="row">Actions</th>{roles.map((role) => (
                    <td key={role.name}>{!role.builtIn && <span className="row-actions"><Button size="small" onClick={() => setForm(role)} aria-label={`Change ${role.name}`}>Change</Button><Button size="small" onClick={() => void drop(role)} aria-label={`Remove ${role.name}`}>Remove</Button></span>}</td>
                  ))}</tr>
                )}
              </tbody>
            </table>
          </div>
        </div>
      )}
      {form && <RoleForm role={form === 'new' ? undefined : form} close={() => setForm(undefined)} changed={changed} />}
    </>
  );
}

function RoleForm({ role, close, changed }: { role?: Role; close: () => void; changed: () => Promise<void> }) {
  const known = usePermissions();
  const [name, setName] = useState(role?.name ?? '');
  const [description, setDescription] = useState(role?.description ?? '');
  const [held, setHeld] = useState<string[]>(role?.permissions ?? []);
  const [groups, setGroups] = useState<string[] | undefined>(role?.deviceGroups ?? undefined);
  const choose = ({ read, write }: Permission, wanted: string) => {
    const others = held.filter((one) => one !== read && one !== write);
    setHeld(wanted === 'write' ? [...others, write!] : wanted === 'read' ? [...others, read!] : others);
  };
  const what = { description, permissions: held, deviceGroups: groups ?? null };
  const save = async () => {
    if (role) await send('PATCH', `/api/merlon/roles/${encodeURIComponent(role.name)}`, what);
    else await send('POST', '/api/merlon/roles', { name: name.trim(), ...what });
    await changed();
  };
  return (
    <FormDialog title={role ? `Change ${role.name}` : 'Add a role'} submit={role ? 'Save' : 'Add'} ready={!!name.trim() && held.length > 0 && (!groups || groups.length > 0)} send={save} close={close}>
      {!role && <Field label="Name" required><Input value={name} onChange={(_, { value }) => setName(value)} autoFocus /></Field>}
      <Field label="Description"><Input value={description} onChange={(_, { value }) => setDescription(value)} /></Field>
      <GroupChoice label="Sees" chosen={groups} choose={setGroups} />
      {allAreas(known).map(({ title, permissions }) => (
        <fieldset key={title} className="role-area"><legend>{title}</legend>
          {permissions.map((permission) => (
            <label key={permission.words}>
              <span>{permission.words} <span className="quiet">{permission.allows}</span></span>
              <Select size="small" value={level(held, permission)} onChange={(_, { value }) => choose(permission, value)}>
                <option value="">No</option>
                {permission.read && <option value="read">{permission.write ? 'View' : 'Yes'}</option>}
                {permission.write && <option value="write">{permission.read ? 'Manage' : 'Yes'}</option>}
              </Select>
            </label>
          ))}
        </fieldset>
      ))}
    </FormDialog>
  );
}
