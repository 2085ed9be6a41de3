// A button of something that cannot be taken back: it says what goes before it is done. What can be taken back has an Undo
// instead (act.ts).
import { useState, type ReactNode } from 'react';
import { Button } from '@fluentui/react-components';
import { FormDialog } from './form';

interface Props { word: string; title: string; text: ReactNode; act: () => Promise<unknown>; size?: 'small' | 'medium'; primary?: boolean }

export function Final({ word, title, text, act, size, primary }: Props) {
  const [asking, ask] = useState(false);
  return (
    <>
      <Button size={size} appearance={primary ? 'primary' : undefined} onClick={() => ask(true)}>{word}</Button>
      {asking && <FormDialog title={title} submit={word} ready send={async () => void (await act())} close={() => ask(false)}><p>{text}</p></FormDialog>}
    </>
  );
}
