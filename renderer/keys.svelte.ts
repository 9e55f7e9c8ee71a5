// Keys that work everywhere: `g` and a letter open a screen, `?` shows them all.

import { route } from './route.svelte.ts';
import { screens } from './screens.ts';
import { isTyping } from './typing.ts';

const chordTime = 1_500;

export function screenKeys() {
  let goingSince = -Infinity;
  let helpIsOpen = $state(false);
  return {
    get helpIsOpen(): boolean {
      return helpIsOpen;
    },
    set helpIsOpen(open: boolean) {
      helpIsOpen = open;
    },
    press(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === '?') {
        helpIsOpen = true;
        event.preventDefault();
      } else if (event.key === 'g') goingSince = event.timeStamp;
      else if (event.timeStamp - goingSince < chordTime) {
        goingSince = -Infinity;
        const screen = screens.find(({ key }) => key === event.key);
        if (screen === undefined) return;
        route.goTo(screen.id);
        event.preventDefault();
        // The screen's own keys must not see this one.
        event.stopImmediatePropagation();
      }
    },
  };
}
