// Whatever a file holds: set up and undone, it is what it was, byte by byte, also after a kill in between.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { parse as parseJson } from 'jsonc-parser';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { clientById } from '../../src/capture/clients.ts';
import { applySetup, setupStatus, undoSetup } from '../../src/capture/setup.ts';
import { SetupError } from '../../src/capture/setup-error.ts';
import { setupContext } from '../../src/capture/target-content.ts';
import { existingFiles } from './existing-files.ts';
import { fakeMachine, type FakeMachine } from './fake-machine.ts';
import { stoppingFiles } from './stopping-files.ts';

async function fileOf(machine: FakeMachine, id: string): Promise<string> {
  const [change] = (await clientById(id)?.plan(machine.env)) ?? [];
  if (change?.target.kind !== 'file') throw new Error(`${id} has no file`);
  mkdirSync(dirname(change.target.path), { recursive: true });
  return change.target.path;
}

describe.each(Object.entries(existingFiles))('%s', (id, contents) => {
  const client = clientById(id)!;

  test('is undone to the byte', async () => {
    using machine = fakeMachine('linux');
    const context = setupContext(machine.env);
    const path = await fileOf(machine, id);
    await fc.assert(
      fc.asyncProperty(contents, async (content) => {
        writeFileSync(path, content);
        try {
          await applySetup(context, client);
        } catch (error) {
          // What is not understood is left alone.
          expect(error).toMatchObject({ name: 'SetupError', code: 'not-understood' });
          expect(readFileSync(path).equals(content)).toBe(true);
          return;
        }
        expect(await setupStatus(context, client)).toBe('captured');
        await undoSetup(context, id);
        expect(readFileSync(path).toString()).toBe(content.toString());
      }),
      { numRuns: 60 },
    );
  });

  test('is undone to the byte after a kill', async () => {
    using machine = fakeMachine('linux');
    const path = await fileOf(machine, id);
    await fc.assert(
      fc.asyncProperty(contents, fc.integer({ min: 1, max: 14 }), fc.boolean(), async (content, step, inUndo) => {
        writeFileSync(path, content);
        const context = setupContext(machine.env);
        const stopping = stoppingFiles(step, machine.env.run);
        const dying = setupContext({ ...machine.env, run: stopping.run }, stopping.files);
        if (inUndo) await applySetup(context, client).catch(ignoreRefusal);
        const work = inUndo ? undoSetup(dying, id) : applySetup(dying, client);
        await Promise.race([work.catch(ignoreRefusal), stopping.stopped]);
        await undoSetup(context, id);
        expect(readFileSync(path).toString()).toBe(content.toString());
      }),
      { numRuns: 40 },
    );
  });

  test('what others write meanwhile stays, what is ours goes', async () => {
    using machine = fakeMachine('linux');
    const context = setupContext(machine.env);
    const path = await fileOf(machine, id);
    await fc.assert(
      fc.asyncProperty(contents, async (content) => {
        writeFileSync(path, content);
        if (!(await applySetup(context, client).then(() => true, ignoreRefusal))) return;
        const edited = editedBySomebody(id, readFileSync(path, 'utf8'));
        writeFileSync(path, edited);
        await undoSetup(context, id);
        const left = readFileSync(path, 'utf8');
        expect(left).toContain('somebody');
        expect(left).not.toContain('8877');
        expect(left).not.toContain('scrim data');
        expect(meaning(id, left)).toEqual(meaning(id, editedBySomebody(id, content.toString())));
      }),
      { numRuns: 40 },
    );
  });
});

function ignoreRefusal(error: unknown): false {
  if (!(error instanceof SetupError)) throw error;
  return false;
}

/** One more entry, where such a file has room for it. */
function editedBySomebody(id: string, text: string): string {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const rest = text.slice(mark.length);
  if (['claude', 'vscode', 'opencode', 'docker'].includes(id)) {
    return `${mark}${rest.includes('{') ? rest.replace(/^((?:[^{/]|\/\/[^\n]*\n)*)\{/, (all) => `${all} "somebody": 1${isEmpty(rest) ? '' : ','}`) : '{ "somebody": 1 }'}`;
  }
  if (['aider', 'continue'].includes(id)) return `${mark}somebody: true\n${rest}`;
  if (id === 'jetbrains') return `${mark}<!-- somebody -->\n${rest}`;
  return `${mark}# somebody\n${rest}`;
}

function isEmpty(json: string): boolean {
  const value: unknown = parseJson(json);
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

/** What a program reads from it; for files of lines, the lines. */
function meaning(id: string, text: string): unknown {
  const bare = text.replace(/^\uFEFF/, '');
  if (['claude', 'vscode', 'opencode', 'docker'].includes(id)) return (parseJson(bare) as unknown) ?? {};
  if (['aider', 'continue'].includes(id)) return (parseYaml(bare) as unknown) ?? {};
  if (id === 'jetbrains') return [...bare.matchAll(/name="\w+"(?: value="[^"]*")?/g)].map(String);
  return bare.split(/\r?\n/).filter((line) => line.trim() !== '');
}
