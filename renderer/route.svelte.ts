// Where the window is: `#/sessions/s-1` is the screen `sessions` and the rest `s-1`. It holds nothing secret.

function read(): { screen: string; rest: string } {
  const [screen = '', ...rest] = location.hash.replace(/^#\/?/, '').replace(/\?.*$/, '').split('/');
  return { screen, rest: rest.map(decoded).join('/') };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

class Route {
  #now = $state.raw(read());

  constructor() {
    addEventListener('hashchange', () => (this.#now = read()));
  }

  get screen(): string {
    return this.#now.screen;
  }

  get rest(): string {
    return this.#now.rest;
  }

  /** `goTo('sessions', id)`. `replace`: the way back skips the page that is left. */
  goTo(screen: string, rest = '', { replace = false } = {}): void {
    const address = addressOf(screen, rest);
    if (replace) {
      history.replaceState(null, '', address);
      this.#now = read();
    } else location.hash = address;
  }
}

/** For links: `href={addressOf('sessions', id)}`. */
export function addressOf(screen: string, rest = ''): string {
  return `#/${screen}${rest === '' ? '' : `/${rest.split('/').map(encodeURIComponent).join('/')}`}`;
}

export const route = new Route();
