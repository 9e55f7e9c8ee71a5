// Texts for the benches, made at run time so that nothing token-shaped lies in the repository: answers as assistants
// write them, with made-up secrets, and clean texts full of what looks like a secret and is none.
import { catalogue } from '../../src/masking/rules/catalogue.ts';
import { sketchExample } from '../../src/masking/sketch.ts';
import { numbers } from '../masking/fixtures.ts';

export interface LabelledText {
  readonly id: string;
  readonly text: string;
  readonly secrets: readonly { readonly start: number; readonly end: number; readonly kind: string }[] | null;
}

const tokens = catalogue.filter((rule) => rule.compiled !== undefined);

/** Where assistants put a token; § is the token. */
const places = [
  'Sure! Here is your `.env`:\n\n```bash\nNAME_TOKEN=§\nDEBUG=true\n```\n\nRemember not to commit it.',
  'The request failed because the key § was revoked.',
  '```python\nclient = Client(api_key="§")\nprint(client.models())\n```',
  "```ts\nconst client = new Client({ token: '§' });\n```",
  'curl -H "Authorization: Bearer §" https://api.internal/v1/items',
  '```json\n{"name": "ci", "token": "§", "active": true}\n```',
  '```yaml\nsecrets:\n  deploy_token: §\n  region: eu-west-1\n```',
  'I found a hard-coded credential in `config.js` on line 14:\n\n> key = "§"\n\nRotate it.',
  'export SERVICE_KEY=§ && npm run deploy',
  '| name | value |\n|---|---|\n| token | §|\n',
  'git clone https://bot:§@git.internal/app.git',
  'log: 2024-05-01T10:00:00Z INFO using token=§ for user 42',
];

const passwords = [
  'postgres://app:§@db.internal:5432/main',
  'password: "§"',
  "DB_PASSWORD='§'",
  'spring.datasource.password=§',
  '$config["db"]["password"] = "§";',
  'mysql -u root --password §',
  'The admin password is `§`, change it after the first login.',
  'redis://:§@cache.internal:6379/0',
];

function chosenPassword(random: (below: number) => number): string {
  const shapes = ['~L5~d3!', '~A12', '~l6~d4', '~L4_~A6#', '~A16', '~l3-~d2-~L5'];
  return sketchExample(shapes[random(shapes.length)] ?? '~A12', random(50));
}

/** Answers of an assistant with one labelled secret each. */
export function answers(count: number): LabelledText[] {
  const random = numbers(7);
  return Array.from({ length: count }, (_, index) => {
    const vendor = random(4) > 0;
    const rule = tokens[random(tokens.length)];
    const sketch = rule?.examples[random(rule.examples.length)] ?? '';
    const secret = vendor ? sketchExample(sketch, random(50)) : chosenPassword(random);
    const frames = vendor ? places : passwords;
    const [before = '', after = ''] = (frames[random(frames.length)] ?? '§').split('§');
    const start = before.length;
    return {
      id: `answer-${index}`,
      text: before + secret + after,
      secrets: [{ start, end: start + secret.length, kind: vendor ? (rule?.id ?? '') : 'password' }],
    };
  });
}

