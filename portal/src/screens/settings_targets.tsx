// Service targets: how long a finding may stay open, and how the fleet does against that.
import { useState } from 'react';
import { Button, Field, Input, Select } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { get, send } from '../api/client';
import { useSession } from '../app/session';
import { useAct } from '../ui/act';
import { FormDialog } from '../ui/form';
import { PlainTable } from '../ui/table';
import { plural } from '../ui/words';

interface Target { name: string; severity?: string | null; knownExploited?: boolean | null; deviceValue?: string | null; days: number }

const about = ({ severity, knownExploited, deviceValue }: Target) =>
  [severity && `${severity} severity`, knownExploited && 'Known to be exploited', deviceValue && `Devices of ${deviceValue.toLowerCase()} value`].filter(Boolean).join(', ') || 'Every finding';

export function Targets() {
  const { may } = useSession();
  const { act, submit } = useAct();
  const [form, setForm] = useState(false);
  const { data, error, refetch } = useQuery({ queryKey: ['targets'], queryFn: ({ signal }) => get<{ value: Target[] }>('/api/serviceTargets', signal) });
  const put = (targets: Target[]) => send('PUT', '/api/serviceTargets', { value: targets });
  const before = data?.value ?? [];
  const change = (targets: Target[], done: string) => act({ send: () => put(targets), done, back: () => put(before) });
  const writes = may('Merlon.ServiceTargets.Manage');
  return (
    <>
      <div className="bar"><p className="quiet">How many days a finding with a fix may stay open. Where several targets speak of it, the earliest day counts. What is late is under Remediation.</p>{writes && <Button appearance="primary" disabled={!data /* they are sent whole: unread ones would go */} onClick={() => setForm(true)}>Add a target</Button>}</div>
      <PlainTable label="Service targets" rows={data?.value} error={error} again={() => void refetch()} rowKey={(one) => one.name} none="No target: nothing is ever late."
        columns={[
          { title: 'Name', width: 240, show: (one) => <b>{one.name}</b> },
          { title: 'For', show: about },
          { title: 'Within', width: 120, show: (one) => plural(one.days, 'day') },
          ...(writes ? [{ title: 'Actions', width: 110, show: (one: Target) => <Button size="small" onClick={() => void change(before.filter(({ name }) => name !== one.name), `${one.name} is gone.`)}>Remove</Button> }] : []),
        ]} />
      {form && <TargetForm close={() => setForm(false)} add={(one) => submit({ send: () => put([...before.filter(({ name }) => name !== one.name), one]), done: `${one.name} is in force.`, back: () => put(before) })} />}
    </>
  );
}

function TargetForm({ close, add }: { close: () => void; add: (target: Target) => Promise<void> }) {
  const [name, setName] = useState('');
  const [severity, setSeverity] = useState('');
  const [known, setKnown] = useState('');
  const [value, setValue] = useState('');
  const [days, setDays] = useState('30');
  const length = Number(days);
  return (
    <FormDialog title="Add a target" submit="Add" ready={!!name && Number.isInteger(length) && length > 0} close={close}
      send={() => add({ name, days: length, ...(severity ? { severity } : {}), ...(known ? { knownExploited: true } : {}), ...(value ? { deviceValue: value } : {}) })}>
      <div className="form-row"><Field label="Name" required><Input value={name} onChange={(_, { value: text }) => setName(text)} /></Field><Field label="Days"><Input type="number" min={1} value={days} onChange={(_, { value: text }) => setDays(text)} /></Field></div>
      <div className="form-row">
        <Field label="Severity"><Select value={severity} onChange={(_, { value: word }) => setSeverity(word)}><option value="">Any</option>{['Critical', 'High', 'Medium', 'Low'].map((word) => <option key={word}>{word}</option>)}</Select></Field>
        <Field label="Device value"><Select value={value} onChange={(_, { value: word }) => setValue(word)}><option value="">Any</option>{['High', 'Normal', 'Low'].map((word) => <option key={word}>{word}</option>)}</Select></Field>
      </div>
      <Field label="Exploitation"><Select value={known} onChange={(_, { value: word }) => setKnown(word)}><option value="">Any</option><option value="known">Known to be exploited</option></Select></Field>
    </FormDialog>
  );
}
