import 'reflect-metadata';
import { demonstrationYears } from '@liandong/assembly';
import { workingTime } from '@liandong/domain/calendar';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { announce } from './announce.ts';
import { counter } from './counter.ts';
import { finished, keepFinished } from './finished.ts';
import { narrator } from './narrator.ts';
import { type Network, startNetwork } from './network.ts';
import { cast, type Options, readOptions, usage } from './options.ts';
import { runClock } from './run-clock.ts';
import { adoptCatalogue, runMainJob, type Stage, workingDaysArrive } from './run-main-job.ts';
import { judge, type Summary } from './summary.ts';

const print = (line: string) => {
  console.log(line);
};
const teller = narrator(print);

const stageOf = ({ addresses, tokenOf, clock }: Network, stopping: AbortSignal): Stage => ({
  cast,
  stopping,
  counter: counter(addresses, tokenOf),
  narrator: teller,
  bringTo: (instant) => {
    clock.advance(Math.max(0, instant - clock.now().getTime()));
  },
  now: () => clock.now().getTime(),
  workingTime: workingTime(demonstrationYears(clock.now())),
  today: () => new Date(clock.now().getTime() + 8 * 3_600_000).toISOString().slice(0, 10),
});

/** The main job and its judgement. What was done before is found again, not done twice. */
const mainJob = async (network: Network, stopping: AbortSignal): Promise<Summary> => {
  const stage = stageOf(network, stopping);
  teller.say(
    '\n下级层级采用市级标准事项',
    'The lower tiers adopt the city’s standard items, which came down the links',
  );
  await adoptCatalogue(stage);
  await workingDaysArrive(stage);
  teller.say(
    '\n主流程：桂阳县一项建设项目的联合审批',
    'The main job: the joint approval of a construction project',
  );
  const { caseId } = await runMainJob(stage);
  return judge(caseId, stage, network);
};

/** The job's summary, or `undefined` if the network is to stop before there is one. */
const unlessStopped = (network: Network, stopping: AbortSignal): Promise<Summary | undefined> =>
  Promise.race([mainJob(network, stopping), aborted(stopping)]);

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => {
      resolve(undefined);
    });
  });

const interrupted = 130;

const demonstrate = async (options: Options, stopping: AbortSignal): Promise<number> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'liandong-'));
  try {
    const network = await startNetwork({ ...options, folder, progress: teller.say });
    try {
      const summary = await unlessStopped(network, stopping);
      if (summary === undefined) return interrupted;
      print(`\n${JSON.stringify(summary)}`);
      return summary.equal ? 0 : 1;
    } finally {
      await network.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const serve = async (options: Options, stopping: AbortSignal): Promise<number> => {
  const { folder } = options;
  const network = await startNetwork({ ...options, progress: teller.say });
  try {
    announce(network, folder, print);
    if (finished(folder)) teller.say('\n主流程此前已经办完', 'The main job was finished by an earlier start');
    else {
      const summary = await unlessStopped(network, stopping);
      if (summary !== undefined) {
        keepFinished(folder);
        print(`\n${JSON.stringify(summary)}`);
        announce(network, folder, print);
      }
    }
    const stopClock = runClock(network.clock, options.speed);
    await aborted(stopping);
    stopClock();
    teller.say('\n正在停止', 'Stopping');
    return 0;
  } finally {
    await network.close();
  }
};

/**
 * Aborted at the first signal to stop. The second is let pass, since a terminal and npm may
 * both send the first; whoever sends a third will not wait.
 */
const toldToStop = (): AbortSignal => {
  const stop = new AbortController();
  let told = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      told += 1;
      if (told === 3) process.exit(interrupted);
      stop.abort();
    });
  return stop.signal;
};

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') print(usage);
  else {
    const stopping = toldToStop();
    process.exitCode = await (options.demo ? demonstrate(options, stopping) : serve(options, stopping));
  }
  process.exit();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
