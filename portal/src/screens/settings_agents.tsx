// osquery agents: who reports by itself, what lets new ones in, and how to make one.
import { useState } from 'react';
import { Button, Field, Input } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, send, textOf } from '../api/client';
import { any, contains } from '../api/odata';
import { kqlHas } from '../app/hunting';
import { useSession } from '../app/session';
import type { Column } from '../list/kinds';
import { List } from '../list/list';
import { useAct } from '../ui/act';
import { PlainDialog } from '../ui/dialog';
import { Final } from '../ui/final';
import { FormDialog, Secret } from '../ui/form';
import { Bones, Trouble } from '../ui/states';
import { PlainTable } from '../ui/table';
import { ago, date, daysSince, person, time } from '../ui/words';

interface Agent {
  id: string; name: string; machineId: string; computerDnsName: string | null; hostIdentifier: string; osPlatform: string; agentVersion: string;
  lastIpAddress: string; enrolled: string; lastSeen: string; lastInventory: string | null; inventoryAskedFor: string | null; blocked: boolean;
}
interface EnrolmentSecret { id: string; name: string; created: string; createdBy: string }

export function Agents() {
  const { may } = useSession();
  return (
    <>
      {may('Merlon.Access.Manage') && <EnrolmentSecrets />}
      <h2 className="section">Agents</h2>
      <AgentList />
    </>
  );
}

function AgentList() {
  const { may } = useSession();
  const { act } = useAct();
  const path = (one: Agent) => `/api/merlon/agents/${one.id}`;
  const block = (one: Agent, blocked: boolean) => () => send('PATCH', path(one), { blocked });
  const columns: Column<Agent>[] = [
    { key: 'name', title: 'Agent', sort: 'name', text: (r) => r.name, show: (r) => <b>{r.name}</b> },
    { key: 'platform', title: 'Platform', width: 110, sort: 'osPlatform', text: (r) => r.osPlatform },
    { key: 'version', title: 'osquery', width: 100, wide: true, sort: 'agentVersion', text: (r) => r.agentVersion },
    { key: 'seen', title: 'Last seen', width: 130, sort: 'lastSeen', text: (r) => r.lastSeen, show: (r) => <span title={time(r.lastSeen)} className={daysSince(r.lastSeen) > 7 ? 'stale' : undefined}>{ago(r.lastSeen)}</span> },
    { key: 'inventory', title: 'Last inventory', width: 140, sort: 'lastInventory', text: (r) => r.lastInventory, show: (r) => (r.lastInventory ? <span title={time(r.lastInventory)}>{ago(r.lastInventory)}</span> : <span className="quiet">None yet</span>) },
    { key: 'address', title: 'From', width: 140, wide: true, sort: 'lastIpAddress', text: (r) => r.lastIpAddress },
    { key: 'enrolled', title: 'Enrolled', width: 120, sort: 'enrolled', optional: true, text: (r) => r.enrolled, show: (r) => date(r.enrolled) },
    { key: 'identifier', title: 'Host identifier', width: 300, optional: true, text: (r) => r.hostIdentifier, show: (r) => <span className="mono">{r.hostIdentifier}</span> },
    { key: 'state', title: 'State', width: 100, sort: 'blocked', text: (r) => (r.blocked ? 'Blocked' : 'Active'), show: (r) => (r.blocked ? <span className="bad">Blocked</span> : 'Active') },
    ...(may('Machine.ReadWrite.All') ? [{
      key: 'actions', title: 'Actions', width: 180, text: () => '',
      show: (r: Agent) => (
        <span className="inline">
          <Button size="small" onClick={() => void act({ send: block(r, !r.blocked), done: r.blocked ? `${r.name} is let in again.` : `${r.name} is blocked.`, back: block(r, r.blocked) })}>{r.blocked ? 'Let in' : 'Block'}</Button>
          <Final size="small" word="Forget" title={`Forget ${r.name}?`} text="It has to enrol again to report. Its device stays, with what is known of it." change={{ send: () => send('DELETE', path(r)), done: `${r.name} is forgotten; its device stays.` }} />
        </span>
      ),
    }] : []),
  ];
  return (
    <List<Agent> name="agents" source="/api/merlon/agents" columns={columns} rowKey={(r) => r.id} rowName={(r) => r.name}
      search={{ hint: 'Search name, identifier or address', odata: (text) => any(contains('name', text), contains('hostIdentifier', text), contains('lastIpAddress', text)) }}
      hunting={({ q }) => `MerlonAgents${kqlHas(q, 'AgentName', 'HostIdentifier', 'LastIPAddress')}\n| order by AgentName asc`}
      empty={{ title: 'No agent reports yet', text: 'Make an enrolment secret, put it and the flagfile on a device that runs osquery, and its software is here within a minute or two.' }} />
  );
}

