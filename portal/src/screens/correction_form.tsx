// "This is wrong": a correction of a match, with its effect before it is saved.
import { useState } from 'react';
import { Button, Field, Input, Radio, RadioGroup, Select, Textarea } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { get, send } from '../api/client';
import type { Distribution } from '../api/kinds';
import { address, type Page } from '../api/odata';
import { useSession } from '../app/session';
import { useAct } from '../ui/act';
import { FormDialog } from '../ui/form';
import { useGroups } from '../ui/groups';
import { Preview } from '../ui/preview';
import { plural, productId, productName } from '../ui/words';
import { endOf } from './remediation_form';

// `cve` "": every one of the product; `version` "": no version to begin with.
export interface Doubt { cve: string; vendor: string; product: string; version: string; device?: { id: string; name: string } }
interface Effect { findings: number; devices: number; cves: number; alreadyCleared: number; examples: { deviceName: string; softwareName: string; softwareVersion: string; cveId: string }[] }

export const statuses: [string, string][] = [['false_positive', 'The software was taken for another one'], ['not_affected', 'It is there, but not affected here'], ['fixed', 'It is fixed already (a backport, a local patch)']];
const justifications: [string, string][] = [
  ['component_not_present', 'The vulnerable component is not present'], ['vulnerable_code_not_present', 'The vulnerable code is not present'],
  ['vulnerable_code_not_in_execute_path', 'The vulnerable code is never run'], ['vulnerable_code_cannot_be_controlled_by_adversary', 'An attacker cannot reach it'], ['inline_mitigations_already_exist', 'It is mitigated already'],
];

export function ThisIsWrong({ doubt }: { doubt: Doubt }) {
  const { may } = useSession();
  const [open, setOpen] = useState(false);
  if (!may('Merlon.Corrections.ReadWrite.All')) return null;
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>This is wrong</Button>
      {open && <CorrectionForm doubt={doubt} close={() => setOpen(false)} />}
    </>
  );
}

// Of a product as a whole: it was taken for another one, its flaws do not count here.
export function ProductIsWrong({ vendor, product }: { vendor: string; product: string }) {
  const { may } = useSession();
  const [open, setOpen] = useState(false);
  if (!may('Merlon.Corrections.ReadWrite.All')) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>Report inaccuracy</Button>
      {open && <CorrectionForm doubt={{ cve: '', vendor, product, version: '' }} close={() => setOpen(false)} />}
    </>
  );
}

const versionsOf = ({ vendor, product }: Doubt, signal: AbortSignal) =>
  get<Page<Distribution>>(address(`/api/software/${encodeURIComponent(productId(vendor, product))}/distributions`, { orderby: 'installations desc', top: 200 }), signal);

