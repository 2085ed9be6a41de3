// What people say of a device: its value, its tags, and whether it counts.
import { useState } from 'react';
import { Button, Field, Input, Menu, MenuItem, MenuItemRadio, MenuList, MenuPopover, MenuTrigger, Radio, RadioGroup, Tag, TagGroup, Textarea } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { send } from '../api/client';
import type { Machine } from '../api/kinds';
import { FormDialog } from '../ui/form';
import { useToasts } from '../ui/toast';

export function DeviceActions({ one, path }: { one: Machine; path: string }) {
  const queries = useQueryClient();
  const toasts = useToasts();
  const [form, setForm] = useState<'tags' | 'exclude'>();
  const run = async (call: () => Promise<unknown>, done: string, back?: () => Promise<unknown>) => {
    try {
      await call();
      toasts.done(done, back && (() => void run(back, 'Taken back.')));
    } catch (problem) {
      toasts.failed(`${one.computerDnsName} was not changed`, problem);
    }
    await queries.invalidateQueries();
  };
  const value = (word: string) => send('POST', `${path}/setDeviceValue`, { DeviceValue: word });
  return (
    <>
      <Menu checkedValues={{ value: [one.deviceValue] }} onCheckedValueChange={(_, { checkedItems: [word] }) => word && void run(() => value(word), `The device value is ${word}.`, () => value(one.deviceValue))}>
        <MenuTrigger disableButtonEnhancement><Button>Device value: {one.deviceValue}</Button></MenuTrigger>
        <MenuPopover><MenuList>{['High', 'Normal', 'Low'].map((word) => <MenuItemRadio key={word} name="value" value={word}>{word}</MenuItemRadio>)}</MenuList></MenuPopover>
      </Menu>
      <Button onClick={() => setForm('tags')}>Manage tags</Button>
      <Menu>
        <MenuTrigger disableButtonEnhancement><Button>More</Button></MenuTrigger>
        <MenuPopover><MenuList>
          <MenuItem onClick={() => window.print()}>Print this page</MenuItem>
          {one.isExcluded ? <MenuItem onClick={() => void run(() => send('POST', `${path}/include`, {}), 'It counts again.')}>Include again</MenuItem> : <MenuItem onClick={() => setForm('exclude')}>Exclude ...</MenuItem>}
        </MenuList></MenuPopover>
      </Menu>
      {form === 'tags' && <TagForm one={one} path={path} close={() => setForm(undefined)} changed={() => queries.invalidateQueries()} />}
      {form === 'exclude' && <ExcludeForm one={one} path={path} close={() => setForm(undefined)} changed={() => queries.invalidateQueries()} />}
    </>
  );
}

function TagForm({ one, path, close, changed }: { one: Machine; path: string; close: () => void; changed: () => Promise<void> }) {
  const [tags, setTags] = useState(one.machineTags);
  const [next, setNext] = useState('');
  const add = () => {
    const word = next.trim();
    if (word && !tags.includes(word)) setTags([...tags, word]);
    setNext('');
  };
  return (
    <FormDialog title={`Tags of ${one.computerDnsName}`} submit="Save" ready close={close} send={async () => { await send('PATCH', path, { machineTags: next.trim() ? [...tags, next.trim()] : tags }); await changed(); }}>
      <TagGroup aria-label="Tags" onDismiss={(_, { value }) => setTags(tags.filter((tag) => tag !== value))}>
        {tags.map((tag) => <Tag key={tag} value={tag} dismissible dismissIcon={{ 'aria-label': `remove ${tag}` }}>{tag}</Tag>)}
      </TagGroup>
      <div className="inline"><Field label="New tag"><Input value={next} onChange={(_, { value }) => setNext(value)} onKeyDown={(event) => { if (event.key === 'Enter') { event.preventDefault(); add(); } }} /></Field><Button onClick={add} disabled={!next.trim()}>Add</Button></div>
    </FormDialog>
  );
}

const reasons: [string, string][] = [['InactiveDevice', 'Inactive device'], ['DuplicateDevice', 'Duplicate device'], ['DeviceDoesNotExist', 'The device does not exist'], ['OutOfScope', 'Out of scope'], ['Other', 'Other']];

function ExcludeForm({ one, path, close, changed }: { one: Machine; path: string; close: () => void; changed: () => Promise<void> }) {
  const [justification, setJustification] = useState('OutOfScope');
  const [note, setNote] = useState('');
  return (
    <FormDialog title={`Exclude ${one.computerDnsName}`} submit="Exclude" ready close={close} send={async () => { await send('POST', `${path}/exclude`, { justification, note }); await changed(); }}>
      <p>It leaves counts, scores and recommendations at once. Its inventory goes on being taken, and it can be included again at any time.</p>
      <Field label="Justification"><RadioGroup value={justification} onChange={(_, { value }) => setJustification(value)}>{reasons.map(([value, words]) => <Radio key={value} value={value} label={words} />)}</RadioGroup></Field>
      <Field label="Note"><Textarea value={note} onChange={(_, { value }) => setNote(value)} /></Field>
    </FormDialog>
  );
}
