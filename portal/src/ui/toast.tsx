// Short messages at the lower right corner; one that can be taken back has an Undo.
import { Link, Toast, ToastBody, ToastTitle, ToastTrigger, useToastController } from '@fluentui/react-components';
import { Problem, wordsOf } from '../api/client';

export const toaster = 'merlon-toasts';

export function useToasts() {
  const { dispatchToast } = useToastController(toaster);
  return {
    done: (text: string, undo?: () => void) =>
      dispatchToast(
        <Toast>
          <ToastTitle action={undo ? <ToastTrigger><Link onClick={undo}>Undo</Link></ToastTrigger> : undefined}>{text}</ToastTitle>
        </Toast>,
        { intent: 'success', timeout: undo ? 15_000 : 4_000, pauseOnHover: true },
      ),
    failed: (what: string, error: unknown) =>
      dispatchToast(
        <Toast>
          <ToastTitle>{what}</ToastTitle>
          <ToastBody subtitle={error instanceof Problem && error.requestId ? `Request ${error.requestId}` : undefined}>{wordsOf(error)}</ToastBody>
        </Toast>,
        { intent: 'error', timeout: 15_000, pauseOnHover: true },
      ),
  };
}
