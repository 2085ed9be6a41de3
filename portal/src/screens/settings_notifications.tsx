// Notifications: rules say what, channels say where to, the log says how it went.
import { useState } from 'react';
import { Button, Checkbox, Field, Input, Select, Textarea } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { get, send } from '../api/client';
import type { Page } from '../api/odata';
import { useAct } from '../ui/act';
import { Final } from '../ui/final';
import { FormDialog } from '../ui/form';
import { PlainTable } from '../ui/table';
import { ago, time } from '../ui/words';

interface Channel { id: string; name: string; kind: string; address: string; template: string | null; active: boolean }
interface Rule { id: string; name: string; description: string; active: boolean; events: string[]; severity: string | null; channels: string[] }
interface Delivery { id: string; channel: string; rule: string | null; event: string; status: string; attempts: number; outcome: string | null; createdOn: string; nextTryOn: string | null }

const eventWords: Record<string, string> = {
  'exception.new': 'A new exception', 'exception.ending': 'An exception is about to end', 'remediation.new': 'A remediation was asked for', 'remediation.overdue': 'A remediation is overdue',
  'vulnerability.new': 'A vulnerability is new in the fleet', 'exploit.known': 'An exploit became known',
  'support.ending': 'Support of installed versions ends soon', 'support.ended': 'Support of installed versions has ended', 'support.resolved': 'No device is out of support with a product any more',
  'detection.alert': 'A custom detection raised an alert',
};
const kinds: [string, string][] = [['Webhook', 'Webhook'], ['Mail', 'Mail'], ['Ticket', 'Ticket system']];

export function Notifications() {
  const { act, tell } = useAct();
  const [form, setForm] = useState<'channel' | 'rule'>();
  const channels = useQuery({ queryKey: ['channels'], queryFn: ({ signal }) => get<Page<Channel>>('/api/notifications/channels', signal) });
  const rules = useQuery({ queryKey: ['rules'], queryFn: ({ signal }) => get<Page<Rule>>('/api/notifications/rules', signal) });
  const log = useQuery({ queryKey: ['deliveries'], queryFn: ({ signal }) => get<Page<Delivery>>('/api/notifications/deliveries?$top=20', signal), refetchInterval: 15_000 });
  const run = (call: () => Promise<unknown>, done: string, back?: () => Promise<unknown>) => act({ send: call, done, back });
  const changed = () => tell('Saved.');
  const flip = (one: Rule, active: boolean) => send('PATCH', `/api/notifications/rules/${one.id}`, { active });
  return (
    <>
      <div className="bar"><h2 className="minor">Rules</h2><Button appearance="primary" disabled={!channels.data?.value.length} onClick={() => setForm('rule')}>Add a rule</Button></div>
      <PlainTable label="Rules" rows={rules.data?.value} error={rules.error} again={() => void rules.refetch()} rowKey={(one) => one.id} none={channels.data?.value.length ? 'No rule yet: nobody is told of anything.' : 'Add a channel first.'}
        columns={[
          { title: 'Name', width: 200, show: (one) => <b title={one.description}>{one.name}</b> },
          { title: 'When', show: (one) => one.events.map((event) => eventWords[event] ?? event).join(', ') },
          { title: 'From severity', width: 130, show: (one) => one.severity ?? 'Any' },
          { title: 'To', width: 180, show: (one) => one.channels.map((id) => channels.data?.value.find((channel) => channel.id === id)?.name ?? id).join(', ') },
          { title: 'Actions', width: 190, show: (one) => (
            <span className="row-actions">
              <Button size="small" onClick={() => void run(() => flip(one, !one.active), one.active ? 'Switched off.' : 'Switched on.', () => flip(one, one.active))}>{one.active ? 'Switch off' : 'Switch on'}</Button>
              <Button size="small" onClick={() => void run(() => send('DELETE', `/api/notifications/rules/${one.id}`), `${one.name} is gone.`, () => send('POST', '/api/notifications/rules', { name: one.name, description: one.description, active: one.active, events: one.events, channels: one.channels, ...(one.severity ? { severity: one.severity } : {}) }))}>Remove</Button>
            </span>
          ) },
        ]} />
      <div className="bar"><h2 className="minor">Channels</h2><Button onClick={() => setForm('channel')}>Add a channel</Button></div>
      <PlainTable label="Channels" rows={channels.data?.value} error={channels.error} again={() => void channels.refetch()} rowKey={(one) => one.id} none="No channel yet: a webhook, a mail address, or a ticket system."
        columns={[
          { title: 'Name', width: 200, show: (one) => <b>{one.name}</b> },
          { title: 'Kind', width: 140, show: (one) => kinds.find(([kind]) => kind === one.kind)?.[1] ?? one.kind },
          { title: 'Address', show: (one) => one.address },
          { title: 'Actions', width: 220, show: (one) => (
            <span className="row-actions">
              <Button size="small" onClick={() => void run(() => send('POST', `/api/notifications/channels/${one.id}/test`, {}), 'A test is on its way: see the log below.')}>Test</Button>
              <Final size="small" word="Remove" title={`Remove ${one.name}?`} text="Rules no longer tell it anything, and its address and secret are forgotten." act={() => run(() => send('DELETE', `/api/notifications/channels/${one.id}`), 'Removed.')} />
            </span>
          ) },
        ]} />
      <div className="bar"><h2 className="minor">Newest deliveries</h2></div>
      <PlainTable label="Newest deliveries" rows={log.data?.value} error={log.error} again={() => void log.refetch()} rowKey={(one) => one.id} none="Nothing was sent yet."
        columns={[
          { title: 'Time', width: 140, show: (one) => <span title={time(one.createdOn)}>{ago(one.createdOn)}</span> },
          { title: 'Event', width: 220, show: (one) => eventWords[one.event] ?? one.event },
          { title: 'Channel', width: 160, show: (one) => one.channel },
          { title: 'Status', width: 110, show: (one) => <span className={one.status === 'Failed' ? 'bad' : undefined}>{one.status}</span> },
          { title: 'Tries', width: 60, numeric: true, show: (one) => one.attempts },
          { title: 'Outcome', show: (one) => <span title={one.outcome ?? ''}>{one.outcome}{one.nextTryOn && `; again ${ago(one.nextTryOn)}`}</span> },
        ]} />
      {form === 'channel' && <ChannelForm close={() => setForm(undefined)} changed={changed} />}
      {form === 'rule' && <RuleForm channels={channels.data?.value ?? []} close={() => setForm(undefined)} changed={changed} />}
    </>
  );
}

