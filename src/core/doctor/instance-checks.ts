// Is there a Scrim, is it whole, and does anybody have to answer it?

import { readInstance } from '../../settings/instance.ts';
import { version } from '../version.ts';
import { fixBy, notChecked, ok, problem, type Check } from './check.ts';
import { shown, type DoctorContext } from './context.ts';

const noInstance = 'Scrim is not running.';

export const instanceChecks: readonly Check<DoctorContext>[] = [
  {
    name: 'proxy',
    async run(context) {
      const instance = await context.instance();
      if (instance === undefined)
        return [
          problem(
            'proxy',
            'Scrim is not running: clients that are set up for it reach no model.',
            context.scrim('start', 'start'),
          ),
        ];
      return [ok('proxy', `Scrim answers at ${instance.proxy} (process ${instance.pid}).`)];
    },
  },
  {
    name: 'control interface',
    async run(context) {
      const name = 'control interface';
      const instance = await context.instance();
      if (instance === undefined) return [notChecked(name, noInstance)];
      const { ui, pid } = instance;
      if (ui === null) return [notChecked(name, 'The running Scrim was started without one.')];
      const status = await context.status(instance).catch(() => undefined);
      if (status === undefined)
        return [
          problem(
            name,
            `Nothing at ${ui} answers as Scrim does, so questions cannot be answered: end process ${pid}, then start it again.`,
            fixBy('run', 'kill', String(pid)),
          ),
        ];
      if (status.version !== version)
        return [
          problem(
            name,
            `The running Scrim is version ${status.version} and this command ${version}: stop it, then start it again.`,
            context.scrim('run', 'stop'),
          ),
        ];
      return [ok(name, `Version ${version} answers at ${ui}.`)];
    },
  },
  {
    name: 'instance file',
    async run(context) {
      const name = 'instance file';
      const { instanceFile } = context.places();
      const written = await readInstance(instanceFile);
      if (written === undefined || (await context.instance()) !== undefined)
        return [ok(name, 'Nothing is left behind by a Scrim that ended.')];
      return [
        problem(
          name,
          `${shown(context, instanceFile)} names process ${written.pid}, which no longer answers at ${written.proxy}.`,
          fixBy('run', 'rm', '-f', instanceFile),
        ),
      ];
    },
  },
  {
    name: 'questions',
    async run(context) {
      const instance = await context.instance();
      if (instance === undefined) return [notChecked('questions', noInstance)];
      const { questions } = await context.status(instance);
      if (questions === 0) return [ok('questions', 'No question waits for you.')];
      const count = questions === 1 ? 'One question waits' : `${questions} questions wait`;
      return [problem('questions', `${count} for your answer.`, context.scrim('run', 'approvals', 'watch'))];
    },
  },
];
