// A button of something that cannot be taken back: it says what goes before it is done. What can be taken back has an Undo
// instead (act.ts).
import { useState, type ReactNode } from 'react';
import { Button } from '@fluentui/react-components';
import { useAct, type Change } from './act';
import { FormDialog } from './form';

interface Props { word: string; title: string; text: ReactNode; change: Pick<Change, 'send' | 'done'>; size?: 'small' | 'medium'; primary?: boolean }

export function Final({ word, title, text, change, size, primary }: Props) {
  const { submit } = useAct();
  const [asking, ask] = useState(false);
  return (
    <>
      <Button size={size} appearance={primary ? 'primary' : undefined} onClick={() => ask(true)}>{word}</Button>
      {asking && <FormDialog title={title} submit={word} ready send={() => submit(change)} close={() => ask(false)}><p>{text}</p></FormDialog>}
    </>
  );
}
