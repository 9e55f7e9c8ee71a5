// A tool call or a block of code to facts.

import { readCode } from './code.ts';
import { newFacts, type Facts, type Place } from './facts.ts';
import { readPowershell } from './powershell.ts';
import { readShell, runs } from './shell.ts';
import { newShell, type Shell } from './shell-state.ts';
import { readCall, readPatch, shellLanguages } from './tool-call.ts';

export type Proposal =
  | { readonly kind: 'tool-call'; readonly name: string; readonly input: unknown }
  | { readonly kind: 'code'; readonly language: string; readonly text: string };

/** What a proposal would do, in `folder`. */
export function factsOf(proposal: Proposal, home: string, folder: string | null): Facts {
  const facts = newFacts();
  const place: Place = proposal.kind === 'code' ? 'code' : 'tool';
  const shell = newShell(facts, place, home, folder);
  if (proposal.kind === 'code') readBlock(proposal.language, proposal.text, shell);
  else readCall(proposal.name, proposal.input, shell);
  return facts;
}

function readBlock(language: string, text: string, shell: Shell): void {
  const name = language
    .trim()
    .toLowerCase()
    .replace(/[\s{,:].*$/s, '');
  const asShell = { ...shell, place: 'shell' as const };
  if (/^(?:powershell|pwsh|ps1?|posh)$/.test(name)) readPowershell(text, asShell, runs);
  else if (/^(?:cmd|bat|batch|dos|dosbatch)$/.test(name)) readPowershell(text, asShell, runs, '^');
  else if (shellLanguages.test(name)) readShell(unprompted(text), asShell);
  else if (name === '') {
    // Nobody said what it is: shell when it begins like shell.
    if (
      /^\s*(?:\$ |#!\/(?:usr\/)?bin|(?:find|kubectl|helm|docker|terraform|aws|gcloud|az|psql|mysql|redis-cli|mv|cp|cat|tar|nc|scp|ssh|systemctl|npm|npx|pip3?|python3?|node|gh|crontab|kill|pkill|for|while|base64|openssl|printf|env|unset|shred|truncate|wget|rsync|history) [^=:]|sudo |rm |curl |wget |git |cd |echo |export |bash |sh |dd |mkfs|chmod |:\(\))/.test(
        text,
      )
    )
      readShell(unprompted(text), asShell);
  } else if (/^(?:diff|patch)$/.test(name)) readPatch(text, shell);
  else if (
    !/^(?:json5?|ya?ml|toml|ini|md|markdown|text|txt|plaintext|html|css|scss|less|xml|svg|csv|mermaid|log|http|properties|graphql|proto|tex|latex|output)$/.test(
      name,
    )
  )
    readCode(text, name, shell, runs);
}

/** A pasted session: what stands behind the prompt. */
function unprompted(text: string): string {
  if (!/^\s*(?:\$|❯|>|%) /m.test(text)) return text;
  const lines = text.split('\n');
  if (!lines.some((line) => /^\s*(?:\$|❯|%) /.test(line))) return text;
  return lines.flatMap((line) => /^\s*(?:\$|❯|%|>) (.*)$/.exec(line)?.[1] ?? []).join('\n');
}
