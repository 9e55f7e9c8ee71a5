// Keys of a list: j and k, arrows, pages, Enter, and / for its search.

import { isTyping } from '../../typing.ts';

/** What a list of rows can be told to do. */
export interface Scroller {
  readonly show: (index: number) => void;
  readonly scrollTo: (offset: number) => void;
}

export interface ListActions {
  readonly move: (by: number) => void;
  readonly open: () => void;
}

const page = 12;
const moves: Readonly<Record<string, number>> = {
  j: 1,
  k: -1,
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: page,
  PageUp: -page,
  Home: -Infinity,
  End: Infinity,
};

/** For the window: letters work wherever nobody types; arrows and Enter in the list, or where nothing has the focus. */
export function listKeys({ move, open }: ListActions): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const target = event.target as HTMLElement;
    const isLetter = event.key.length === 1;
    const isFree = target === document.body || target.id === 'screen' || target.getAttribute('role') === 'grid';
    if (document.querySelector('[role="dialog"], [role="menu"]') !== null || (!isLetter && !isFree)) return;
    const by = moves[event.key];
    if (by !== undefined) move(by);
    else if (event.key === 'Enter') open();
    else if (event.key === '/') document.querySelector<HTMLElement>('[data-search]')?.focus();
    else return;
    event.preventDefault();
  };
}