function CorrectionForm({ doubt, close }: { doubt: Doubt; close: () => void }) {
  const { tell } = useAct();
  const groups = useGroups();
  const [scope, setScope] = useState(doubt.device ? 'device' : 'everywhere');
  const [group, setGroup] = useState('');
  const [versions, setVersions] = useState(doubt.version ? 'this' : 'all');
  const [version, setVersion] = useState(doubt.version);
  const [cve, setCve] = useState(doubt.cve);
  const known = useQuery({ queryKey: ['versions-of', doubt.vendor, doubt.product], enabled: !doubt.version, queryFn: ({ signal }) => versionsOf(doubt, signal) });
  const [status, setStatus] = useState('false_positive');
  const [justification, setJustification] = useState('component_not_present');
  const [reason, setReason] = useState('');
  const [link, setLink] = useState('');
  const [expires, setExpires] = useState('');
  const wanted = {
    ...(cve.trim() ? { cveId: cve.trim().toUpperCase() } : {}), vendor: doubt.vendor, product: doubt.product, scope, status,
    ...(versions === 'this' ? { version } : {}), ...(scope === 'device' ? { scopeValue: doubt.device!.id } : scope === 'group' ? { scopeValue: group } : {}),
    ...(status === 'not_affected' ? { justification } : {}),
  };
  const name = productName(doubt.vendor, doubt.product);
  const whole = (scope !== 'group' || !!group) && (versions === 'all' || !!version) && (!cve.trim() || /^[a-z]+-[\w-]+$/i.test(cve.trim()));
  const save = async () => {
    const { id } = await send<{ id: string }>('POST', '/api/corrections', { ...wanted, reason, ...(link ? { link } : {}), ...(expires ? { expires: endOf(expires) } : {}) });
    void tell('The correction is in force.', () => send('DELETE', `/api/corrections/${id}`));
  };
  return (
    <FormDialog title={`This is wrong: ${doubt.cve || name}`} submit="Save the correction" ready={!!reason.trim() && whole} send={save} close={close}>
      <Field label="What is wrong">
        <RadioGroup value={status} onChange={(_, { value }) => setStatus(value)}>{statuses.map(([value, words]) => <Radio key={value} value={value} label={words} />)}</RadioGroup>
      </Field>
      {status === 'not_affected' && <Field label="Why not"><Select value={justification} onChange={(_, { value }) => setJustification(value)}>{justifications.map(([value, words]) => <option key={value} value={value}>{words}</option>)}</Select></Field>}
      <Field label="Where">
        <RadioGroup value={scope} onChange={(_, { value }) => setScope(value)}>
          {doubt.device && <Radio value="device" label={`On ${doubt.device.name}`} />}
          <Radio value="group" label="In a device group" />
          <Radio value="everywhere" label="Everywhere" />
        </RadioGroup>
      </Field>
      {scope === 'group' && <Field label="Device group"><Select value={group} onChange={(_, { value }) => setGroup(value)}><option value="">Choose one</option>{groups.data?.map((name) => <option key={name}>{name}</option>)}</Select></Field>}
      <Field label="Software">
        <RadioGroup value={versions} onChange={(_, { value }) => setVersions(value)}>
          {!doubt.version && <Radio value="all" label={`Every version of ${name}`} />}
          <Radio value="this" label={doubt.version ? `${name} ${doubt.version}` : 'One version'} />
          {doubt.version && <Radio value="all" label={`Every version of ${name}`} />}
        </RadioGroup>
      </Field>
      {!doubt.version && versions === 'this' && <Field label="Version"><Select value={version} onChange={(_, { value }) => setVersion(value)}><option value="">Choose one</option>{known.data?.value.map((one) => <option key={one.version}>{one.version}</option>)}</Select></Field>}
      {!doubt.cve && <Field label="CVE" hint="Left empty: every weakness of it"><Input value={cve} onChange={(_, { value }) => setCve(value)} placeholder="CVE-2024-1234" /></Field>}
      <Field label="Reason" required hint="For the next one who wonders"><Textarea value={reason} onChange={(_, { value }) => setReason(value)} resize="vertical" /></Field>
      <div className="form-row">
        <Field label="Link"><Input value={link} onChange={(_, { value }) => setLink(value)} placeholder="https://..." /></Field>
        <Field label="Until" hint="Left empty: for good"><Input type="date" value={expires} onChange={(_, { value }) => setExpires(value)} /></Field>
      </div>
      {whole && (
        <Preview<Effect> path="/api/corrections/preview" wanted={wanted}>
          {({ findings, devices, alreadyCleared, examples }) => (
            <>
              <span><b>{plural(findings, 'finding')}</b> on {plural(devices, 'device')} would go{alreadyCleared ? `; ${plural(alreadyCleared, 'other')} ${alreadyCleared === 1 ? 'is' : 'are'} cleared already` : ''}.</span>
              {examples.length > 0 && <span className="quiet">{[...new Set(examples.map(({ deviceName }) => deviceName))].slice(0, 4).join(', ')}{devices > 4 ? ' ...' : ''}</span>}
            </>
          )}
        </Preview>
      )}
    </FormDialog>
  );
}