/** Lines that look like secrets; ~-sketches are filled in. */
const lookAlikes = [
  '"integrity": "sha512-~b86==",',
  '"resolved": "https://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz#~h40",',
  'commit ~h40\nAuthor: Dev <dev@example.com>\n\n    Fix the build',
  'sha256:~h64  ./dist/app.tar.gz',
  'id: ~h8-~h4-4~h3-a~h3-~h12',
  '{"request_id":"req_~A24","trace":"~h32","span":"~h16"}',
  'background: url(data:image/png;base64,iVBORw0KGgo~b60==)',
  '//# sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9u~b90',
  'ssh-rsa AAAAB3NzaC1yc2E~b60 dev@laptop',
  '-----BEGIN PUBLIC KEY-----\n~b64\n~b64\n-----END PUBLIC KEY-----',
  '-----BEGIN CERTIFICATE-----\n~b64\n~b64\n-----END CERTIFICATE-----',
  'api_key = os.environ["API_KEY"]',
  "const token = process.env.GITHUB_TOKEN ?? '';",
  'password = getpass.getpass("Password: ")',
  'password: "your-password-here"',
  'API_KEY=your_api_key_here',
  'token: ${{ secrets.GITHUB_TOKEN }}',
  'Authorization: Bearer <YOUR_TOKEN>',
  'Authorization: Bearer $TOKEN',
  'const [password, setPassword] = useState("");',
  '<input type="password" name="password" placeholder="Enter your password" />',
  'def verify_token(token: str) -> bool:\n    return token == expected_token',
  'if (req.headers["x-api-key"] !== config.apiKey) return res.status(401).end();',
  'SECRET_KEY: changeme',
  'secretKeyRef:\n  name: app-secrets\n  key: database-password',
  'image: registry.internal/app@sha256:~h64',
  'max_tokens: 4096, total_tokens: 15230, prompt_tokens: 1200',
  'keyboard_shortcut = "Ctrl+Shift+P"',
  'passwordHash := bcrypt.GenerateFromPassword([]byte(password), 12)',
  'token_type: bearer, expires_in: 3600, scope: read:user',
  'class TokenBucketRateLimiter: refill_rate = 100',
  'arn:aws:iam::123456789012:role/service-role/app',
  'const PUBLIC_KEY_PATH = "/etc/keys/public.pem";',
  'css-~a8 _~a6 sc-~a6-0 MuiButton-root~d3',
  'ETag: "~h32"\nLast-Modified: Tue, 05 Nov 2024 10:00:00 GMT',
  'go.sum: github.com/pkg/errors v0.9.1 h1:~b43=',
  'version = "1.2.3-rc.4+build.~d8"',
  'https://example.com/path?page=2&sort=name&key=price',
  'Basic authentication is required; use Bearer tokens instead.',
  'password = "********"',
  'password=xxxxxxxxxxxx',
  'AWS_SECRET_ACCESS_KEY=<your-secret-key>',
  'primary_key: user_account_id, foreign_key: organization_id',
  'private static final String TOKEN_HEADER = "X-Auth-Token";',
  'secret: "my-secret"',
  "localStorage.getItem('access_token')",
  'credentials: "include"',
  'nonce="${nonce}" integrity="sha384-~b64"',
  'ISBN 978-3-16-148410-0, tracking 1Z999AA10123456784',
  'Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.',
];

export function cleanTexts(count: number): LabelledText[] {
  const random = numbers(11);
  return Array.from({ length: count }, (_, index) => {
    const sketch = lookAlikes[index % lookAlikes.length] ?? '';
    return { id: `clean-${index % lookAlikes.length}-${index}`, text: sketchExample(sketch, random(97)), secrets: [] };
  });
}

const prose =
  'To fix the failing build, first update the lock file and run the tests again. The error comes from a missing type in the parser, ' +
  'which was introduced when the module moved. You can either restore the old import or add an alias; I would do the second, because ' +
  'it keeps the public interface stable. After that, the continuous integration job should pass. Let me know if it does not!\n\n';
const code =
  'export async function load(path: string, options: LoadOptions = {}): Promise<Config> {\n' +
  '  const source = await readFile(path, "utf8");\n  const { data, errors } = parse(source, { strict: options.strict ?? true });\n' +
  '  if (errors.length > 0) throw new ConfigError(path, errors.map((error) => error.message).join("\\n"));\n' +
  '  return { ...defaults, ...data, loadedAt: clock.now() };\n}\n\n' +
  'for i in range(10):\n    total += items[i].price * (1 - discount)\n    print(f"{i:>3} {items[i].name:<20} {total:8.2f}")\n\n' +
  '| column | type | note |\n|---|---|---|\n| id | uuid | generated |\n| created_at | timestamptz | default now() |\n\n' +
  '```bash\nnpm ci && npm run build -- --mode production\ndocker compose up -d --build web worker\n```\n';

/** Ordinary text for speed and hold-back: prose and code in turn, with numbers that differ. */
export function ordinaryText(length: number): string {
  const random = numbers(5);
  let text = '';
  while (text.length < length) text += (random(2) === 0 ? prose : code).replace(/\d/gu, () => String(random(10)));
  return text.slice(0, length);
}
