// Text that no parser reads (broken shell, cmd.exe, PowerShell): cut at what separates commands in all of them.

const most = 400;

/** Commands as lists of words, quotes taken off. Never fails; linear in the text. */
export function looseCommands(text: string, escape: '\\' | '`' | '^' = '\\'): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | null = null;
  let quote = '';
  const endWord = (): void => {
    if (word !== null) words.push(word);
    word = null;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0 && commands.length < most) commands.push(words);
    words = [];
  };
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    if (character === escape && quote !== "'") {
      if (text[i + 1] === '\n') i++;
      else word = (word ?? '') + (text[++i] ?? '');
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else if (character === '\n' && word !== null && word.length > 2_000) endCommand();
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === '\n' || character === ';' || character === '|' || character === '&') endCommand();
    else if (character === '(' || character === ')' || character === '{' || character === '}') {
      if (word === null || character === ')' || character === '(') endCommand();
      else word += character;
    } else if (character === ' ' || character === '\t' || character === '\r') endWord();
    else word = (word ?? '') + character;
  }
  endCommand();
  return commands;
}
