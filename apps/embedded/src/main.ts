import 'reflect-metadata';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { counter } from './counter.ts';
import { narrator } from './narrator.ts';
import { type Network, startNetwork } from './network.ts';
import { cast, type Options, readOptions, usage } from './options.ts';
import { adoptCatalogue, type Outcome, runMainJob, type Stage } from './run-main-job.ts';
import { judge, type Summary } from './summary.ts';

const teller = narrator((line) => {
  console.log(line);
});

const stageOf = ({ addresses, tokenOf, clock }: Network): Stage => ({
  cast,
  counter: counter(addresses, tokenOf),
  narrator: teller,
  pass: (days) => {
    clock.advance(days * 86_400_000);
  },
  today: () => new Date(clock.now().getTime() + 8 * 3_600_000).toISOString().slice(0, 10),
});

/** Steps that a start before this one has done; the file is whole or not there. */
const memory = (folder: string) => {
  const file = path.join(folder, 'main-job.json');
  const done = new Set<string>(existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as string[]) : []);
  return {
    done,
    remember: () => {
      writeFileSync(`${file}.new`, JSON.stringify([...done]));
      renameSync(`${file}.new`, file);
    },
  };
};

/** The main job and its judgement. What was done before is found again, not done twice. */
const mainJob = async (network: Network, folder: string): Promise<Summary> => {
  const stage = stageOf(network);
  const { done, remember } = memory(folder);
  teller.say(
    '\n下级层级采用市级标准事项目录',
    'The lower tiers adopt the city’s standard catalogue, come down the links',
  );
  await adoptCatalogue(stage);
  teller.say(
    '\n主流程：桂阳县一项建设项目的联合审批',
    'The main job: the joint approval of a construction project',
  );
  const { caseId }: Outcome = await runMainJob(stage, done, remember);
  const summary = await judge(caseId, stage, network);
  done.add('finished');
  remember();
  return summary;
};

const announce = ({ addresses, issuer }: Network, { folder, port }: Options) => {
  console.log(`\n数据 data: ${folder}`);
  console.log(`令牌 tokens: ${issuer.issuer}/people   (npm run liandong -- token)`);
  for (const { tier, approval, exchange, grpc } of addresses)
    console.log(`${tier}: ${approval}/docs   gRPC ${grpc}   链路 links ${exchange}/links`);
  console.log(
    `\n按 Ctrl-C 停止；再次 npm start 从这里继续 · Ctrl-C stops; npm start goes on from here (${port}).`,
  );
};

const demonstrate = async (options: Options): Promise<number> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'liandong-'));
  const network = await startNetwork({ ...options, folder, progress: teller.say });
  try {
    const summary = await mainJob(network, folder);
    console.log(`\n${JSON.stringify(summary)}`);
    return summary.equal ? 0 : 1;
  } finally {
    await network.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

const serve = async (options: Options): Promise<number> => {
  const network = await startNetwork({ ...options, progress: teller.say });
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  try {
    announce(network, options);
    if (!memory(options.folder).done.has('finished')) {
      const job = mainJob(network, options.folder).then((summary) => {
        console.log(`\n${JSON.stringify(summary)}`);
        announce(network, options);
      });
      await Promise.race([job, stopped]);
    }
    await stopped;
    teller.say('\n正在停止', 'Stopping');
    return 0;
  } finally {
    await network.close();
  }
};

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') console.log(usage);
  else process.exitCode = options.demo ? await demonstrate(options) : await serve(options);
  process.exit();
} catch (error) {
  console.error(error instanceof Error ? `${error.message}` : error);
  process.exit(1);
}
