// Rules about what is deleted in a cloud account or another service.

import { flagValues, operands } from '../arguments.ts';
import { hostOf } from '../hosts.ts';
import { everywhere, type Rule } from '../rule.ts';
import { mayReceive } from '../scene.ts';
import { cloudValued } from './cloud.ts';

/** Programs that speak to a service, whose verbs of loss are alike. */
const services =
  'scw vultr-cli cf eb copilot sst amplify nomad consul vault bao argocd flux rancher kops heroku fly flyctl vercel netlify railway render wrangler supabase firebase neonctl neon turso pscale planetscale convex eas appwrite nhost koyeb northflank upctl exo civo equinix metal packer auth0 okta stripe twilio sendgrid shopify contentful sanity algolia datadog sentry-cli pagerduty kafka-topics kafka-topics.sh kafka-consumer-groups kcat rpk rabbitmqctl rabbitmqadmin nats pulsar-admin virsh vagrant multipass lxc incus qm pct govc esxcli nerdctl ctr crictl harbor glab jira influx curator elasticdump mc b2 restic borg wasabi az-cli temporal tctl airflow dagster prefect mlflow wandb huggingface-cli hf cloudflare cfcli namecheap tsh spacectl env0 terragrunt atlas confluent aiven avn ccloud'.split(
    ' ',
  );
const serviceSet: ReadonlySet<string> = new Set(services);
/** `apps:destroy`, `delete-topic`, `--delete`, `sites:delete`, `config:unset`, … */
const loses =
  /^(?:-{0,2}|[\w:.-]+[:-])(?:delete|destroy|destroy-all|terminate|purge|undefine|wipe|unset|force[_-]reset|reset|rm|rb|remove|drop|decommission|undeploy|uninstall|disable|prune|revoke|forget)(?:-(?!dry)[\w-]+|_\w+|:[\w-]+)?$/;

export const serviceRules: readonly Rule[] = [
  {
    id: 'remote-delete',
    category: 'destructive',
    severity: 'high',
    then: 'ask',
    reason: 'Deletes something in another service: a repository, a database, an account.',
    when: everywhere,
    signs: ['remote-delete'],
    programs: [
      'curl',
      'curlie',
      'http',
      'https',
      'xh',
      'xhs',
      'wget',
      'invoke-restmethod',
      'invoke-webrequest',
      'gh',
      'httpie',
    ],
    command: ({ name, args }, scene) =>
      name !== 'gh' && deletesAt(args).some((url) => !mayReceive(hostOf(url) ?? '', scene)),
    examples: [
      { kind: 'tool-call', name: 'mcp__github__delete_repository', input: { owner: 'o', repo: 'r' } },
      { kind: 'tool-call', name: 'dropDatabase', input: { name: 'shop' } },
      'curl -X DELETE https://api.example.net/v1/users/1',
      'http DELETE https://api.example.net/v1/users/1',
    ],
    counterExamples: [
      { kind: 'tool-call', name: 'delete_file', input: { path: 'a.txt' } },
      { kind: 'tool-call', name: 'mcp__github__get_repository', input: { owner: 'o', repo: 'r' } },
      { kind: 'tool-call', name: 'delete_memory', input: { id: 3 } },
      'curl -X DELETE http://localhost:3000/api/items/1',
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
      ...services,
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
      if (name === 'vagrant') return words[0] === 'destroy';
      // The database of this machine.
      if (name === 'supabase' && words[0] === 'db' && !args.includes('--linked')) return false;
      if (serviceSet.has(name))
        return args.some((arg) => loses.test(arg)) && !/^(?:help|completion)$/.test(words[0] ?? '');
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
      'scw instance server delete x',
      'cf delete app -f',
      'vault kv metadata delete secret/x',
      'kafka-topics --bootstrap-server x --delete --topic t',
      'rabbitmqctl reset',
      'virsh undefine vm',
      'heroku config:unset X -a x',
    ],
    counterExamples: [
      'aws s3 ls',
      'aws ec2 describe-instances',
      'gcloud compute instances list',
      'az group list',
      'gsutil ls gs://bucket',
      'vault status',
      'heroku logs --tail',
      'fly status',
    ],
  },
];

/** The addresses that a request to delete goes to. */
export function deletesAt(args: readonly string[]): string[] {
  const method = [
    ...flagValues(args, '-X', '--request', '--method', '-Method', '-method'),
    ...operands(args).slice(0, 1),
  ];
  return method.some((word) => /^delete$/i.test(word))
    ? operands(
        args,
        new Set([
          '-X',
          '--request',
          '-H',
          '--header',
          '-u',
          '--user',
          '--method',
          '-Method',
          '-o',
          '-d',
          '--data',
          '-w',
          '-m',
        ]),
      )
        .filter((word) => !/^delete$/i.test(word))
        .concat(flagValues(args, '--url', '-Uri', '-uri'))
    : [];
}
