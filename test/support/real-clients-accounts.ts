// What clients with a login ask besides the model: who the account is and which models it may use. Shapes as the clients
// accept them, values made up.

import type { OwnAnswer, ReceivedRequest } from './playback.ts';

/** Hosts of logins: GitHub's are tunnelled by Scrim, except for Copilot's own. */
export const accountHosts = ['api.github.com', 'api.individual.githubcopilot.com', 'chatgpt.com'];

const githubUser = {
  login: 'somebody',
  access_type_sku: 'copilot_individual',
  copilot_plan: 'individual',
  chat_enabled: true,
  organization_login_list: [],
  organization_list: [],
  endpoints: { api: 'https://api.individual.githubcopilot.com' },
  quota_snapshots: {},
};

function copilotModel(id: string, vendor: string, endpoint: string) {
  return {
    ...{ id, name: id, vendor, version: id, object: 'model', preview: false },
    ...{ model_picker_enabled: true, model_picker_category: 'versatile' },
    policy: { state: 'enabled', terms: '' },
    billing: { is_premium: false, multiplier: 1 },
    supported_endpoints: [endpoint],
    capabilities: {
      ...{ family: id, object: 'model_capabilities', type: 'chat', tokenizer: 'o200k_base' },
      limits: { max_context_window_tokens: 128_000, max_output_tokens: 16_384, max_prompt_tokens: 128_000 },
      supports: { streaming: true, tool_calls: true, parallel_tool_calls: true, vision: false },
    },
  };
}

const chatgptAccounts = {
  accounts: [
    {
      id: 'acct_made_up',
      account_user_id: 'user_made_up__acct_made_up',
      structure: 'personal',
      plan_type: 'pro',
      workspace_backend_origin: 'https://chatgpt.com',
      account_routing_override: 'us',
      is_deactivated: false,
      can_access_with_session: true,
      is_fedramp_compliant_workspace: false,
      role: 'account-owner',
    },
  ],
  default_account_id: 'acct_made_up',
  account_ordering: ['acct_made_up'],
};

const answers: readonly (readonly [path: string, answer: unknown])[] = [
  ['api.github.com/copilot_internal/user', githubUser],
  [
    'api.individual.githubcopilot.com/models',
    {
      object: 'list',
      data: [
        copilotModel('gpt-5', 'OpenAI', '/responses'),
        copilotModel('claude-sonnet-4.5', 'Anthropic', '/v1/messages'),
      ],
    },
  ],
  ['chatgpt.com/backend-api/wham/accounts/check', chatgptAccounts],
];

export function accountAnswer({
  method,
  path,
  headers,
}: Pick<ReceivedRequest, 'method' | 'path' | 'headers'>): OwnAnswer | undefined {
  const host = String(headers['host'] ?? headers[':authority']);
  const found = answers.find(([start]) => method === 'GET' && start === host + path.replace(/\?.*/, ''));
  if (found === undefined) return undefined;
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(found[1]) };
}

/** The login file of Codex with ChatGPT: its tokens are read, but not verified. */
export function chatgptLogin(): { readonly file: string; readonly token: string } {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const expires = Math.floor(Date.now() / 1_000) + 86_400;
  const about = { chatgpt_account_id: 'acct_made_up', chatgpt_user_id: 'user_made_up', chatgpt_plan_type: 'pro' };
  const token = [
    part({ alg: 'none', typ: 'JWT' }),
    part({ email: 'somebody@example.com', exp: expires, 'https://api.openai.com/auth': about }),
    part('unsigned'),
  ].join('.');
  const file = JSON.stringify({
    OPENAI_API_KEY: null,
    tokens: { id_token: token, access_token: token, refresh_token: 'none', account_id: 'acct_made_up' },
    last_refresh: new Date().toISOString(),
  });
  return { file, token };
}
