// Short messages at the lower right corner; one that can be taken back has an Undo, and a key for it.
import { Link, Toast, ToastBody, ToastTitle, ToastTrigger, useToastController } from '@fluentui/react-components';
import { Reason } from './states';

export const toaster = 'merlon-toasts';

// Tab goes past messages: the components would keep it in the first that it comes to, and hold its clock, until Escape.
const root = { tabIndex: -1 };

// What the newest message on the screen takes back.
let newest: { id: string; undo: () => void } | undefined;
let told = 0;

export function useToasts() {
  const { dispatchToast, dismissToast } = useToastController(toaster);
  return {
    done: (text: string, undo?: () => void) => {
      const toastId = `told-${++told}`;
      if (undo) newest = { id: toastId, undo };
      dispatchToast(
        <Toast>
          <ToastTitle action={undo ? <ToastTrigger><Link onClick={undo} tabIndex={-1} aria-keyshortcuts="u" title="Undo (u)">Undo</Link></ToastTrigger> : undefined}>{text}</ToastTitle>
        </Toast>,
        { toastId, root, intent: 'success', timeout: undo ? 15_000 : 4_000, pauseOnHover: true, onStatusChange: (_, { status }) => {
          if (status === 'dismissed' && newest?.id === toastId) newest = undefined;
        } },
      );
    },
    // False where nothing can be taken back.
    undo: () => {
      if (!newest) return false;
      const { id, undo } = newest;
      dismissToast(id);
      undo();
    },
    failed: (what: string, error: unknown) =>
      dispatchToast(
        <Toast>
          <ToastTitle>{what}</ToastTitle>
          <ToastBody><Reason error={error} /></ToastBody>
        </Toast>,
        { root, intent: 'error', timeout: 15_000, pauseOnHover: true },
      ),
  };
}
