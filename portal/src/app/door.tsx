// Signing in, and the first administrator of a new server by the one-time link that it printed.
import { useState, type FormEvent } from 'react';
import { Button, Field, Input, MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, isAway, send, type Problem } from '../api/client';
import { Mark } from '../ui/mark';
import { Reason } from '../ui/states';

// "#/claim?code=...": behind the '#', so that no log on the way sees it; taken out of the address at once.
function claimCode(): string {
  const found = /^#\/claim\?code=([\w-]+)/.exec(location.hash);
  if (found) history.replaceState(null, '', '/');
  return found?.[1] ?? '';
}
const codeOfThisPage = claimCode();

// "#/refused?why=CODE": where the provider's sign-in came to nothing (src/api/routes/sign_in.cpp).
const refusals: Record<string, string> = {
  'oidc.no_role': 'Your organisation knows you, but you are in no group that has a role here. An administrator of this server can give one to your group.',
  'oidc.state': 'That took longer than ten minutes, or began in another browser. Please begin again.',
  'oidc.provider': 'The sign-in of your organisation could not be used just now. An administrator of this server finds the reason in its log.',
};
function refusal(): string {
  const found = /^#\/refused\?why=([\w.]+)/.exec(location.hash);
  if (!found) return '';
  history.replaceState(null, '', '/');
  return refusals[found[1]!] ?? 'The sign-in of your organisation was not accepted. An administrator of this server finds the reason in its log.';
}
const refusedAtFirst = refusal();
export const claiming = codeOfThisPage !== '';

export function Door({ why }: { why: Problem }) {
  const unreachable = why.status === 0 || why.status >= 500;
  return (
    <main className="door">
      <div className="door-card">
        <div className="door-brand"><Mark size={36} /><span>Merlon</span></div>
        {codeOfThisPage ? <Claim code={codeOfThisPage} /> : unreachable ? <Unreachable why={why} /> : <SignIn why={why} />}
      </div>
    </main>
  );
}

function Unreachable({ why }: { why: Problem }) {
  return (
    <>
      <h1>{why.status ? 'The server cannot let you in just now' : 'The server does not answer'}</h1>
      <p role="alert">{why.status ? why.message : 'Is it running, and is the network up?'}</p>
      {why.requestId && <p className="quiet">Request <code>{why.requestId}</code></p>}
      {isAway(why) && <p className="quiet">It is asked again every few seconds.</p>}
      <Button appearance="primary" onClick={() => location.reload()}>Try again</Button>
    </>
  );
}

function SignIn({ why }: { why: Problem }) {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [failed, setFailed] = useState<unknown>(refusedAtFirst);
  const [busy, setBusy] = useState(false);
  const unclaimed = why.message.includes('no user yet');
  const byProvider = useProvider(!unclaimed);
  async function enter(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setFailed('');
    try {
      await send('POST', '/api/merlon/session', { name, password });
      await queries.resetQueries();
    } catch (error) {
      setFailed(error);
      setBusy(false);
    }
  }
  if (unclaimed)
    return (
      <>
        <h1>This server has no user yet</h1>
        <p>Open the one-time link that the server printed when it started. It makes the first administrator and is good for a day; a restart prints a new one.</p>
      </>
    );
  return (
    <form onSubmit={enter}>
      <h1>Sign in</h1>
      {failed !== '' && <MessageBar role="alert" intent="error" layout="multiline"><MessageBarBody><Reason error={failed} /></MessageBarBody></MessageBar>}
      <Field label="User name"><Input value={name} onChange={(_, d) => setName(d.value)} autoComplete="username" autoFocus required /></Field>
      <Field label="Password"><Input type="password" value={password} onChange={(_, d) => setPassword(d.value)} autoComplete="current-password" required /></Field>
      <Button type="submit" appearance="primary" disabled={!name || !password} disabledFocusable={busy} icon={busy ? <Spinner size="tiny" /> : undefined}>Sign in</Button>
      {byProvider && <Button as="a" href="/api/merlon/oidc/start">Sign in with your organisation</Button>}
      <p className="quiet">No account? An administrator makes one under Settings, or with <code>merlon users add</code>.</p>
    </form>
  );
}

// Whether an OpenID provider signs people in here.
export function useProvider(wanted = true): boolean {
  return useQuery({ queryKey: ['ways'], queryFn: ({ signal }) => get<{ openid: boolean }>('/api/merlon/signIn', signal), retry: false, enabled: wanted }).data?.openid ?? false;
}

function Claim({ code }: { code: string }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [failed, setFailed] = useState<unknown>('');
  const [busy, setBusy] = useState(false);
  const differs = again !== '' && again !== password;
  async function claim(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setFailed('');
    try {
      await send('POST', '/api/merlon/claim', { code, name, password });
      await send('POST', '/api/merlon/session', { name, password });
      // A full load: nothing of the time before may linger.
      location.replace('/');
    } catch (error) {
      setFailed(error);
      setBusy(false);
    }
  }
  return (
    <form onSubmit={claim}>
      <h1>Make the first administrator</h1>
      <p>From then on everybody needs an account.</p>
      {failed !== '' && <MessageBar role="alert" intent="error" layout="multiline"><MessageBarBody><Reason error={failed} /></MessageBarBody></MessageBar>}
      <Field label="User name"><Input value={name} onChange={(_, d) => setName(d.value)} autoComplete="username" autoFocus required /></Field>
      <Field label="Password" hint="12 characters or more"><Input type="password" value={password} onChange={(_, d) => setPassword(d.value)} autoComplete="new-password" required /></Field>
      <Field label="Password again" validationMessage={differs ? 'The two differ.' : undefined}>
        <Input type="password" value={again} onChange={(_, d) => setAgain(d.value)} autoComplete="new-password" required />
      </Field>
      <Button type="submit" appearance="primary" disabled={busy || !name || password.length < 12 || again !== password}>Make administrator</Button>
    </form>
  );
}
