import { parseArgs } from 'node:util';
import { client } from './client.ts';
import type { Command, Found } from './command.ts';
import { commands, usage, usageOf } from './commands.ts';
import { Complaint } from './complaint.ts';
import { readAddresses } from './network.ts';

const options = {
  json: { type: 'boolean' },
  help: { type: 'boolean' },
  network: { type: 'string' },
  token: { type: 'string' },
  tier: { type: 'string' },
  under: { type: 'string' },
  at: { type: 'string' },
  limit: { type: 'string' },
  config: { type: 'string' },
  epoch: { type: 'string' },
  out: { type: 'string' },
  engine: { type: 'string' },
  service: { type: 'string' },
  policy: { type: 'string' },
  case: { type: 'string' },
  projection: { type: 'string' },
  convention: { type: 'string' },
  ground: { type: 'string' },
  field: { type: 'string', multiple: true },
  version: { type: 'string' },
  diff: { type: 'string' },
  texts: { type: 'string' },
  workers: { type: 'string' },
  url: { type: 'string', multiple: true },
} as const;

export type Outcome = { readonly output: string; readonly exitCode: 0 | 1 };

/** Runs what the words of a command line say. Throws a complaint for what the person can put right. */
export const run = async (args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Outcome> => {
  const { values, positionals } = parsed(args);
  if (values.help === true || positionals.length === 0) return { output: usage, exitCode: 0 };
  const { name, command, rest } = commandIn(positionals);
  const most = mostArguments(command.usage);
  if (rest.length > most)
    throw new Complaint(`多余的参数 · too much: ${rest.slice(most).join(' ')}\n\n${usageOf([name])}`);
  const found = await answer(command, rest, values, environment);
  return {
    output: values.json === true ? JSON.stringify(found.json, null, 2) : found.text,
    exitCode: found.wrong === true ? 1 : 0,
  };
};

/** What follows an option is not an argument; `…` stands for as many as there are. */
const mostArguments = (usage: string): number =>
  usage.includes('…') ? Infinity : (usage.replaceAll(/--[a-z]+ <[^>]+>/g, '').match(/</g) ?? []).length;

const answer = async (
  command: Command,
  rest: readonly string[],
  values: ReturnType<typeof parsed>['values'],
  environment: NodeJS.ProcessEnv,
): Promise<Found> => {
  if ('runAlone' in command) {
    const network = values.network ?? environment['LIANDONG_NETWORK'];
    return command.runAlone({ ...values, network }, ...rest);
  }
  const addresses = readAddresses(values.network, environment);
  return command.run({ addresses, client: client(addresses, values.token), options: values }, ...rest);
};

type Named = { readonly name: string; readonly command: Command; readonly rest: readonly string[] };

/** The longest name that the words begin with. */
const commandIn = (words: readonly string[]): Named => {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ');
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command !== undefined) return { name, command, rest: words.slice(length) };
  }
  const alike = Object.keys(commands).filter((name) => name.split(' ')[0] === words[0]);
  const hint = alike.length === 0 ? usage : usageOf(alike);
  const said = words.join(' ');
  throw new Complaint(`没有命令 ${said}\nThere is no command ${said}.\n\n${hint}`);
};

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new Complaint(`选项有误 · ${(error as Error).message}\n\n${usage}`);
  }
};
