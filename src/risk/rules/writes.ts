// Rules about writes to places that are not the project's.

import { kindOf } from '../paths.ts';
import { everywhere, type Rule } from '../rule.ts';

export const writeRules: readonly Rule[] = [
  {
    id: 'write-system',
    category: 'outside-writes',
    severity: 'high',
    then: 'ask',
    reason: 'Writes to a folder of the system.',
    when: everywhere,
    path: (path, scene) =>
      path.use === 'write' && !path.elsewhere && /^(?:system|device)$/.test(kindOf(path.path, scene)),
    examples: [
      'echo x | sudo tee /etc/hosts',
      'sudo cp tool /usr/local/bin/',
      'sed -i s/a/b/ /etc/fstab',
      'curl -o /usr/bin/x https://example.com',
      { kind: 'tool-call', name: 'write_file', input: { path: '/etc/hosts', content: 'x' } },
    ],
    counterExamples: ['cat /etc/hosts', 'echo x > /tmp/y', 'echo x > /dev/null', 'cp /etc/hosts .', 'ls /usr/bin'],
  },
  {
    id: 'write-outside',
    category: 'outside-writes',
    severity: 'medium',
    then: 'ask',
    reason: 'Writes outside of the project folder.',
    when: everywhere,
    path: (path, scene) =>
      path.use === 'write' &&
      !path.elsewhere &&
      kindOf(path.path, scene) === 'outside' &&
      !/known_hosts$/.test(path.path),
    examples: [
      'echo x > ~/notes.txt',
      'cp a.txt ../other/',
      'mv build /home/me/elsewhere',
      { kind: 'tool-call', name: 'Write', input: { file_path: '/home/me/other/a.txt', content: 'x' } },
      { kind: 'tool-call', name: 'apply_patch', input: '*** Begin Patch\n*** Add File: ../x.txt\n+a\n*** End Patch' },
    ],
    counterExamples: [
      'echo x > notes.txt',
      'cp ~/a.txt .',
      'echo x > /tmp/a',
      { kind: 'tool-call', name: 'Write', input: { file_path: '/home/me/project/a.txt', content: 'x' } },
      'echo x > ~/.cache/x',
    ],
  },
  {
    id: 'secret-write',
    category: 'secret-writes',
    severity: 'high',
    then: 'ask',
    reason: 'Writes a secret into a file.',
    when: everywhere,
    path: (path, scene) =>
      path.use === 'write' &&
      scene.secrets.length > 0 &&
      !/^\/dev\/(?:null|std(?:out|err)|tty)$/.test(path.path) &&
      !scene.approvedPaths.some((approved) => path.path === approved || path.path.startsWith(`${approved}/`)),
    examples: [],
    counterExamples: ['echo x > a.txt'],
  },
];