function EnrolmentSecrets() {
  const queries = useQueryClient();
  const [form, setForm] = useState<'secret' | 'flags'>();
  const [secret, setSecret] = useState('');
  const { data, error, refetch } = useQuery({ queryKey: ['enrolment-secrets'], queryFn: ({ signal }) => get<{ value: EnrolmentSecret[] }>('/api/merlon/enrolmentSecrets', signal) });
  return (
    <>
      <div className="bar">
        <p className="quiet">A device that runs osquery reports its software and settings by itself. A secret lets it in the first time; ending one leaves the agents that are in.</p>
        <span className="inline"><Button onClick={() => setForm('flags')}>Flagfile</Button><Button appearance="primary" onClick={() => setForm('secret')}>New enrolment secret</Button></span>
      </div>
      <PlainTable label="Enrolment secrets" rows={data?.value} error={error} again={() => void refetch()} rowKey={(one) => one.id} none="No secret: no new agent is let in."
        columns={[
          { title: 'Secret for', show: (one) => <b>{one.name}</b> },
          { title: 'Made', width: 140, show: (one) => date(one.created) },
          { title: 'By', width: 160, show: (one) => person(one.createdBy) },
          { title: 'Actions', width: 100, show: (one) => <Final size="small" word="End" title={`End the secret for ${one.name}?`} text="It lets no new agent in any more. Agents that are in stay." change={{ send: () => send('DELETE', `/api/merlon/enrolmentSecrets/${one.id}`), done: `The secret for ${one.name} is ended.` }} /> },
        ]} />
      {form === 'secret' && <SecretForm close={() => setForm(undefined)} done={async (made) => { setSecret(made); await queries.invalidateQueries({ queryKey: ['enrolment-secrets'] }); }} />}
      {form === 'flags' && <Flagfile close={() => setForm(undefined)} />}
      {secret && <Secret title="Your new enrolment secret" secret={secret} note="Put it into /etc/osquery/merlon.secret of the devices. It is shown this once; only its digest is kept." close={() => setSecret('')} />}
    </>
  );
}

function SecretForm({ close, done }: { close: () => void; done: (secret: string) => Promise<void> }) {
  const [name, setName] = useState('');
  return (
    <FormDialog title="New enrolment secret" submit="Make it" ready={!!name.trim()} close={close}
      send={async () => done((await send<{ secret: string }>('POST', '/api/merlon/enrolmentSecrets', { name: name.trim() })).secret)}>
      <Field label="For" hint="Such as: servers, laptops of the sales team" required><Input value={name} onChange={(_, { value }) => setName(value)} /></Field>
    </FormDialog>
  );
}

function Flagfile({ close }: { close: () => void }) {
  const { data, error, refetch } = useQuery({ queryKey: ['agent-flags'], queryFn: ({ signal }) => textOf('/api/merlon/agents/flags', signal) });
  if (data === undefined) return <PlainDialog title="Flagfile of osquery" close={close}>{error ? <Trouble error={error} again={() => void refetch()} /> : <Bones lines={6} />}</PlainDialog>;
  return <Secret title="Flagfile of osquery" secret={data} note="Save it as /etc/osquery/osquery.flags. Where this server made its own certificate, add --tls_server_certs= with a copy of it (tls/certificate.pem in its data folder)." close={close} />;
}
