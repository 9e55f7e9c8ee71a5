// Keys that lie open are found by name and by form, and no character of one is told.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keysIn } from '../../src/core/doctor/exposed-keys.ts';
import { createMasking } from '../../src/masking/masking.ts';
import { makeSecret } from '../support/secrets.ts';
import { newPatient } from './doctor-patient.ts';

const masking = createMasking({
  placeholder: 'word',
  packs: ['secrets'],
  ...{ keys: [], env: [], rules: [], allow: [], knownValues: [] },
  fingerprint: () => '',
});

test('in profiles, settings and the environment; the value is nowhere in what is said', async () => {
  using patient = newPatient();
  const anthropic = makeSecret('anthropic', 'bashrc');
  const openai = makeSecret('openai-project', 'settings');
  const groq = makeSecret('groq', 'environment');
  const mistral = 'n0' + 'SpecialFormAtAllOfThirtyTwoCh';
  patient.write('.bashrc', `alias ll='ls -l'\nexport ANTHROPIC_API_KEY="${anthropic}"\n`);
  patient.write('.config/fish/config.fish', `set -gx MISTRAL_API_KEY ${mistral}\n`);
  patient.write('.config/some-tool/settings.json', JSON.stringify({ auth: { key: openai } }));
  patient.write('.npmrc', `//registry.example/:_authToken=${makeSecret('npm')}\n`);
  const { of, all, code } = await patient.examineByCommand({ GROQ_API_KEY: groq });
  expect(code).toBe(1);
  expect(of('exposed key anthropic')).toMatchObject({
    status: 'problem',
    why: 'A key of anthropic lies in ~/.bashrc (ANTHROPIC_API_KEY): store it, then take it out there.',
    // No keychain here, so into the encrypted file.
    fix: expect.stringMatching(/^scrim keys set anthropic --keys file /) as string,
  });
  expect(of('exposed key mistral')?.why).toContain('~/.config/fish/config.fish (MISTRAL_API_KEY)');
  expect(of('exposed key openai')?.why).toContain('~/.config/some-tool/settings.json');
  expect(of('exposed key groq')?.why).toContain('the variable GROQ_API_KEY');
  const rest = (key: string) => key.slice(-12);
  for (const key of [anthropic, openai, groq, mistral, makeSecret('npm')]) expect(all).not.toContain(rest(key));
  expect((await patient.scrim(['doctor', '--fix'], { GROQ_API_KEY: groq })).err).not.toContain(rest(groq));
});

test('a file whose name would steer the terminal is named without doing so', async () => {
  using patient = newPatient();
  patient.write('.config/tool/\u001b[2Jx.json', JSON.stringify({ key: makeSecret('anthropic', 'name') }));
  const { of } = await patient.examine();
  expect(of('exposed key anthropic')?.why).toContain('~/.config/tool/\ufffd[2Jx.json');
});

test('references, placeholders and local tokens are no keys', async () => {
  using patient = newPatient();
  patient.write(
    '.bashrc',
    ['$OTHER', '$(pass show openai)', 'op://vault/openai/key', 'your-key-goes-here', '<key>', '']
      .map((value) => `export OPENAI_API_KEY=${value}\n`)
      .join(''),
  );
  const token = ['scrim', 'A'.repeat(43)].join('_');
  const { of } = await patient.examine({ OPENAI_API_KEY: token, ANTHROPIC_API_KEY: '' });
  expect(of('exposed keys')).toMatchObject({ status: 'ok' });
});

test('whatever a file holds: an answer, and only names of ours in it', () => {
  const line = fc.oneof(
    fc.string(),
    fc
      .tuple(
        fc.constantFrom('export ', '', 'set -gx ', '"'),
        fc.constantFrom('OPENAI_API_KEY', 'XAI_API_KEY'),
        fc.string(),
      )
      .map(([start, name, value]) => `${start}${name}=${value}`),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      for (const { provider, variable } of keysIn(lines.join('\n'), masking)) {
        expect(provider).toMatch(/^[a-z]+$/);
        expect([undefined, 'OPENAI_API_KEY', 'XAI_API_KEY']).toContain(variable);
      }
    }),
  );
});
