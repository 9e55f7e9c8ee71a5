// How tools call what they take: keys of their input and names, by what they mean. Keys are in lower case.

export const shellKeys = new Set([
  'command',
  'cmd',
  'commands',
  'cmds',
  'shell_command',
  'shellcommand',
  'script',
  'bash',
  'shell',
  'commandline',
  'command_line',
  'chars',
  'run',
  'exec',
  'terminal_command',
  'bash_command',
]);
export const codeKeys = new Set([
  'code',
  'script',
  'python',
  'python_code',
  'javascript',
  'js',
  'source',
  'snippet',
  'expression',
  'function',
  'program',
  'source_code',
  'cell',
  'notebook_code',
  'new_source',
  'applescript',
  'kshell',
]);
export const sqlKeys = new Set(['sql', 'query', 'statement', 'queries', 'statements', 'sql_query']);
export const pathKeys = new Set([
  'path',
  'file_path',
  'filepath',
  'filename',
  'file_name',
  'file',
  'target_file',
  'targetfile',
  'notebook_path',
  'absolute_path',
  'relative_path',
  'uri',
  'fileuri',
  'paths',
  'files',
  'file_paths',
  'filepaths',
  'dir',
  'directory',
  'dir_path',
  'folder',
  'old_path',
  'source',
  'src',
  'from',
  'source_path',
  'root',
  'target',
  'location',
  'include',
  'patterns',
]);
export const targetKeys = new Set([
  'destination',
  'dest',
  'to',
  'target_path',
  'new_path',
  'output',
  'output_path',
  'outputpath',
  'out',
  'save_path',
  'savepath',
  'destination_path',
  'output_file',
  'local_path',
]);
export const contentKeys = new Set([
  'content',
  'contents',
  'new_string',
  'newstring',
  'new_str',
  'newstr',
  'file_text',
  'filetext',
  'code_edit',
  'insert_text',
  'data',
  'text',
  'edits',
  'replacement',
  'new_content',
  'body',
  'new_source',
  'codeedit',
  'replace',
  'diff',
  'patch',
  'replacements',
  'blob',
  'lines',
]);
export const urlKeys = new Set([
  'url',
  'uri',
  'endpoint',
  'webhook',
  'webhook_url',
  'webhookurl',
  'href',
  'address',
  'link',
  'urls',
  'target_url',
  'base_url',
  'host',
  'callback_url',
]);
export const bodyKeys = new Set([
  'body',
  'data',
  'payload',
  'json',
  'form',
  'formdata',
  'files',
  'file',
  'content',
  'message',
  'text',
  'params_body',
  'post_data',
  'request_body',
  'params',
]);
export const folderKeys = new Set(['workdir', 'cwd', 'working_directory', 'workingdirectory', 'working_dir']);

export const readingNames =
  /(?:^|[_\W]|[a-z](?=[A-Z]))(?:read|view|open|cat|get|list|ls|glob|grep|search|find|fetch|load|show|stat|info|diagnostics|lint|outline)/i;
export const writingNames =
  /write|create|edit|save|append|insert|replace|update|patch|put|move|rename|copy|modify|overwrite|touch|store|download|apply|set|add_file|new_file|refactor/i;
export const deletingNames = /delete|remove|unlink|(?:^|_)rm(?:_|$)|trash|rmdir|erase|purge|wipe/i;
export const shellNames =
  /^(?:bash|sh|zsh|shell|exec|exec_command|local_shell|terminal|run|cmd|command|powershell|pwsh|console|run_.*|execute_.*|execute|.*(?:bash|shell|terminal|command).*)$/i;
export const powershellNames = /powershell|pwsh|cmd_exe|windows_shell|^cmd$|^batch$/i;

/** Keys that hold a command, however a tool spells them. */
export const commandKey =
  /^(?:shell|bash|terminal|cli|raw|full|exec|os|system|linux|unix|ssh|remote)?_?(?:commands?|cmds?|command_?lines?|command_text|cmd_?line|argv|shell_script|script)$/;
export const programKeys = ['program', 'executable', 'binary', 'exe', 'bin', 'tool_path'];
export const typesText = /keys?(?:troke)?s?$|_keys|type|iterm|tty|tmux|screen|console|pty|stdin|paste/i;
/** Tools named after a program whose input leaves its name out. */
export const programNames =
  /(?:^|[_\W])(kubectl|helm|git|docker|aws|gcloud|az|terraform|gh|psql|npm|redis|redis_cli|mongosh|ssh)$/i;
/** Things in another place that are gone when deleted. */
export const remoteThings =
  /(?:^|[_\W])(?:delete|drop|destroy|terminate|purge|wipe|truncate|remove)[_-]?(?:all_?)?(?:\w+_)?(?:repo(?:sitory)?|database|db|table|collection|bucket|objects?|instances?|clusters?|namespace|deployment|projects?|users?|accounts?|organization|org|team|release|domain|zone|stack|volumes?|snapshots?|backups?|queue|topic|index|secret|policy|role|workspace|environment|vm|server|app|application|site|container_registry|vpc|records?|documents?|branch|channel|customers?|invoices?)(?:$|[_\W])/i;
