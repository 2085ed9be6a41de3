// A plain dialog over the page, closed by Escape or a click beside it.
import { Dialog, DialogBody, DialogContent, DialogSurface, DialogTitle, DialogTrigger, Button } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import { useFocusBack } from './focus';

export function PlainDialog({ title, close, children, className }: { title: string; close: () => void; children: ReactNode; className?: string }) {
  useFocusBack();
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && close()}>
      <DialogSurface className={className}>
        <DialogBody>
          <DialogTitle action={<DialogTrigger action="close"><Button appearance="subtle" aria-label="Close" icon={<DismissRegular />} /></DialogTrigger>}>{title}</DialogTitle>
          <DialogContent>{children}</DialogContent>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
