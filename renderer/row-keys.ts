// j and k move through rows that say `data-row`, `/` goes to the field that says `data-search`.

import { isTyping } from './typing.ts';

/** `{@attach rowKeys}` on what holds the rows. */
export function rowKeys(holder: Element): () => void {
  const press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    // A dialog is over it.
    if (document.querySelector('[role=dialog]') !== null) return;
    if (event.key === '/') {
      const search = holder.querySelector<HTMLElement>('[data-search]');
      if (search === null) return;
      search.focus();
      event.preventDefault();
      return;
    }
    if (event.key !== 'j' && event.key !== 'k') return;
    const rows = [...holder.querySelectorAll<HTMLElement>('[data-row]')];
    const now = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[now === -1 ? 0 : now + (event.key === 'j' ? 1 : -1)];
    if (next === undefined) return;
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
    event.preventDefault();
  };
  addEventListener('keydown', press);
  return () => removeEventListener('keydown', press);
}
