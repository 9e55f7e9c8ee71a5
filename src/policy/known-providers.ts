// The model providers Scrim knows: whose TLS is opened when the policy does not say, and where the gateway's paths lead.

/**
 * Hosts opened by default. Not here, because their bodies cannot be masked yet or must not be opened: Cursor, Windsurf and
 * JetBrains (binary protocols), telemetry and sign-in hosts.
 */
export const knownHosts: readonly string[] = [
  // Anthropic
  'api.anthropic.com',
  // OpenAI, and Codex with a ChatGPT login
  'api.openai.com',
  '*.api.openai.com',
  'chatgpt.com',
  // Google: Gemini, Vertex (global, regional, multi-regional), Gemini CLI with a Google login
  'generativelanguage.googleapis.com',
  'aiplatform.googleapis.com',
  '*-aiplatform.googleapis.com',
  'aiplatform.*.rep.googleapis.com',
  'cloudcode-pa.googleapis.com',
  // Azure OpenAI and Foundry
  '*.openai.azure.com',
  '*.services.ai.azure.com',
  '*.cognitiveservices.azure.com',
  '*.models.ai.azure.com',
  // Amazon Bedrock's OpenAI-compatible endpoint. bedrock-runtime streams in a binary framing that is not read yet: its hosts
  // are tunnelled until it is, rather than refused.
  'bedrock-mantle.*.api.aws',
  // GitHub Copilot, all plans, and its code completion
  'api.githubcopilot.com',
  'api.*.githubcopilot.com',
  'proxy.*.githubcopilot.com',
  'copilot-proxy.githubusercontent.com',
  'copilot-api.*.ghe.com',
  // OpenAI-compatible and others
  'api.mistral.ai',
  'codestral.mistral.ai',
  'api.cohere.com',
  'api.cohere.ai',
  'api.groq.com',
  'api.deepseek.com',
  'api.x.ai',
  '*.api.x.ai',
  'api.together.xyz',
  'api.together.ai',
  'api.fireworks.ai',
  'openrouter.ai',
  'api.perplexity.ai',
  'api.cerebras.ai',
  'api.sambanova.ai',
  'api.moonshot.ai',
  'api.z.ai',
  'dashscope.aliyuncs.com',
  'dashscope-intl.aliyuncs.com',
  'router.huggingface.co',
  'models.github.ai',
  'integrate.api.nvidia.com',
  'opencode.ai',
  'api.cline.bot',
  // Ollama: cloud, and on this machine (plain HTTP)
  'ollama.com',
  'localhost:11434',
  '127.0.0.1:11434',
  '[::1]:11434',
];

/**
 * What the first authority may vouch for; every known host lies below one of these (loopback is added by the authority).
 * A provider's own domain is listed whole, a cloud's shared domain as narrowly as its host names allow:
 * `*-aiplatform.googleapis.com` allows no narrower subtree.
 */
export const knownDomains: readonly string[] = [
  'anthropic.com',
  'openai.com',
  'chatgpt.com',
  'googleapis.com',
  'openai.azure.com',
  'services.ai.azure.com',
  'cognitiveservices.azure.com',
  'models.ai.azure.com',
  'api.aws',
  'githubcopilot.com',
  'copilot-proxy.githubusercontent.com',
  'ghe.com',
  'mistral.ai',
  'cohere.com',
  'cohere.ai',
  'groq.com',
  'deepseek.com',
  'x.ai',
  'together.xyz',
  'together.ai',
  'fireworks.ai',
  'openrouter.ai',
  'perplexity.ai',
  'cerebras.ai',
  'sambanova.ai',
  'moonshot.ai',
  'z.ai',
  'dashscope.aliyuncs.com',
  'dashscope-intl.aliyuncs.com',
  'router.huggingface.co',
  'models.github.ai',
  'integrate.api.nvidia.com',
  'opencode.ai',
  'cline.bot',
  'ollama.com',
];

export type Dialect = 'openai' | 'anthropic' | 'gemini' | 'ollama' | 'generic';

export interface Provider {
  /** Without trailing slash; the rest of the gateway's path is appended: `/openai/v1/models` → `https://api.openai.com/v1/models`. */
  readonly baseUrl: string;
  /** Null: told from the path and the body. */
  readonly dialect: Dialect | null;
}

/** Reached through the gateway without a word in the policy. */
export const knownProviders: Readonly<Record<string, Provider>> = {
  openai: { baseUrl: 'https://api.openai.com', dialect: 'openai' },
  anthropic: { baseUrl: 'https://api.anthropic.com', dialect: 'anthropic' },
  gemini: { baseUrl: 'https://generativelanguage.googleapis.com', dialect: 'gemini' },
  ollama: { baseUrl: 'http://127.0.0.1:11434', dialect: 'ollama' },
  mistral: { baseUrl: 'https://api.mistral.ai', dialect: 'openai' },
  codestral: { baseUrl: 'https://codestral.mistral.ai', dialect: 'openai' },
  cohere: { baseUrl: 'https://api.cohere.com', dialect: null },
  groq: { baseUrl: 'https://api.groq.com', dialect: 'openai' },
  deepseek: { baseUrl: 'https://api.deepseek.com', dialect: 'openai' },
  xai: { baseUrl: 'https://api.x.ai', dialect: 'openai' },
  together: { baseUrl: 'https://api.together.xyz', dialect: 'openai' },
  fireworks: { baseUrl: 'https://api.fireworks.ai', dialect: 'openai' },
  openrouter: { baseUrl: 'https://openrouter.ai', dialect: 'openai' },
  perplexity: { baseUrl: 'https://api.perplexity.ai', dialect: 'openai' },
};
