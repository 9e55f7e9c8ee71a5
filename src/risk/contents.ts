// What is written into files that run, or are obeyed, by themselves: hooks, install scripts, package sources, settings.

import { add, type Facts, type Place } from './facts.ts';
import { hostOf, isDropHost, isRegistry, isSourceHost } from './hosts.ts';
import { isOwnMachine } from './scene.ts';

/** Files that a tool starts by itself: at a commit, an install, a build, when a folder is opened. */
const runsByItself =
  /(?:^|\/)(?:\.husky\/[^/]+|\.?githooks\/[^/]+|\.git\/hooks\/[^/]+|lefthook\.ya?ml|\.pre-commit-config\.yaml|setup\.py|conftest\.py|sitecustomize\.py|noxfile\.py|tasks\.py|fabfile\.py|package\.json|binding\.gyp|build\.rs|Makefile|GNUmakefile|[\w.-]+\.mk|justfile|Taskfile\.ya?ml|Rakefile|Gemfile|extconf\.rb|CMakeLists\.txt|build\.gradle(?:\.kts)?|pom\.xml|Gruntfile\.js|gulpfile\.[cm]?[jt]s|(?:vite|webpack|rollup|jest|vitest|eslint|next|nuxt|tailwind|postcss|babel|metro|karma)\.config\.[cm]?[jt]s|\.eslintrc\.c?js|\.mocharc\.c?js|\.envrc|\.devcontainer\/[^/]+|devcontainer\.json|\.vscode\/(?:tasks|launch|settings)\.json|\.idea\/.*\.xml|\.gitlab-ci\.yml|\.github\/(?:workflows|actions)\/.*\.ya?ml|\.circleci\/config\.yml|azure-pipelines\.yml|bitbucket-pipelines\.yml|\.drone\.yml|\.travis\.yml|Jenkinsfile|\.buildkite\/.*|Vagrantfile|Procfile|\.gitattributes|\.yarnrc\.yml|\.pnpmfile\.cjs|bunfig\.toml|\.bazelrc|tox\.ini|pyproject\.toml|\.nvmrc|\.npmrc|cloud-init\S*|user-data|entrypoint\S*|.*\.service)$/;
/** Files that say where packages come from. */
const sources =
  /(?:^|\/)(?:\.npmrc|\.yarnrc(?:\.yml)?|bunfig\.toml|pip\.conf|pip\.ini|\.pypirc|uv\.toml|\.cargo\/config(?:\.toml)?|\.gemrc|\.bundle\/config|\.condarc|nuget\.config|settings\.xml|init\.gradle|\.terraformrc|\.docker\/daemon\.json|daemon\.json|requirements[\w.-]*\.txt)$/i;
const settings = /(?:^|\/)(?:\.vscode|\.code-workspace|\.zed|\.idea)\/[^/]+$|\.code-workspace$/;

