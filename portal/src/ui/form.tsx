// A form in a dialog: sends, shows the server's refusal in its own words, closes when it is done. And a fact that is changed where it stands.
import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent, type ReactNode } from 'react';
import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Input, MessageBar, MessageBarBody, MessageBarTitle, Spinner } from '@fluentui/react-components';
import { useFocusBack } from './focus';
import { Reason, TroubleLine } from './states';
import { useToasts } from './toast';

// Sends what was typed, which stays until the server has taken it. A refusal is shown where it was typed; who did not wait for the
// answer gets a message.
function useSending(what: string) {
  const toasts = useToasts();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const gone = useRef(false);
  const under = useRef(false);
  useEffect(() => () => { gone.current = true; }, []);
  const run = async (send: () => Promise<void>): Promise<boolean> => {
    if (under.current) return false;
    under.current = true;
    setBusy(true);
    setFailed(undefined);
    try {
      await send();
      return true;
    } catch (error) {
      if (gone.current) toasts.failed(`Not done: ${what}`, error);
      else setFailed(error);
      return false;
    } finally {
      under.current = false;
      setBusy(false);
    }
  };
  return { busy, failed, run, forget: () => setFailed(undefined) };
}

interface Props {
  title: string;
  submit: string;
  ready: boolean;
  send: () => Promise<void>;
  next?: () => void; // submitting goes on to another step instead of sending
  back?: () => void; // to the step before
  close?: () => void; // without it the form can only be sent
  children: ReactNode;
}

export function FormDialog({ title, submit, ready, send, next, back, close, children }: Props) {
  useFocusBack();
  const { busy, failed, run } = useSending(title);
  const refusal = useRef<HTMLDivElement>(null);
  // A long form may be scrolled past it.
  useEffect(() => {
    refusal.current?.scrollIntoView({ block: 'nearest' });
  }, [failed]);
  const go = async (event: FormEvent) => {
    event.preventDefault();
    if (next) return next();
    if (await run(send)) close?.();
  };
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && close?.()}>
      <DialogSurface className={close ? undefined : 'must'}>
        <form onSubmit={(event) => void go(event)}>
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent className="form">
              {failed !== undefined && (
                <MessageBar ref={refusal} role="alert" intent="error" layout="multiline">
                  <MessageBarBody><MessageBarTitle>Not done.</MessageBarTitle> <Reason error={failed} /></MessageBarBody>
                </MessageBar>
              )}
              {children}
            </DialogContent>
            <DialogActions>
              {back && <Button onClick={back}>Back</Button>}
              {close && <Button onClick={close}>Cancel</Button>}
              <Button type="submit" appearance="primary" disabled={!ready} disabledFocusable={busy /* a disabled one would lose the focus, and Escape its way to here */} icon={busy ? <Spinner size="tiny" /> : undefined}>{submit}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}

// Kept with Enter or by going on; Escape puts back what was.
export function InPlace({ label, type, value, keep }: { label: string; type?: 'date'; value: string; keep: (text: string) => Promise<void> }) {
  const { failed, run, forget } = useSending(label);
  const [typed, setTyped] = useState<string>(); // and not kept yet
  const leave = () => {
    setTyped(undefined);
    forget();
  };
  const save = async () => {
    if (typed === undefined) return;
    if (typed === value || (type === 'date' && !typed) || (await run(() => keep(typed)))) leave();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key === 'Enter') void save();
    else if (event.key === 'Escape' && typed !== undefined) leave();
    else return;
    event.preventDefault();
  };
  return (
    <Field validationMessage={failed === undefined ? undefined : <TroubleLine what="Not kept" error={failed} />}>
      <Input type={type} size="small" aria-label={label} value={typed ?? value} onChange={(_, { value: text }) => setTyped(text)} onBlur={() => void save()} onKeyDown={pressed} />
    </Field>
  );
}

// A secret that is shown once.
export function Secret({ title, secret, note, close }: { title: string; secret: string; note: ReactNode; close: () => void }) {
  useFocusBack();
  const [word, say] = useState('Copy');
  const copy = () => navigator.clipboard.writeText(secret).then(() => say('Copied'), () => say('Not copied: select it'));
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && close()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent className="form">
            <p>{note}</p>
            <code className="secret">{secret}</code>
          </DialogContent>
          <DialogActions>
            <Button onClick={() => void copy()}>{word}</Button>
            <Button appearance="primary" onClick={close}>Done</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
