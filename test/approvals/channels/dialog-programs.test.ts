// What the dialogs of macOS and Windows are told, and what is made of their answers. The programs themselves are not here.

import { describe, expect, test } from 'vitest';
import type { DialogOutcome, DialogView } from '../../../src/approvals/channels/dialog-program.ts';
import { osascript } from '../../../src/approvals/channels/osascript.ts';
import { windowsPopup } from '../../../src/approvals/channels/windows-popup.ts';
import { zenity } from '../../../src/approvals/channels/zenity.ts';

const text = 'rm -rf "$HOME"\n" & (do shell script "id") & "\n$(id) `id` %PATH% $env:PATH';
const view: DialogView = { title: 'Scrim', text, seconds: 42 };
const long: DialogView = { ...view, text: 'line\n'.repeat(40) };

const allow = (scope: object): DialogOutcome =>
  ({ kind: 'answered', verdict: 'allow', scope }) as unknown as DialogOutcome;
const deny = { kind: 'answered', verdict: 'deny', scope: { kind: 'once' } };
const none = { kind: 'none' };

describe('osascript', () => {
  test('the text is an argument, and no part of the script', () => {
    const { file, args = [] } = osascript.ask.call(view) ?? {};
    expect(file).toBe('osascript');
    expect(args.slice(-4)).toEqual(['--', 'Scrim', text, '42']);
    const script = args.slice(0, -4).join('\n');
    expect(script).toContain('default button "Deny" cancel button "Deny"');
    expect(script).not.toContain('rm -rf');
  });

  test('what it cannot show without scrolling is left to another channel', () => {
    expect(osascript.ask.call(long)).toBeUndefined();
  });

  test.each([
    [0, 'button returned:Approve, gave up:false\n', '', allow({ kind: 'once' })],
    [0, 'button returned:Approve for this session, gave up:false\n', '', allow({ kind: 'session' })],
    [0, 'button returned:Deny, gave up:false\n', '', deny],
    [0, 'button returned:, gave up:true\n', '', none],
    [0, 'button returned:Approve, gave up:true\n', '', none],
    [0, '', '', none],
    [1, '', '0:97: execution error: User canceled. (-128)\n', deny],
    [1, '', 'execution error: No user interaction allowed. (-1713)\n', none],
    [1, 'button returned:Approve, gave up:false\n', '', none],
  ])('%i %j %j', (code, out, err, outcome) => {
    expect(osascript.ask.outcome({ code, out, err })).toEqual(outcome);
  });
});

describe('the popup of Windows', () => {
  test('the script is constant, and the text is in the environment', () => {
    const call = windowsPopup.ask.call(view);
    const script = (asked?: { readonly args: readonly string[] }): string =>
      Buffer.from(asked?.args.at(-1) ?? '', 'base64').toString('utf16le');
    expect(call?.file).toBe('powershell.exe');
    expect(call?.args.slice(0, -1)).toEqual(['-NoProfile', '-NonInteractive', '-STA', '-EncodedCommand']);
    expect(script(call)).toBe(script(windowsPopup.ask.call({ title: 'x', text: 'y', seconds: 1 })));
    // 256: the second button, No, is the default.
    expect(script(call)).toContain(
      'Popup($env:SCRIM_TEXT, [int]$env:SCRIM_SECONDS, $env:SCRIM_TITLE, 4 + 48 + 256 + 4096)',
    );
    expect(call?.env).toMatchObject({ SCRIM_TITLE: 'Scrim', SCRIM_SECONDS: '42' });
    expect(call?.env?.['SCRIM_TEXT']).toContain(text);
  });

  test('what it cannot show without scrolling is left to another channel', () => {
    expect(windowsPopup.ask.call(long)).toBeUndefined();
  });

  test.each([
    [16, allow({ kind: 'once' })],
    [17, deny],
    [18, none],
    [0, none],
    [1, none],
    [6, none],
  ])('%i', (code, outcome) => {
    expect(windowsPopup.ask.outcome({ code, out: '', err: '' })).toEqual(outcome);
  });
});

describe('zenity', () => {
  test('a short text is an argument that is no option, a long one comes by standard input', () => {
    expect(zenity.ask.call({ ...view, text: '--help' })?.args).toContain('--text=--help');
    expect(zenity.ask.call(view)?.args).toContain('--default-cancel');
    expect(zenity.ask.call(long)).toMatchObject({ input: long.text });
    expect(zenity.ask.call(long)?.args.join(' ')).not.toContain('line');
  });

  test.each([
    [0, '', '', allow({ kind: 'once' })],
    [1, '', '', deny],
    [1, '', 'Gtk-Message: GtkDialog mapped without a transient parent.', deny],
    [1, '', 'Gtk-WARNING **: cannot open display: ', none],
    [5, '', '', none],
    [255, '', 'This option is not available.', none],
    [1, 'More choices…\n', '', { kind: 'more' }],
  ])('%i %j %j', (code, out, err, outcome) => {
    expect(zenity.ask.outcome({ code, out, err })).toEqual(outcome);
  });

  test.each([
    [0, 'Deny\n', deny],
    [0, 'Approve once\n', allow({ kind: 'once' })],
    [0, 'Approve for this session\n', allow({ kind: 'session' })],
    [0, 'Approve for 10 minutes\n', allow({ kind: 'minutes', minutes: 10 })],
    [0, 'Always approve exactly this action\n', allow({ kind: 'always' })],
    [0, '', { kind: 'more' }],
    [0, 'approve\n', { kind: 'more' }],
    [1, '', { kind: 'back' }],
    [5, 'Approve once\n', none],
  ])('of its choices: %i %j', (code, out, outcome) => {
    expect(zenity.more?.outcome({ code, out, err: '' })).toEqual(outcome);
  });
});
