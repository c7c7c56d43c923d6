#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { client } from './client.ts';
import { commands } from './commands.ts';
import { Complaint } from './complaint.ts';
import { readAddresses } from './network.ts';

const usage = `liandong <command> [options]

  tiers                           各级 · the tiers of the network
  case list [--tier <code>]       办件列表 · the cases a tier knows
  case show <id> [--tier <code>]  办件及其登记簿 · a case and its register
  case replay <id> [--at <time>] [--tier <code>]
                                  从事件回放并比较各级 · derive it from its events, compare the tiers
  links [--tier <code>]           链路：滞后与缺口 · links: lag and gaps
  parked list [--tier <code>]     搁置的事件 · events that wait for an operator
  parked redrive [<author> <number>] --tier <code>
                                  重新投递 · try them again
  token [<role>] [--tier <code>]  示范网络的令牌 · a token of the demonstration network

  --json            机器可读 · for programs
  --network <file>  网络地址文件，缺省 .liandong/addresses.json · where the services are
  --token <token>   使用已有令牌 · a bearer token of your identity provider
  --limit <n>       列表条数 · rows of a list`;

const options = {
  json: { type: 'boolean' },
  help: { type: 'boolean' },
  network: { type: 'string' },
  token: { type: 'string' },
  tier: { type: 'string' },
  at: { type: 'string' },
  limit: { type: 'string' },
} as const;

const run = async (args: readonly string[]): Promise<string> => {
  const { values, positionals } = parsed(args);
  const [first = '', second = ''] = positionals;
  const name = [`${first} ${second}`, first].find((each) => Object.hasOwn(commands, each));
  const command = name === undefined ? undefined : commands[name];
  if (values.help === true || first === '') return usage;
  if (command === undefined || name === undefined)
    throw new Complaint(
      `没有命令 ${positionals.join(' ')}\nThere is no command ${positionals.join(' ')}.\n\n${usage}`,
    );
  const addresses = readAddresses(values.network);
  const context = { addresses, client: client(addresses, values.token), options: values };
  const found = await command(context, ...positionals.slice(name.split(' ').length));
  return values.json === true ? JSON.stringify(found.json, null, 2) : found.text;
};

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new Complaint(`${(error as Error).message}\n\n${usage}`);
  }
};

try {
  console.log(await run(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof Complaint)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
