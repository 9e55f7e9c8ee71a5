// Asks on its controlling terminal, as `scrim run` does; the last line that it writes is the answer.

import { controllingTerminal } from '../../../src/approvals/channels/controlling-terminal.ts';
import { terminalChannel } from '../../../src/approvals/channels/terminal.ts';
import { questionWith, systemClock } from './questions.ts';

const channel = terminalChannel({ clock: systemClock, open: controllingTerminal });
const lasts = Number(process.argv[2] ?? 20_000);
const answer = await channel.ask(questionWith({ lasts }), 0, new AbortController().signal);
process.stdout.write(`ANSWER ${JSON.stringify(answer ?? null)}\n`);
