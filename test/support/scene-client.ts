// A client of the scene: a line of stdin is a wish, a line of stdout what the model's answer was by the time it got here.

import { createInterface } from 'node:readline';

interface Chunk {
  readonly choices: readonly {
    readonly delta: {
      readonly content?: string;
      readonly tool_calls?: readonly { readonly function: { readonly arguments?: string } }[];
    };
  }[];
}

const [, , url = '', agent = '', model = ''] = process.argv;

async function ask(wish: string): Promise<{ status: number; text: string; call: string }> {
  const [, kind = '', said = wish, done = ''] = /^(\w+: )(.*?) => (.*)$/s.exec(wish) ?? [];
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': agent,
      authorization: 'Bearer none',
      // For the model alone.
      'x-wish': Buffer.from(kind === '' ? wish : kind + done).toString('base64'),
    },
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: said }] }),
  });
  let text = '';
  let call = '';
  for (const line of (await response.text()).split('\n')) {
    if (!line.startsWith('data: {')) continue;
    const delta = (JSON.parse(line.slice(6)) as Chunk).choices[0]?.delta;
    text += delta?.content ?? '';
    call += delta?.tool_calls?.[0]?.function.arguments ?? '';
  }
  return { status: response.status, text, call };
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { call, wish } = JSON.parse(line) as { call: number; wish: string };
  const lost = { status: 0, text: '', call: '' };
  void ask(wish)
    .catch(() => lost)
    .then((answer) => process.stdout.write(`${JSON.stringify({ call, answer })}\n`));
});
