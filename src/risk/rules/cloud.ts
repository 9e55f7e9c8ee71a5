// Rules about accounts, clusters and machines in the cloud.

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
    programs: ['aws', 'az', 'gcloud', 'kubectl', 'oc', 'vault', 'gsutil', 'k'],
    command: ({ name, args }) => {
      const words = operands(args, cloudValued);
      const line = words.join(' ');
      switch (name) {
        case 'aws':
          return (
            /^(?:iam|organizations|sso-admin|identitystore) (?:create|attach|put|add|update|delete|detach|remove|set|upload|deactivate|enable)/.test(
              line,
            ) ||
            /\b(?:put-bucket-(?:policy|acl)|put-public-access-block|delete-public-access-block|authorize-security-group-(?:ingress|egress)|put-key-policy|create-grant|add-permission|put-role-policy|put-resource-policy|modify-db-instance.*publicly-accessible)\b/.test(
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
          return /:(?:destroy|reset|remove|delete)$/.test(first) || first === 'pg:reset';
        case 'wrangler':
          return /^(?:deploy|delete|publish|rollback)$/.test(first) || words.includes('delete');
        case 'firebase':
          return first === 'deploy' || /:delete$/.test(first) || first === 'projects:delete';
        case 'supabase':
          return (first === 'db' && second === 'push') || (first === 'projects' && second === 'delete');
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
  {
    id: 'remote-delete',
    category: 'destructive',
    severity: 'high',
    then: 'ask',
    reason: 'Deletes something in another service: a repository, a database, an account.',
    when: everywhere,
    signs: ['remote-delete'],
    examples: [
      { kind: 'tool-call', name: 'mcp__github__delete_repository', input: { owner: 'o', repo: 'r' } },
      { kind: 'tool-call', name: 'dropDatabase', input: { name: 'shop' } },
    ],
    counterExamples: [
      { kind: 'tool-call', name: 'delete_file', input: { path: 'a.txt' } },
      { kind: 'tool-call', name: 'mcp__github__get_repository', input: { owner: 'o', repo: 'r' } },
      { kind: 'tool-call', name: 'delete_memory', input: { id: 3 } },
    ],
  },
  {
    id: 'cloud-delete',
    category: 'destructive',
    severity: 'high',
    then: 'ask',
    reason: 'Deletes or stops resources in a cloud account.',
    when: everywhere,
    signs: ['cloud-delete'],
    programs: [
      'aws',
      'az',
      'gcloud',
      'gsutil',
      's3cmd',
      's5cmd',
      'bq',
      'doctl',
      'linode-cli',
      'hcloud',
      'oci',
      'ibmcloud',
      'rclone',
      'mc',
      'eksctl',
    ],
    command: ({ name, args }) => {
      const words = operands(args, cloudValued);
      if (args.includes('--dryrun') || args.includes('--dry-run')) return false;
      if (args.some((arg) => /^(?:--endpoint-url=)?https?:\/\/(?:localhost|127\.|localstack|minio)/.test(arg)))
        return false;
      if (name === 'aws' || name === 'awslocal') {
        const [service = '', verb = '', third = ''] = words;
        if (service === 's3') return verb === 'rm' || verb === 'rb' || (verb === 'sync' && args.includes('--delete'));
        return (
          /^(?:delete|terminate|stop|deregister|purge|disable|remove|release|revoke|cancel|schedule-key-deletion|batch-delete|reset|reboot|restore)(?:-|$)/.test(
            verb,
          ) || third === 'delete'
        );
      }
      if (name === 'rclone')
        return (
          /^(?:delete|purge|deletefile|rmdirs|sync)$/.test(words[0] ?? '') &&
          words.some((word) => /^[\w-]+:/.test(word))
        );
      if (name === 'bq') return words[0] === 'rm';
      if (name === 'gsutil' || name === 's3cmd' || name === 's5cmd' || name === 'mc')
        return words.some((word) => /^(?:rm|rb|del|mb)$/.test(word) && word !== 'mb');
      return words.some((word) =>
        /^(?:delete|rm|remove|destroy|terminate|purge|deallocate|stop|reset|disable|bulk-delete|undeploy)$/.test(word),
      );
    },
    examples: [
      'aws s3 rm s3://bucket --recursive',
      'aws ec2 terminate-instances --instance-ids i-1',
      'gcloud compute instances delete web',
      'az group delete -n rg',
      'gsutil -m rm -r gs://bucket',
      'aws rds delete-db-instance --db-instance-identifier x',
    ],
    counterExamples: [
      'aws s3 ls',
      'aws ec2 describe-instances',
      'gcloud compute instances list',
      'az group list',
      'gsutil ls gs://bucket',
    ],
  },
];

const cloudValued = new Set([
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
