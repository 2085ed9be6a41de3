// Where the focus was before something was laid over the page, it is again when that is gone; and who reads what lies over it.
import { useEffect, useState } from 'react';

const topmost = () => [...document.querySelectorAll('[role=dialog][aria-modal=true], [role=alertdialog]')].at(-1);
export const modalOpen = () => topmost() !== undefined;

// What is opened from a menu goes back to what opened the menu, which is gone by then.
function opener(): HTMLElement | null {
  const menu = document.activeElement?.closest('[role=menu]');
  return (menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : document.activeElement) as HTMLElement | null;
}

// Whom a dialog that was gone before the one over it would have given the focus back to: that one does it when it goes.
let owed: HTMLElement | null = null;

export function useFocusBack() {
  const [before] = useState(opener);
  // After the components have put it where they think it belongs, and not under something that is open.
  useEffect(() => () => void setTimeout(() => {
    const to = before?.isConnected && before !== document.body ? before : owed;
    const above = topmost();
    owed = to && above && !above.contains(to) ? to : null;
    if (to?.isConnected && !owed) to.focus({ preventScroll: true });
  }, 60), [before]);
}

// What lies on top is never hidden from screen readers. The components hide all that is not in the dialog which has the focus; on a
// busy machine one that opens while another is closing stayed hidden itself.
export function keepDialogsReadable() {
  const look = () => {
    const top = topmost();
    for (let hidden = top?.closest('[aria-hidden=true]'); hidden; hidden = top?.closest('[aria-hidden=true]')) hidden.removeAttribute('aria-hidden');
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-hidden'] });
}