function ChannelForm({ close, changed }: { close: () => void; changed: () => Promise<void> }) {
  const [name, setName] = useState('');
  const [kind, setKind] = useState('Webhook');
  const [address, setAddress] = useState('');
  const [secret, setSecret] = useState('');
  const [template, setTemplate] = useState('');
  return (
    <FormDialog title="Add a channel" submit="Add" ready={!!name && !!address} close={close}
      send={async () => { await send('POST', '/api/notifications/channels', { name, kind, address, ...(secret ? { secret } : {}), ...(template ? { template } : {}) }); await changed(); }}>
      <div className="form-row">
        <Field label="Name" required><Input value={name} onChange={(_, { value }) => setName(value)} /></Field>
        <Field label="Kind"><Select value={kind} onChange={(_, { value }) => setKind(value)}>{kinds.map(([value, label]) => <option key={value} value={value}>{label}</option>)}</Select></Field>
      </div>
      <Field label={kind === 'Mail' ? 'Mail address' : 'Address'} required hint={kind === 'Mail' ? undefined : 'https://... It is kept encrypted; lists show its host only.'}><Input value={address} onChange={(_, { value }) => setAddress(value)} /></Field>
      {kind !== 'Mail' && <Field label={kind === 'Webhook' ? 'Secret for the signature' : 'Secret'}><Input type="password" autoComplete="off" value={secret} onChange={(_, { value }) => setSecret(value)} /></Field>}
      {kind === 'Ticket' && <Field label="Template of the body" hint="{{title}} {{description}} {{severity}} {{due}} {{owner}} {{devices}} {{link}}"><Textarea value={template} onChange={(_, { value }) => setTemplate(value)} resize="vertical" rows={5} /></Field>}
    </FormDialog>
  );
}

function RuleForm({ channels, close, changed }: { channels: Channel[]; close: () => void; changed: () => Promise<void> }) {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [events, setEvents] = useState<string[]>([]);
  const [severity, setSeverity] = useState('');
  const [to, setTo] = useState<string[]>(channels.length === 1 ? [channels[0]!.id] : []);
  const flip = (list: string[], value: string, on: boolean) => (on ? [...list, value] : list.filter((one) => one !== value));
  const graded = events.some((event) => event === 'vulnerability.new' || event === 'exploit.known');
  return (
    <FormDialog title="Add a rule" submit="Add" ready={!!name && events.length > 0 && to.length > 0} close={close}
      send={async () => { await send('POST', '/api/notifications/rules', { name, description, events, channels: to, ...(graded && severity ? { severity } : {}) }); await changed(); }}>
      <Field label="Name" required><Input value={name} onChange={(_, { value }) => setName(value)} /></Field>
      <Field label="Description"><Input value={description} onChange={(_, { value }) => setDescription(value)} /></Field>
      <fieldset className="boxes"><legend>When</legend>{Object.entries(eventWords).map(([value, label]) => <Checkbox key={value} label={label} checked={events.includes(value)} onChange={(_, { checked }) => setEvents(flip(events, value, checked === true))} />)}</fieldset>
      {graded && <Field label="From severity"><Select value={severity} onChange={(_, { value }) => setSeverity(value)}><option value="">Any</option>{['Low', 'Medium', 'High', 'Critical'].map((word) => <option key={word}>{word}</option>)}</Select></Field>}
      <fieldset className="boxes"><legend>To</legend>{channels.map(({ id, name: label }) => <Checkbox key={id} label={label} checked={to.includes(id)} onChange={(_, { checked }) => setTo(flip(to, id, checked === true))} />)}</fieldset>
    </FormDialog>
  );
}
