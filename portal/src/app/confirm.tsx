// "Is it you?": asked by the server before a session changes who may do what, when its password was given a while ago. The
// call that was refused waits for the answer and is then sent again (api/client.ts).
import { useEffect, useState } from 'react';
import { Field, Input, Link } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { get, send, whenUnconfirmed } from '../api/client';
import { FormDialog } from '../ui/form';

export function Confirmation() {
  const [answer, setAnswer] = useState<(confirmed: boolean) => void>();
  const [password, setPassword] = useState('');
  useEffect(() => whenUnconfirmed(() => new Promise<boolean>((settle) => {
    setPassword('');
    setAnswer(() => settle);
  })), []);
  const ways = useQuery({ queryKey: ['ways'], queryFn: ({ signal }) => get<{ openid: boolean }>('/api/merlon/signIn', signal), enabled: answer !== undefined });
  if (!answer) return null;
  const end = (confirmed: boolean) => {
    answer(confirmed);
    setAnswer(undefined);
  };
  return (
    <FormDialog
      title="Confirm that it is you"
      submit="Confirm"
      ready={password !== ''}
      send={async () => {
        await send('POST', '/api/merlon/session/confirm', { password });
        end(true);
      }}
      close={() => end(false)}
    >
      <p>This changes who may do what, and you gave your password a while ago.</p>
      <Field label="Password" required><Input type="password" value={password} onChange={(_, d) => setPassword(d.value)} autoComplete="current-password" autoFocus /></Field>
      {ways.data?.openid && <p className="quiet">Signed in with your organisation? <Link href="/api/merlon/oidc/start?prompt=login">Sign in again</Link>; then repeat this.</p>}
    </FormDialog>
  );
}
