import { describe, expect, test } from 'vitest';
import { statusLine, trayCondition, type ShellState } from '../../electron/shell-state.ts';
import { createTray, trayStyles } from '../../electron/tray.ts';
import type { TrayActions } from '../../electron/tray-menu.ts';
import { fake, resetFake } from '../support/fake-electron.ts';
import { freshElectron, question, running, start, status } from './shell.ts';

freshElectron({ ready: true });

const told: string[] = [];
const say =
  (what: string) =>
  (...words: unknown[]): Promise<void> => {
    told.push([what, ...words].join(' '));
    return Promise.resolve();
  };
const act: TrayActions = {
  open: (route) => void say('open')(...(route === undefined ? [] : [route])),
  review: (id) => void say('review')(id),
  pause: say('pause'),
  resume: () => void say('resume')(),
  start: () => void say('start')(),
  setAutostart: say('autostart'),
  quit: () => void say('quit')(),
};

function shown(state: ShellState, style = trayStyles.linux, autostart = false) {
  told.length = 0;
  const tray = createTray(style, act);
  tray.update(state, { autostart });
  const [icon] = fake.trays;
  const items = [...(icon?.menu?.items ?? [])].flatMap((item) => [
    item,
    ...(Array.isArray(item.submenu) ? item.submenu : []),
  ]);
  return {
    tray,
    icon,
    labels: items.map(({ label }) => label).filter((label) => label !== undefined),
    click: (label: string): void => {
      const item = items.find((each) => each.label === label);
      if (item?.click === undefined || item.enabled === false) throw new Error(`There is no item ${label}.`);
      item.click({ checked: item.checked !== true } as never, undefined, {});
    },
  };
}

const pictureOf = (icon: { image: unknown } | undefined): string | undefined =>
  (icon?.image as { path: string }).path.split('/').pop();

test('no tray before the app is ready', () => {
  resetFake();
  expect(() => createTray(trayStyles.linux, act)).toThrow(/before app is ready/);
});

describe('the state', () => {
  test.each<[string, Partial<ShellState>]>([
    ['on', {}],
    ['asking', { questions: [question('q-1')] }],
    ['asking', { questions: [question('q-1')], status: status({ state: 'observing', mode: 'observe' }) }],
    ['observing', { status: status({ state: 'observing', mode: 'observe' }) }],
    ['off', { core: 'stopped', status: undefined }],
    ['off', { core: 'starting', status: undefined }],
    ['failed', { core: 'failed', problem: 'The port is taken.', questions: [question('q-1')] }],
  ])('%s: the icon tells it', (condition, changes) => {
    expect(trayCondition(running(changes))).toBe(condition);
    expect(pictureOf(shown(running(changes)).icon)).toBe(`${condition}-22.png`);
  });

  test('a failure says why', () => {
    const { icon, labels } = shown(running({ core: 'failed', problem: 'The port is taken.' }));
    expect([icon?.tip, labels[0]]).toEqual(['Scrim: The port is taken.', 'The port is taken.']);
  });

  test('a pause says until when, in the local time', () => {
    expect(statusLine(running({ status: status({ pausedUntil: start }) }))).toMatch(
      /^Paused until \d\d:\d\d: nothing is/,
    );
  });
});

describe('each system has its pictures and manners', () => {
  test('macOS: template images, and the count beside them', () => {
    const { icon } = shown(running({ questions: [question('q-1'), question('q-2')] }), trayStyles.darwin);
    expect([pictureOf(icon), icon?.title]).toEqual(['askingTemplate.png', '2']);
    icon?.emit('click');
    expect(told).toEqual([]);
  });

  test('Windows: icons, and a click opens the window', () => {
    const { icon } = shown(running(), trayStyles.win32);
    expect(pictureOf(icon)).toBe('on.ico');
    icon?.emit('click');
    expect(told).toEqual(['open']);
  });

  test('Linux: a click is the desktop’s own matter', () => {
    const { icon } = shown(running());
    icon?.emit('click');
    expect(told).toEqual([]);
  });
});

describe('the menu', () => {
  test('what waits, the newest first, and no line that answers', () => {
    const questions = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => question(id, { action: `run ${id}` }));
    const { labels, click } = shown(running({ questions }));
    expect(labels.slice(1, 7)).toEqual([
      '6 outputs wait for you',
      ...['f', 'e', 'd', 'c', 'b'].map((id) => `claude: Bash run ${id}`),
    ]);
    expect(labels.join(' ')).not.toMatch(/allow|approve|deny/i);
    click('claude: Bash run d');
    click('6 outputs wait for you');
    expect(told).toEqual(['review d', 'open approvals']);
  });

  test('model text is cut to one line, shown for what it is, and marks no keys', () => {
    const { labels } = shown(running({ questions: [question('q', { action: `a && b\n\u202Ec${'x'.repeat(99)}` })] }));
    expect(labels[2]).toMatch(/^claude: Bash a &&&& b<U\+000A><U\+202E>cx+…$/);
  });

  test('pause for 5, 15 or 60 minutes; while paused only resume', () => {
    const { labels, click } = shown(running());
    expect(labels.filter((label) => label.startsWith('For'))).toEqual([
      'For 5 minutes',
      'For 15 minutes',
      'For 60 minutes',
    ]);
    click('For 15 minutes');
    expect(told).toEqual(['pause 15']);
    resetTray();
    const paused = shown(running({ status: status({ state: 'observing', pausedUntil: start }) }));
    expect(paused.labels.join()).not.toContain('minutes');
    paused.click('Resume');
    expect(told).toEqual(['resume']);
  });

  test('nothing to pause where the policy only observes, or nothing runs', () => {
    const observing = running({ status: status({ mode: 'observe', state: 'observing' }) });
    expect(shown(observing).labels.join()).not.toMatch(/Pause|Resume|Start now/);
    resetTray();
    const stopped = shown(running({ core: 'stopped', status: undefined }));
    expect(stopped.labels.join()).not.toMatch(/Pause|Resume/);
    stopped.click('Start now');
    expect(told).toEqual(['start']);
  });

  test('open, set up, start at login, quit', () => {
    const { click, icon } = shown(running(), trayStyles.linux, true);
    expect(icon?.menu?.items.find(({ type }) => type === 'checkbox')?.checked).toBe(true);
    for (const label of ['Open Scrim', 'Set up clients…', 'Start at login', 'Quit Scrim…']) click(label);
    expect(told).toEqual(['open', 'open clients', 'autostart false', 'quit']);
  });

  test('is made anew only when it says something else: an open menu stays under the pointer', () => {
    const { tray } = shown(running());
    tray.update(running({ status: status({ exchanges: 7, findings: 3 }) }), { autostart: false });
    expect(fake.menus).toHaveLength(1);
    tray.update(running({ questions: [question('q-1')] }), { autostart: false });
    expect(fake.menus).toHaveLength(2);
  });
});

function resetTray(): void {
  fake.trays.length = 0;
}
