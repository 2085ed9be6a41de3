// What is asked over whatever is open, and leaves it as it is. Calls that were refused wait for the answer and are then sent again
// (api/client.ts).
import { useEffect, useRef, useState } from 'react';
import { Field, Input, Link } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { send, whenRefused } from '../api/client';
import { FormDialog } from '../ui/form';
import { useProvider } from './door';

// "Who are you?": of somebody whose session has ended.
export function SignInAgain({ who }: { who: string }) {
  const queries = useQueryClient();
  const [name, setName] = useState(who.replace(/^user:/, ''));
  const [password, setPassword] = useState('');
  const byProvider = useProvider();
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []); // the name is known
  return (
    <FormDialog
      title="Your session has ended"
      submit="Sign in"
      ready={name !== '' && password !== ''}
      send={async () => {
        await send('POST', '/api/merlon/session', { name, password });
        await queries.refetchQueries({ queryKey: ['session'] }, { throwOnError: true });
      }}
    >
      <p>Sign in to go on where you were: what you have typed is still there. Under another name you begin anew.</p>
      <Field label="User name" required><Input value={name} onChange={(_, d) => setName(d.value)} autoComplete="username" /></Field>
      <Field label="Password" required><Input type="password" value={password} onChange={(_, d) => setPassword(d.value)} autoComplete="current-password" ref={first} /></Field>
      {byProvider && <p className="quiet"><Link href="/api/merlon/oidc/start" target="_blank">Sign in with your organisation</Link> opens in another tab; come back to this one when you are in.</p>}
    </FormDialog>
  );
}

// "Is it you?": before a session changes who may do what, when its password was given a while ago.
export function Confirmation() {
  const [answer, setAnswer] = useState<(confirmed: boolean) => void>();
  const [password, setPassword] = useState('');
  const [elsewhere, goElsewhere] = useState(false); // signed in again in another tab
  useEffect(() => whenRefused('confirm', () => new Promise<boolean>((settle) => {
    setPassword('');
    goElsewhere(false);
    setAnswer(() => settle);
  })), []);
  const byProvider = useProvider(answer !== undefined);
  if (!answer) return null;
  const end = (confirmed: boolean) => {
    answer(confirmed);
    setAnswer(undefined);
  };
  return (
    <FormDialog
      title="Confirm that it is you"
      submit="Confirm"
      ready={password !== '' || elsewhere}
      send={async () => {
        if (password) await send('POST', '/api/merlon/session/confirm', { password });
        end(true);
      }}
      close={() => end(false)}
    >
      <p>This changes who may do what, and you gave your password a while ago.</p>
      <Field label="Password" required={!elsewhere}><Input type="password" value={password} onChange={(_, d) => setPassword(d.value)} autoComplete="current-password" autoFocus /></Field>
      {byProvider && <p className="quiet">Signed in with your organisation? <Link href="/api/merlon/oidc/start?prompt=login" target="_blank" onClick={() => goElsewhere(true)}>Sign in again</Link> in another tab, then confirm here.</p>}
    </FormDialog>
  );
}
