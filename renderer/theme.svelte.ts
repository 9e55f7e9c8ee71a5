// Light, dark, or as the system has it. The choice is no secret: it stays in the browser.

export type Theme = 'system' | 'light' | 'dark';

const key = 'scrim-theme';

function stored(): Theme {
  const found = localStorage.getItem(key);
  return found === 'light' || found === 'dark' ? found : 'system';
}

class ThemeChoice {
  #choice = $state<Theme>(stored());
  #system = $state(matchMedia('(prefers-color-scheme: dark)').matches);

  constructor() {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => (this.#system = event.matches));
  }

  get choice(): Theme {
    return this.#choice;
  }

  set choice(theme: Theme) {
    this.#choice = theme;
    localStorage.setItem(key, theme);
  }

  get isDark(): boolean {
    return this.#choice === 'dark' || (this.#choice === 'system' && this.#system);
  }
}

export const theme = new ThemeChoice();
