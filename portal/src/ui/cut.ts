// A cell of a table whose text does not fit tells it whole to the pointer.
import { useEffect } from 'react';

export function useWholeTexts() {
  useEffect(() => {
    const over = ({ target }: MouseEvent) => {
      const cell = (target as Element | null)?.closest?.<HTMLElement>('.list td, .list th, .small-table td, .small-table th, .call span');
      if (!cell || (cell.title && !cell.dataset.whole)) return;
      const cut = [cell, ...cell.querySelectorAll<HTMLElement>('*')].some((one) => one.scrollWidth > one.clientWidth && getComputedStyle(one).textOverflow === 'ellipsis');
      // Its text may have changed, or its column become wider.
      cell.title = cut && !cell.querySelector('[title]') ? cell.innerText : '';
      cell.dataset.whole = '1';
    };
    document.addEventListener('mouseover', over);
    return () => document.removeEventListener('mouseover', over);
  }, []);
}
