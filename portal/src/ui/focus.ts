// Where the focus was before something was laid over the page, it is again when that is gone.
import { useEffect, useState } from 'react';

export const modalOpen = () => document.querySelector('[role=dialog][aria-modal=true], [role=alertdialog]') !== null;

export function useFocusBack() {
  const [before] = useState(() => document.activeElement as HTMLElement | null);
  // After the components have put it where they think it belongs, and not under something that has been opened since.
  useEffect(() => () => void setTimeout(() => before?.isConnected && before !== document.body && !modalOpen() && before.focus({ preventScroll: true }), 60), [before]);
}
