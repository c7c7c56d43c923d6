/**
 * The embedded network of three tiers in a process of its own, as `npm start` runs it, ready for
 * joint approvals. Prints where it is and everyone's tokens as JSON; ends with its standard input.
 *
 *     node network-process.ts <folder>
 */
import 'reflect-metadata';
import type { TierCode } from '@liandong/kernel';
import { counter } from '../../../apps/embedded/src/counter.ts';
import { jointApproval } from '../../../apps/embedded/src/main-job.ts';
import { startNetwork } from '../../../apps/embedded/src/network.ts';
import { adoptCatalogue, workingDaysArrive } from '../../../apps/embedded/src/run-main-job.ts';

const [folder = ''] = process.argv.slice(2);
const cast = {
  city: '431000' as TierCode,
  county: '431021' as TierCode,
  township: '431021106' as TierCode,
};
const silent = () => {};

const network = await startNetwork({
  folder,
  tiers: Object.values(cast),
  port: 0,
  progress: silent,
});
const { addresses, tokenOf } = network;
const counters = counter(addresses, tokenOf);
await adoptCatalogue({
  cast,
  counter: counters,
  narrator: { say: silent, step: silent, agreed: silent, adopted: silent, card: silent },
  stopping: new AbortController().signal,
});
await workingDaysArrive({ cast, counter: counters });

const people = new Set([
  ...jointApproval(cast).flatMap((step) => (step.does === 'act' ? [step.person] : [])),
  ...Object.values(cast).flatMap((tier) => [`auditor-${tier}`, `operator-${tier}`]),
]);
const tokens = Object.fromEntries(
  await Promise.all([...people].map(async (person) => [person, await tokenOf(person)] as const)),
);
process.stdout.write(`${JSON.stringify({ cast, addresses, tokens })}\n`);
process.stdin
  .on('end', () => {
    void network.close().finally(() => process.exit(0));
  })
  .resume();
