// Rules about rights: of files, of users, of accounts in the cloud.

import { hasFlag, operands } from '../arguments.ts';
import { inHome, kindOf, resolvePath } from '../paths.ts';
import { everywhere, type Rule } from '../rule.ts';

/** `777`, `a+w`, `u+s`: everyone may write, or whoever runs it becomes its owner. */
function opens(mode: string): boolean {
  if (/^[0-7]{3,4}$/.test(mode)) {
    const digits = mode.padStart(4, '0');
    return Number(digits[0]) >= 4 || ((Number(digits[3]) & 2) !== 0 && digits[0] !== '1');
  }
  return (
    mode
      .split(',')
      .some(
        (part) => /^[ugoa]*(?:[ao]|^)[ugoa]*[+=][rxX]*w/.test(part) && !/^[ug]+[+=]/.test(part) && !/^[+=]/.test(part),
      ) || /(?:^|,)[ugoa]*[+=][rwxX]*s/.test(mode)
  );
}

export const privilegeRules: readonly Rule[] = [
  {
    id: 'open-permissions',
    category: 'privilege',
    severity: 'medium',
    then: 'ask',
    reason: 'Lets everyone write to files, or lets a program run with the rights of its owner.',
    when: everywhere,
    programs: ['chmod', 'icacls', 'setcap', 'setfacl'],
    command: ({ name, args, elsewhere }) => {
      if (elsewhere) return false;
      if (name === 'setcap') return args.some((arg) => /cap_|=ep|\+ep/.test(arg));
      if (name === 'icacls') return /\b(?:everyone|\*s-1-1-0|users):.*f\)?/i.test(args.join(' '));
      if (name === 'setfacl')
        return args.some((arg) => /(?:^|,)(?:o|other)?::?r?w/.test(arg) && /o(?:ther)?:/.test(arg));
      return opens(args.find((arg) => !/^-(?:[Rfvch]+|-)/.test(arg)) ?? '');
    },
    examples: [
      'chmod 777 /var/www',
      'chmod -R 777 .',
      'chmod a+w secrets.txt',
      'chmod u+s ./tool',
      'chmod 4755 /usr/local/bin/x',
      'sudo setcap cap_net_raw+ep ./x',
    ],
    counterExamples: [
      'chmod +x script.sh',
      'chmod 755 bin/x',
      'chmod 600 key',
      'chmod u+w file',
      'chmod -R u+rwX .',
      'chmod go-w dir',
    ],
  },
  {
    id: 'change-owner',
    category: 'privilege',
    severity: 'medium',
    then: 'ask',
    reason: 'Gives files outside of the project to another user.',
    when: everywhere,
    programs: ['chown', 'chgrp', 'takeown'],
    command: ({ name, args, folder, elsewhere }, scene) => {
      if (elsewhere) return false;
      if (name === 'takeown') return true;
      const [owner = '', ...paths] = operands(args, new Set(['--from', '--reference']));
      if (/^(?:root|0)(?::|$)/.test(owner)) return true;
      return paths.some(
        (path) =>
          ['outside', 'system', 'device'].includes(kindOf(resolvePath(path, folder, scene.home), scene)) &&
          !inHome(resolvePath(path, folder, scene.home), scene.home).startsWith('~/.'),
      );
    },
    examples: ['sudo chown -R me /usr/local', 'chown root:root ./tool', 'sudo chown me /etc/passwd'],
    counterExamples: ['sudo chown -R $USER:$USER .', 'chown -R node:node node_modules', 'chown 1000:1000 /tmp/x'],
  },
  {
    id: 'root-shell',
    category: 'privilege',
    severity: 'high',
    then: 'ask',
    reason: 'Opens a shell with the rights of the administrator.',
    when: everywhere,
    programs: ['sudo', 'doas', 'su', 'pkexec', 'nsenter', 'docker', 'podman', 'chroot', 'run0'],
    command: ({ name, args, elsewhere }) => {
      if (elsewhere) return false;
      const words = operands(args, new Set(['-u', '-g', '-U', '-C', '-p', '-h', '-t', '--user']));
      if (name === 'su')
        return (
          words.filter((word) => word !== '-').every((word) => word === 'root') &&
          !args.some((arg) => /^-\w*c$|^--command/.test(arg))
        );
      if (name === 'nsenter') return args.some((arg) => arg === '1' || /^(?:-t1|--target=1)$/.test(arg));
      if (name === 'chroot') return args[0] !== undefined && /^\/(?:host|mnt)/.test(args[0]);
      if (name === 'docker' || name === 'podman')
        return (
          args.includes('run') &&
          (args.includes('--privileged') ||
            args.some(
              (arg, i) =>
                /^(?:-v|--volume)=?/.test(args[i - 1] ?? '') && /^\/(?:etc|root|var\/run\/docker\.sock)?:/.test(arg),
            ) ||
            args.some(
              (arg) => /^(?:-v|--volume=)?\/:\//.test(arg) || /docker\.sock:|^--pid=host|src(?:ource)?=\/,/.test(arg),
            ))
        );
      if (words.length === 0) return hasFlag(args, 'i', 's', '--login', '--shell');
      return /^(?:su|bash|sh|zsh|fish|dash|ksh|visudo)$/.test(words[0] ?? '') && words.length === 1;
    },
    examples: [
      'sudo -i',
      'sudo su',
      'sudo bash',
      'su -',
      'docker run --privileged -it alpine',
      'docker run -v /:/host alpine chroot /host',
      'docker run -v /var/run/docker.sock:/var/run/docker.sock x',
    ],
    counterExamples: [
      'sudo apt-get install -y jq',
      'sudo -u postgres psql',
      'docker run --rm alpine ls',
      'su -c "ls" bob',
      'sudo bash install.sh',
    ],
  },
  {
    id: 'user-accounts',
    category: 'privilege',
    severity: 'high',
    then: 'ask',
    reason: 'Creates or changes users, passwords or groups of this machine.',
    when: everywhere,
    programs: [
      'useradd',
      'adduser',
      'usermod',
      'userdel',
      'deluser',
      'groupadd',
      'groupmod',
      'gpasswd',
      'passwd',
      'chpasswd',
      'visudo',
      'vipw',
      'chsh',
      'dscl',
      'sysadminctl',
      'net',
      'new-localuser',
      'add-localgroupmember',
      'dseditgroup',
      'addgroup',
    ],
    command: ({ name, args, elsewhere }) => {
      if (elsewhere) return false;
      if (name === 'net')
        return (
          /^(?:user|localgroup|group)$/i.test(args[0] ?? '') &&
          args.some((arg) => /^\/(?:add|delete|active)/i.test(arg))
        );
      if (name === 'passwd') return !hasFlag(args, 'S', '--status');
      if (name === 'dscl') return args.some((arg) => /^-?(?:create|append|passwd|delete|merge)$/.test(arg));
      if (name === 'visudo') return !hasFlag(args, 'c');
      if (name === 'dseditgroup' || name === 'sysadminctl') return args.length > 0;
      return true;
    },
    examples: ['sudo useradd -m bob', 'usermod -aG sudo me', 'echo "root:x" | chpasswd', 'net user bob pw /add'],
    counterExamples: ['id', 'groups', 'whoami', 'net use', 'docker exec web adduser app'],
  },
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
    id: 'cloud-delete',
    category: 'destructive',
    severity: 'high',
    then: 'ask',
    reason: 'Deletes or stops resources in a cloud account.',
    when: everywhere,
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
      if (name === 'aws') {
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