const runsFetched =
  /(?:curl|wget|fetch|iwr|irm|lynx|nc)\b[^\n]{0,300}?\|\s*(?:sudo\s+)?(?:\/\S*\/)?(?:ba|z|da)?sh\b|(?:ba|z|da)?sh\s+(?:-c\s+)?["']?(?:<\(|\$\()\s*(?:curl|wget)|(?:eval|source|\.)\s+["']?[$<]\(\s*(?:curl|wget)|\|\s*(?:iex|python3?|node|perl|ruby)\b(?!\s+-[cem])/;
const decodes =
  /base64\s+(?:-d|-D|--decode)[^\n]{0,80}\|\s*(?:ba|z|da)?sh\b|exec\([^\n]{0,60}b64decode|eval\([^\n]{0,60}(?:atob|base64)/;
const handsOver = /\/dev\/tcp\/|\bnc\b[^\n]{0,60}\s-e\b|bash -i >&/;
const sends =
  /(?:curl|wget|https?|requests?\.(?:post|put)|fetch|Invoke-(?:RestMethod|WebRequest)|axios\.post|urlopen)\b[^\n]{0,400}(?:\$\{\{\s*(?:secrets\.|toJSON\(\s*secrets)|process\.env\b(?!\.)|os\.environ\b(?!\[|\.get)|\$\((?:env|printenv|cat\s)|@-|-T\s|--upload-file|\.ssh\/|\.aws\/|\.env\b|id_rsa|\.npmrc)/;
const dumpsSecrets = /toJSON\(\s*secrets\s*\)|\$\{\{\s*secrets\.\w+\s*\}\}[^\n]{0,60}\|\s*(?:base64|rev|xxd|sed|tr)\b/;
const address = /https?:\/\/([^\s"'`/:<>|)]+)/g;

/** Whether a text names a host that nobody has a reason to run code from. */
function namesStranger(text: string): boolean {
  for (const [, name = ''] of text.matchAll(address)) {
    const host = hostOf(name);
    if (
      host !== null &&
      !isOwnMachine(host) &&
      (isDropHost(host) || (!isSourceHost(host) && !isRegistry(host) && !usual.test(host)))
    )
      return true;
  }
  return false;
}

/** Where well-known installers come from. */
const usual =
  /(?:^|\.)(?:raw\.githubusercontent\.com|githubusercontent\.com|sh\.rustup\.rs|rustup\.rs|astral\.sh|get\.docker\.com|nodesource\.com|bun\.sh|deno\.(?:land|com)|get\.pnpm\.io|install\.python-poetry\.org|python-poetry\.org|get\.helm\.sh|k3s\.io|get\.sdkman\.io|cli\.github\.com|codecov\.io|sonarsource\.com|apt\.releases\.hashicorp\.com|hashicorp\.com|starship\.rs|nixos\.org|golangci-lint\.run|goreleaser\.com|taskfile\.dev|just\.systems|mise\.run|mise\.jdx\.dev|volta\.sh|fly\.io|supabase\.com|coveralls\.io|pkgs\.k8s\.io|dl\.k8s\.io|go\.dev|python\.org|nodejs\.org)$/;

/** Judges what is written into such a file: its beginning, where it is large. */
export function noteContents(path: string, text: string | null, facts: Facts, place: Place): void {
  if (text === null) return;
  const written = text.slice(0, 65_536);
  if (/(?:^|\/)package\.json$/.test(path) && /"(?:pre|post)?install"\s*:/.test(written))
    facts.signs.set('install-script', place);
  if (sources.test(path)) noteSource(written, facts, place);
  if (
    settings.test(path) &&
    /autoApprove|allowAutomaticTasks|"chat\.tools|trust\.enabled|automationProfile|shellArgs|"terminal\.integrated\.env|"runOn"\s*:\s*"folderOpen"|interpreterPath"?\s*:\s*"\/tmp/.test(
      written,
    )
  )
    facts.signs.set('planted', place);
  if (
    /devcontainer\.json$/.test(path) &&
    /"initializeCommand"|docker\.sock|localEnv:HOME\}?(?:,|\/\.(?:ssh|aws|gnupg)|"|\/?,)|--privileged/.test(written)
  )
    facts.signs.set('planted', place);
  if (!runsByItself.test(path)) return;
  if (/\.gitattributes$/.test(path) && /filter=(?!lfs)/.test(written)) facts.signs.set('planted', place);
  if (
    handsOver.test(written) ||
    decodes.test(written) ||
    dumpsSecrets.test(written) ||
    ((runsFetched.test(written) || sends.test(written)) && namesStranger(written))
  )
    facts.signs.set('planted', place);
}

const sourceLine =
  /(?:registry|index-url|extra-index-url|index|npmRegistryServer|mirror|source|url|channels?|proxy|find-links|-i|value)["']?\s*[:=\s]\s*["']?(?:sparse\+)?https?:\/\/(?:[^\s"'@/]*@)?([^\s"'/:]+)/gi;

function noteSource(written: string, facts: Facts, place: Place): void {
  for (const [, name = ''] of written.matchAll(sourceLine)) {
    const host = hostOf(name);
    if (host !== null && !isRegistry(host) && !isSourceHost(host))
      add(facts.hosts, { host, address: name, bytes: 0, sends: 'nothing', how: 'packages', elsewhere: false, place });
  }
}
