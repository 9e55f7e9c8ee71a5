// Variables of the shell that send model hosts past the proxy.

import { expect, test } from 'vitest';
import { newPatient } from './doctor-patient.ts';

test.each([
  [{ NO_PROXY: '*' }, 'every host', 'unset NO_PROXY'],
  [{ NO_PROXY: 'localhost,.openai.com' }, '.openai.com', 'export NO_PROXY=localhost'],
  [{ no_proxy: 'api.anthropic.com intranet.example' }, 'api.anthropic.com', 'export no_proxy=intranet.example'],
  [
    { NO_PROXY: 'googleapis.com', no_proxy: 'a.example' },
    'googleapis.com',
    'export NO_PROXY=a.example no_proxy=a.example',
  ],
])('%j', async (env: Record<string, string>, named, fix) => {
  using patient = newPatient();
  const { of } = await patient.examine(env);
  expect(of('shell')).toMatchObject({ status: 'problem', why: expect.stringContaining(named) as string, fix });
});

test('loopback and hosts of one’s own are what the variable is for', async () => {
  using patient = newPatient();
  const { of } = await patient.examine({
    NO_PROXY: 'localhost,127.0.0.1,::1,intranet.example,notopenai.com,10.0.0.0/8',
  });
  expect(of('shell')).toMatchObject({ status: 'ok', fix: null });
});
