// The window in a real browser, as a person opens it; whatever the page complains about is kept.

import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Debian's; `CHROMIUM` names another one. */
export const chromiumPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Why there is no browser; undefined: there is one. */
export const missingBrowser = existsSync(chromiumPath) ? undefined : `no Chromium at ${chromiumPath}`;

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    // Chromium refuses its sandbox to root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });
}

export interface WindowOptions {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
}

export interface OpenWindow extends AsyncDisposable {
  readonly page: Page;
  /** Errors of the console, uncaught exceptions, refused loads and breaches of the page's policy. */
  readonly problems: readonly string[];
  /** `sessions/s-1`: as the address says it. */
  goTo(screen: string): Promise<void>;
  close(): Promise<void>;
}

/** `link`: what `scrim open` makes. Resolves when the screen is there. */
export async function openWindow(browser: Browser, link: string, options: WindowOptions = {}): Promise<OpenWindow> {
  const { width = 1280, height = 800, dark = false } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('requestfailed', (request) => {
    // A subscription ends when its screen is left.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') problems.push(`${request.url()} failed`);
  });
  await page.goto(link);
  await page.getByRole('navigation', { name: 'Screens' }).waitFor();
  const close = (): Promise<void> => context.close();
  return {
    page,
    problems,
    async goTo(screen) {
      await page.goto(new URL(`#/${screen}`, page.url()).href);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The screen is there, and what it asked for has come. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor();
  await page.waitForSelector('main .loading', { state: 'detached' });
}
