// SDKs and bare HTTP clients, each below the smallest agent (sdk-agent.ts, sdk-agent.py).

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientsFolder } from '../../support/real-clients-install.ts';
import type { RealClient, Source } from './client.ts';
import { keyIn } from './launching.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Where the client talks to: itself as a proxy's client, else below the gateway. */
interface Bases {
  readonly proxy: string;
  readonly gateway: string;
}

const openai: Bases = { proxy: 'https://api.openai.com/v1', gateway: '/openai/v1' };
const anthropic: Bases = { proxy: 'https://api.anthropic.com', gateway: '/anthropic' };
const anthropicVersioned: Bases = { proxy: 'https://api.anthropic.com/v1', gateway: '/anthropic/v1' };
const mistral: Bases = { proxy: 'https://api.mistral.ai', gateway: '/mistral' };
const cohere: Bases = { proxy: 'https://api.cohere.com', gateway: '/cohere' };
const gemini: Bases = { proxy: 'https://generativelanguage.googleapis.com', gateway: '/gemini' };

/** Name of the tool that the recordings call, in each API. */
type Tool = 'bash' | 'Bash' | 'run_shell_command';

interface Sdk {
  readonly id: string;
  readonly name: string;
  readonly source: Source;
  /** As the agent calls it. */
  readonly sdk: string;
  readonly bases: Bases;
  /** Null: it is only talked to. */
  readonly tool: Tool | null;
}

type Agent = readonly [string, ...string[]];

function client(agent: Agent, { id, name, source, sdk, bases, tool }: Sdk): RealClient {
  return {
    ...{ id, name, source, modes: ['proxy', 'gateway'] },
    call: tool === null ? null : (command) => ({ name: tool, input: { command } }),
    launch: (place) => ({
      words: [...agent, sdk, place.mode === 'gateway' ? place.gateway + bases.gateway : bases.proxy, place.prompt],
      env: {
        ...keyIn('AGENT_KEY', place),
        AGENT_PACKAGES: source.from === 'pypi' ? join(place.installed, 'site') : place.installed,
      },
    }),
  };
}

type SdkLine = readonly [id: string, name: string, from: string, sdk: string, bases: Bases, tool: Tool | null];

const inProject: readonly SdkLine[] = [
  ['openai-node-chat', 'OpenAI for Node, Chat', 'openai', 'openai-chat', openai, 'bash'],
  ['openai-node-responses', 'OpenAI for Node, Responses', 'openai', 'openai-responses', openai, 'bash'],
  ['anthropic-node', 'Anthropic for Node', '@anthropic-ai/sdk', 'anthropic', anthropic, 'Bash'],
  ['genai-node', 'Google Gen AI for Node', '@google/genai', 'genai', gemini, 'run_shell_command'],
  ['ollama-node', 'Ollama for Node', 'ollama', 'ollama', { proxy: 'https://ollama.com', gateway: '/ollama' }, 'bash'],
  ['ai-sdk-chat', 'AI SDK, Chat', 'ai', 'ai-chat', openai, 'bash'],
  ['ai-sdk-responses', 'AI SDK, Responses', 'ai', 'ai-responses', openai, 'bash'],
  ['ai-sdk-anthropic', 'AI SDK, Messages', 'ai', 'ai-anthropic', anthropicVersioned, 'Bash'],
];

const fromNpm: readonly SdkLine[] = [
  ['mistral-node', 'Mistral for Node', '@mistralai/mistralai@2.7.0', 'mistral', mistral, 'bash'],
  // Of its API there is no recording of a tool call.
  ['cohere-node', 'Cohere for Node', 'cohere-ai@8.1.0', 'cohere', cohere, null],
];

const fromPypi: readonly SdkLine[] = [
  ['openai-python-chat', 'OpenAI for Python, Chat', 'openai==3.22.1', 'openai-chat', openai, 'bash'],
  ['openai-python-responses', 'OpenAI for Python, Responses', 'openai==3.22.1', 'openai-responses', openai, 'bash'],
  ['anthropic-python', 'Anthropic for Python', 'anthropic==1.13.0', 'anthropic', anthropic, 'Bash'],
  ['genai-python', 'Google Gen AI for Python', 'google-genai==2.25.0', 'genai', gemini, 'run_shell_command'],
];

const nodeAgent: Agent = [process.execPath, here('sdk-agent.ts')];

function clients(lines: readonly SdkLine[], agent: Agent, sourceOf: (from: string) => Source): RealClient[] {
  return lines.map(([id, name, from, sdk, bases, tool]) =>
    client(agent, { id, name, source: sourceOf(from), sdk, bases, tool }),
  );
}

function bare(id: string, name: string, ...version: string[]): RealClient {
  const source: Source = { from: 'machine', program: id, version };
  return client(nodeAgent, { id, name, source, sdk: id, bases: openai, tool: 'bash' });
}

const curl = bare('curl', 'curl', '--version');
const goAsIs = bare('go', 'Go net/http', 'version');

const go: RealClient = {
  ...goAsIs,
  launch(place) {
    const program = join(place.home, 'agent');
    const launch = goAsIs.launch(place);
    return {
      ...launch,
      before: ['go', 'build', '-o', program, here('go-agent/main.go')],
      // Without a cache Go compiles its library each time.
      env: { ...launch.env, AGENT_PROGRAM: program, GOCACHE: join(clientsFolder(), 'go-build') },
    };
  },
};

export const sdkClients: readonly RealClient[] = [
  ...clients(inProject, nodeAgent, (name) => ({ from: 'project', package: name })),
  ...clients(fromNpm, nodeAgent, (name) => ({ from: 'npm', packages: [name] })),
  ...clients(fromPypi, ['python3', here('sdk-agent.py')], (name) => ({ from: 'pypi', packages: [name] })),
  curl,
  go,
];
