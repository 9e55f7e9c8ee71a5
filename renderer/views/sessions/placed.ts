// Sizes and places that are only known at run time. Set on the element itself: the page's policy lets no style into markup.

import type { Attachment } from 'svelte/attachments';

export function placed(place: Partial<Record<'top' | 'left' | 'height', string>>): Attachment<HTMLElement> {
  return (element) => {
    Object.assign(element.style, place);
  };
}
