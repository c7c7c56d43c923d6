import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type Answer,
  type Counter,
  counter,
  type TierAddresses,
} from '../../../apps/embedded/src/counter.ts';
import { isOneRegister, type Known } from '../../../apps/embedded/src/known.ts';
import { type Act, type Cast, jointApproval } from '../../../apps/embedded/src/main-job.ts';
import { median } from '../harness/arithmetic.ts';
import { figure } from '../harness/report.ts';
import type { Row } from '../harness/row.ts';
import { startChild } from '../support/child.ts';
import { until } from '../support/network.ts';

const atOnce = 8;

type Greeting = {
  readonly cast: Cast;
  readonly addresses: readonly TierAddresses[];
  readonly tokens: Readonly<Record<string, string>>;
};

/** What a tier answers while it has not yet heard of what the act builds on. */
const notYet = [404, 409];

const procedureIn = async (counter: Counter, { tier }: Act, caseId: string): Promise<string | undefined> => {
  const { body } = await counter.get(tier, `auditor-${tier}`, `/v1/cases/${caseId}/events`);
  const events = body['items'] as readonly { readonly type: string; readonly hash: string }[];
  return events.find(({ type }) => type === 'liandong.case.procedureStarted.v1')?.hash;
};

/** One act by its person; again, under its key, while the tier waits for what others did. */
const act = async (counter: Counter, step: Act, key: string, caseId: string | undefined): Promise<string> => {
  const target = caseId === undefined ? '/v1/cases' : `/v1/cases/${caseId}/commands/${step.command}`;
  let last: Answer | undefined;
  await until(
    `${step.key} of ${caseId}`,
    async () => {
      const body =
        typeof step.body === 'function'
          ? step.body({ procedure: await procedureIn(counter, step, caseId ?? '') })
          : step.body;
      last = await counter.post(step.tier, step.person, target, `${key}-${step.key}`, body);
      if (last.status < 300) return true;
      if (!notYet.includes(last.status))
        throw new Error(`${step.key} by ${step.person}: ${last.status} ${JSON.stringify(last.body)}`);
      return false;
    },
    40,
  );
  return String(last?.body['caseId']);
};

const playCase = async (
  counter: Counter,
  cast: Cast,
): Promise<{ readonly caseId: string; readonly seconds: number }> => {
  const key = randomUUID();
  const began = performance.now();
  let caseId: string | undefined;
  for (const step of jointApproval(cast))
    if (step.does === 'act') caseId = await act(counter, step, key, caseId);
  return { caseId: caseId ?? '', seconds: (performance.now() - began) / 1000 };
};

const isOneEverywhere = async (counter: Counter, cast: Cast, caseId: string): Promise<boolean> => {
  const known = await Promise.all(
    Object.values(cast).map(async (tier) => {
      const { status, body } = await counter.get(tier, `auditor-${tier}`, `/v1/cases/${caseId}`);
      return status === 200 ? [body as Known] : [];
    }),
  );
  const files = known.flat();
  return (
    files.length === Object.keys(cast).length &&
    isOneRegister(files) &&
    files.every(({ status }) => status === 'closed')
  );
};

export const jointApprovals: Row = {
  number: 20,
  title: { zh: '三级联合审批全程，每秒件数', en: 'whole joint approvals per second, three tiers' },
  physics: ['fdatasync/s', 'Ed25519 verify/s', 'JSON.parse/s'],
  differences: [
    'the main job, every act over HTTP at its own tier by its own person, without the days between: opened, corrected, accepted with tolerance, an opinion and determinations at three tiers, an expert review, two stages, concluded, delivered',
    `three tiers with all their services, views, links and PostgreSQL as npm start runs them, and ${atOnce} callers, on the same cores`,
    'an act that comes before its tier has heard what it builds on is sent again after 40 ms; every case must end with one register at all three tiers',
  ],
  run: async (bench) => {
    const network = await startChild<Greeting>('network-process.ts', [path.join(bench.folder, 'network')]);
    try {
      const { cast, addresses, tokens } = network.greeting;
      const desk = counter(addresses, async (person) => tokens[person] ?? '');
      await playCase(desk, cast);
      const seconds = bench.full ? 60 : 12;
      const played: { readonly caseId: string; readonly seconds: number }[] = [];
      const began = performance.now();
      const isOver = () => performance.now() - began > seconds * 1000;
      await Promise.all(
        Array.from({ length: atOnce }, async (_, n) => {
          await pause(n * 20);
          while (!isOver()) played.push(await playCase(desk, cast));
        }),
      );
      const took = (performance.now() - began) / 1000;
      let agreed = 0;
      for (const { caseId } of played) {
        await until(`one register of ${caseId}`, () => isOneEverywhere(desk, cast, caseId), 100);
        agreed += 1;
      }
      return {
        comparisons: [],
        facts: [
          {
            label: '联合审批 whole joint approvals',
            found: `${figure(played.length / took)}/s (${played.length} in ${took.toFixed(1)} s, one takes ${figure(median(played.map((one) => one.seconds)))} s)`,
            holds: played.length > 0,
          },
          {
            label: '三级登记簿一致 one register at all three tiers',
            found: `${agreed} of ${played.length}`,
            holds: agreed === played.length,
          },
        ],
      };
    } finally {
      await network.end();
    }
  },
};
