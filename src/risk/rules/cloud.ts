// Rules about accounts, clusters and machines in the cloud.
// Longer than most files: rules, each with its examples.

import { operands } from '../arguments.ts';
import { everywhere, type Rule } from '../rule.ts';

export const cloudRules: readonly Rule[] = [
  {
    id: 'cloud-access',
    category: 'privilege',
    severity: 'high',
    then: 'ask',
    reason: 'Changes who may do what in a cloud account or cluster.',
    when: everywhere,
    programs: [
      'aws',
      'az',
      'gcloud',
      'kubectl',
      'oc',
      'vault',
      'gsutil',
      'k',
      'heroku',
      'vercel',
      'netlify',
      'fly',
      'flyctl',
      'doctl',
      'railway',
      'supabase',
      'oci',
      'npm',
      'gh',
      'glab',
    ],
    command: ({ name, args }) => {
      const words = operands(args, cloudValued);
      const line = words.join(' ');
      switch (name) {
        case 'aws':
          return (
            /^(?:iam|organizations|sso-admin|identitystore) (?:create|attach|put|add|update|delete|detach|remove|set|upload|deactivate|enable)/.test(
              line,
            ) ||
            /\b(?:put-bucket-(?:policy|acl)|put-public-access-block|delete-public-access-block|authorize-security-group-(?:ingress|egress)|put-key-policy|create-grant|add-permission|put-role-policy|put-resource-policy|modify-db-instance.*publicly-accessible|modify-(?:snapshot|image)-attribute|modify-instance-attribute|admin-set-user-password|change-password|put-secret-value|update-function-(?:code|configuration)|create-function-url-config|put-user-policy|stop-logging|delete-trail|update-detector)\b/.test(
              args.join(' '),
            )
          );
        case 'az':
          return /^(?:role (?:assignment|definition) (?:create|delete|update)|ad (?:user|app|sp|group) .*(?:create|delete|reset|add|update)|keyvault set-policy|keyvault delete-policy)/.test(
            line,
          );
        case 'gcloud':
          return /\b(?:add-iam-policy-binding|set-iam-policy|remove-iam-policy-binding|iam (?:roles|service-accounts) (?:create|delete|update|undelete)|service-accounts keys create)\b/.test(
            line,
          );
        case 'gsutil':
          return /^(?:iam (?:ch|set)|acl (?:ch|set)|defacl)/.test(line);
        case 'vault':
          return /^(?:policy write|policy delete|token create|auth enable|auth disable)/.test(line);
        case 'heroku':
        case 'vercel':
        case 'netlify':
        case 'fly':
        case 'flyctl':
        case 'doctl':
        case 'railway':
        case 'supabase':
        case 'npm':
        case 'oci':
        case 'gh':
        case 'glab':
          return /^(?:access:(?:add|update|remove)|members:|keys:add|certs:add|teams? (?:invite|add)|orgs? (?:invite|add|remove)|owner (?:add|rm)|access (?:grant|revoke|set|public)|team (?:add|rm)|ssh issue|ssh-keys? (?:create|import)|compute ssh-key (?:create|import)|iam policy (?:create|update)|iam (?:user|group) |projects? members? add)/.test(
            line,
          );
        default:
          return /^(?:create|apply|edit|patch|delete) .*(?:rolebinding|clusterrole|role\b|serviceaccount)|^create (?:clusterrolebinding|rolebinding|clusterrole|role) |^adm policy|^certificate approve/.test(
            line,
          );
      }
    },
    examples: [
      'aws iam attach-user-policy --user-name x --policy-arn y',
      'gcloud projects add-iam-policy-binding p --member=user:x --role=roles/owner',
      'az role assignment create --assignee x --role Owner',
      'kubectl create clusterrolebinding x --clusterrole=cluster-admin --user=y',
      'aws ec2 authorize-security-group-ingress --group-id sg-1 --cidr 0.0.0.0/0',
    ],
    counterExamples: [
      'aws iam list-users',
      'gcloud projects list',
      'az role assignment list',
      'kubectl get clusterrolebindings',
      'aws sts get-caller-identity',
    ],
  },
  {
    id: 'infrastructure-change',
    category: 'privilege',
    severity: 'high',
    then: 'ask',
    reason: 'Changes or removes running infrastructure.',
    when: everywhere,
    programs: [
      'terraform',
      'tofu',
      'terragrunt',
      'pulumi',
      'cdk',
      'cdktf',
      'sam',
      'serverless',
      'sls',
      'helm',
      'kubectl',
      'oc',
      'k',
      'ansible-playbook',
      'ansible',
      'eksctl',
      'kops',
      'doctl',
      'heroku',
      'fly',
      'flyctl',
      'argocd',
      'flux',
      'nomad',
      'consul',
      'vercel',
      'netlify',
      'railway',
      'wrangler',
      'firebase',
      'supabase',
      'minikube',
      'velero',
    ],
    command: ({ name, args }) => {
      if (args.some((arg) => /^--(?:dry-run(?:=(?:client|server))?|check|help|preview)$/.test(arg))) return false;
      const words = operands(args, cloudValued);
      const [first = '', second = ''] = words;
      switch (name) {
        case 'terraform':
        case 'tofu':
        case 'terragrunt':
          return (
            (/^(?:apply|destroy|taint|untaint|import|force-unlock|apply-all|destroy-all|run-all)$/.test(first) &&
              !(first === 'run-all' && /^(?:plan|validate|init|output)$/.test(second))) ||
            (first === 'state' && /^(?:rm|mv|push|replace-provider)$/.test(second)) ||
            (first === 'workspace' && second === 'delete')
          );
        case 'pulumi':
          return (
            /^(?:up|update|destroy|refresh|cancel)$/.test(first) ||
            (first === 'stack' && second === 'rm') ||
            (first === 'state' && second === 'delete')
          );
        case 'cdk':
        case 'cdktf':
          return /^(?:deploy|destroy)$/.test(first);
        case 'sam':
          return /^(?:deploy|delete|sync)$/.test(first);
        case 'serverless':
        case 'sls':
          return /^(?:deploy|remove)$/.test(first);
        case 'helm':
          return (
            /^(?:uninstall|delete|del|rollback)$/.test(first) ||
            (/^(?:upgrade|install)$/.test(first) && isProduction(args))
          );
        case 'kubectl':
        case 'oc':
        case 'k':
          if (/^(?:delete|drain|cordon|taint|evict)$/.test(first)) return true;
          if (first === 'scale')
            return (
              args.some((arg, i) => arg === '--replicas=0' || (arg === '--replicas' && args[i + 1] === '0')) ||
              isProduction(args)
            );
          if (first === 'rollout') return /^(?:undo|restart)$/.test(second) && isProduction(args);
          return (
            (/^(?:apply|replace|patch|edit|set|create)$/.test(first) && isProduction(args)) ||
            (first === 'replace' && args.includes('--force'))
          );
        case 'ansible-playbook':
          return isProduction(args) && !args.includes('--syntax-check') && !args.includes('--list-tasks');
        case 'ansible':
          return args.includes('-m') && isProduction(args);
        case 'vercel':
          return /^(?:rm|remove)$/.test(first) || args.includes('--prod') || (first === 'env' && second === 'rm');
        case 'netlify':
          return (first === 'deploy' && args.includes('--prod')) || /^sites:delete$/.test(first);
        case 'fly':
        case 'flyctl':
          return (
            /^(?:deploy|destroy)$/.test(first) ||
            (/^(?:apps|volumes|machine|machines|postgres)$/.test(first) && /^(?:destroy|delete)$/.test(second)) ||
            (first === 'secrets' && second === 'unset')
          );
        case 'heroku':
          return /:(?:destroy|reset|remove|delete|unset|restore|promote|rotate|transfer)$/.test(first);
        case 'wrangler':
          return /^(?:deploy|delete|publish|rollback)$/.test(first) || words.includes('delete');
        case 'firebase':
          return first === 'deploy' || /:delete$/.test(first) || first === 'projects:delete';
        case 'supabase':
          return (
            (first === 'secrets' && /^(?:set|unset)$/.test(second)) ||
            (first === 'db' && second === 'push') ||
            (first === 'projects' && second === 'delete')
          );
        case 'railway':
          return /^(?:up|down|delete)$/.test(first);
        case 'minikube':
          return false;
        default:
          return words.some((word) => /^(?:delete|destroy|remove|terminate|purge|uninstall|rollback)$/.test(word));
      }
    },
    examples: [
      'terraform apply -auto-approve',
      'terraform destroy',
      'kubectl delete ns prod',
      'helm uninstall api',
      'pulumi up --yes',
      'cdk deploy',
      'kubectl drain node-1',
      'kubectl --context prod apply -f x.yaml',
      'fly apps destroy x',
    ],
    counterExamples: [
      'terraform plan',
      'terraform init',
      'kubectl get pods',
      'helm template .',
      'kubectl apply -f k8s/ --dry-run=client',
      'pulumi preview',
      'kubectl logs web',
      'kubectl apply -f dev.yaml',
    ],
  },
];

export const cloudValued: ReadonlySet<string> = new Set([
  '-n',
  '--namespace',
  '--context',
  '--kubeconfig',
  '--profile',
  '--region',
  '--project',
  '-p',
  '--zone',
  '-f',
  '--filename',
  '-o',
  '--output',
  '-chdir',
  '--cluster',
  '-C',
  '-a',
  '--app',
  '-i',
  '--inventory',
  '--subscription',
  '-g',
  '--stack',
  '-s',
  '--cwd',
]);

/** Arguments that name production: a context, a namespace, a stage. */
export function isProduction(args: readonly string[]): boolean {
  return args.some((arg) => /(?:^|[-_=./:@])(?:prod|production|prd|live)(?:$|[-_./:@\d])/i.test(arg));
}
