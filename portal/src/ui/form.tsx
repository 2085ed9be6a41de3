// A form in a dialog: sends, shows the server's refusal in its own words, closes when it is done.
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, MessageBar, MessageBarBody, MessageBarTitle, Spinner } from '@fluentui/react-components';
import { Problem, wordsOf } from '../api/client';
import { useFocusBack } from './focus';

interface Props {
  title: string;
  submit: string;
  ready: boolean;
  send: () => Promise<void>;
  next?: () => void; // submitting goes on to another step instead of sending
  back?: () => void; // to the step before
  close: () => void;
  children: ReactNode;
}

export function FormDialog({ title, submit, ready, send, next, back, close, children }: Props) {
  useFocusBack();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const refusal = useRef<HTMLDivElement>(null);
  // A long form may be scrolled past it.
  useEffect(() => {
    refusal.current?.scrollIntoView({ block: 'nearest' });
  }, [failed]);
  const run = async (event: FormEvent) => {
    event.preventDefault();
    if (next) return next();
    setBusy(true);
    setFailed(undefined);
    try {
      await send();
      close();
    } catch (error) {
      setFailed(error);
      setBusy(false);
    }
  };
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && close()}>
      <DialogSurface>
        <form onSubmit={(event) => void run(event)}>
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent className="form">
              {failed !== undefined && (
                <MessageBar ref={refusal} role="alert" intent="error" layout="multiline">
                  <MessageBarBody><MessageBarTitle>Not done.</MessageBarTitle>{wordsOf(failed)}{failed instanceof Problem && failed.requestId && <> <span className="quiet">(request {failed.requestId})</span></>}</MessageBarBody>
                </MessageBar>
              )}
              {children}
            </DialogContent>
            <DialogActions>
              {back && <Button onClick={back}>Back</Button>}
              <Button onClick={close}>Cancel</Button>
              <Button type="submit" appearance="primary" disabled={!ready || busy} icon={busy ? <Spinner size="tiny" /> : undefined}>{submit}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
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
