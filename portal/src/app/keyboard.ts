// Keys of a screen: single letters that do something while nobody types.
import { useEffect, useRef } from 'react';

// Whether a key goes into a field rather than to the screen.
export function typing(event: KeyboardEvent): boolean {
  const at = event.target as HTMLElement | null;
  return !!at && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)) && !(at instanceof HTMLInputElement && at.type === 'checkbox');
}

// What each key does while this is on the screen; an undefined one does nothing, and one that returns false leaves it to others.
// Forms that lie over the screen keep their keys.
export function useKeys(keys: Record<string, (() => unknown) | undefined>) {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || typing(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('[role=dialog][aria-modal=true]')) return;
      const act = now.current[event.key];
      if (act && act() !== false) event.preventDefault();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, []);
}
