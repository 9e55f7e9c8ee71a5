// Rules about programs of Windows that others hide behind, and about its settings.

import { everywhere, type Rule } from '../rule.ts';

export const windowsRules: readonly Rule[] = [
  {
    id: 'windows-proxy-program',
    category: 'remote-code',
    severity: 'high',
    then: 'ask',
    reason: 'Lets a program of the system run code that nobody sees here.',
    when: everywhere,
    programs:
      'wmic cmstp installutil regasm regsvcs odbcconf wscript cscript hh pcalua mavinject ieexec infdefaultinstall presentationhost syncappvpublishingserver appvlp te xwizard verclsid desktopimgdownldr certutil invoke-wmimethod invoke-cimmethod invoke-mimikatz add-type rundll32 winrm bash'.split(
        ' ',
      ),
    command: ({ name, args }) => {
      const line = args.join(' ');
      switch (name) {
        case 'wmic':
          return /process.*call.*create|\/format:/i.test(line);
        case 'certutil':
          return /[-/](?:decode|decodehex|encode|verifyctl)\b/i.test(line);
        case 'wscript':
        case 'cscript':
          return /^\\\\|\/\/|https?:|\\temp\\|%temp%|\$env:te?mp/i.test(line);
        case 'odbcconf':
          return /regsvr|-f|\/f/i.test(line);
        case 'rundll32':
          return /minidump|,#\d|\\temp\\|^\\\\|url\.dll|advpack|syssetup|shell32.*control_rundll/i.test(line);
        case 'invoke-wmimethod':
        case 'invoke-cimmethod':
          return /create/i.test(line);
        case 'winrm':
          return /quickconfig|invoke|set/i.test(line);
        case 'add-type':
          return /dllimport|virtualalloc|createthread/i.test(line);
        case 'bash':
        case 'te':
          return false;
        default:
          return args.length > 0 || name === 'invoke-mimikatz';
      }
    },
    examples: [
      { kind: 'tool-call', name: 'powershell', input: { command: 'wmic process call create "cmd /c x"' } },
      { kind: 'tool-call', name: 'powershell', input: { command: 'cmstp /s x.inf' } },
      { kind: 'tool-call', name: 'powershell', input: { command: 'certutil -decode x.b64 x.exe' } },
    ],
    counterExamples: [
      { kind: 'tool-call', name: 'powershell', input: { command: 'certutil -hashfile x.zip SHA256' } },
      { kind: 'tool-call', name: 'powershell', input: { command: 'wmic cpu get name' } },
      { kind: 'tool-call', name: 'powershell', input: { command: 'msbuild app.sln' } },
    ],
  },
  {
    id: 'windows-settings',
    category: 'security-tools',
    severity: 'high',
    then: 'ask',
    reason: 'Changes or removes what Windows needs to be repaired, or opens it to the network.',
    when: everywhere,
    programs:
      'reg remove-item remove-itemproperty cipher takeown icacls fsutil reagentc bcdedit disable-computerrestore netsh new-netfirewallrule enable-psremoting set-item enable-windowsoptionalfeature set-service set-acl dism sfc'.split(
        ' ',
      ),
    command: ({ name, args }) => {
      const line = args.join(' ');
      switch (name) {
        case 'reg':
          return /^(?:delete|import|restore)\b.*(?:hklm|hkey_local_machine|hkcr|hkcu\\+software\\+microsoft\\+windows)|^(?:import|restore)\b/i.test(
            line,
          );
        case 'remove-item':
        case 'remove-itemproperty':
          return /\bhk(?:lm|cr|u|cu:\\+software\\+microsoft):?/i.test(line);
        case 'cipher':
          return /\/w/i.test(line);
        case 'takeown':
          return /\/f/i.test(line);
        case 'icacls':
          return (
            /\/(?:grant|setowner|reset|remove)\b/i.test(line) &&
            /(?:^| )"?[a-z]:\\(?:windows|users|program)?|everyone|system32/i.test(line)
          );
        case 'fsutil':
          return /deletejournal|setzerodata|setvaliddata/i.test(line);
        case 'reagentc':
          return /\/disable/i.test(line);
        case 'bcdedit':
          return /\/(?:set|delete|deletevalue|import)\b/i.test(line);
        case 'netsh':
          return /portproxy add|firewall add rule|wlan set hostednetwork|winhttp set proxy|trace start/i.test(line);
        case 'new-netfirewallrule':
          return /inbound/i.test(line) && /allow/i.test(line);
        case 'set-service':
          return /disabled/i.test(line) && /defend|wscsvc|eventlog|mpssvc|wuauserv/i.test(line);
        case 'dism':
          return /disable-feature.*defender|remove-package/i.test(line);
        case 'disable-computerrestore':
        case 'enable-psremoting':
          return true;
        default:
          return false;
      }
    },
    examples: [
      { kind: 'tool-call', name: 'powershell', input: { command: 'cipher /w:C:\\' } },
      { kind: 'tool-call', name: 'powershell', input: { command: 'reg delete HKLM\\Software /f' } },
      { kind: 'tool-call', name: 'powershell', input: { command: 'takeown /f C:\\Windows /r' } },
      { kind: 'tool-call', name: 'powershell', input: { command: 'Enable-PSRemoting -Force' } },
    ],
    counterExamples: [
      { kind: 'tool-call', name: 'powershell', input: { command: 'reg query HKCU\\Software\\x' } },
      { kind: 'tool-call', name: 'powershell', input: { command: 'netsh interface show interface' } },
      { kind: 'tool-call', name: 'powershell', input: { command: 'Remove-Item -Recurse dist' } },
    ],
  },
];
