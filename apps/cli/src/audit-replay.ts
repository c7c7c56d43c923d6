import { sha256 } from '@liandong/adapters/crypto';
import { memoryViews } from '@liandong/adapters/memory';
import { networkTree, type Past, replayables, type Replayed, replayTier } from '@liandong/application';
import { calendarCity, cardsWith, rowsWith } from '@liandong/contracts';
import type { StreamName } from '@liandong/kernel';
import { type AuditService, linesFrom, servicesNamed } from './audit-service.ts';
import { replayText } from './audit-text.ts';
import { withLiveOverview, withLiveViews, withTier } from './audit-tier.ts';
import { instantOf } from './cases.ts';
import { caseNamed, type Command, type Options } from './command.ts';
import { Complaint } from './complaint.ts';
import { progressBar } from './progress.ts';

export const auditReplay: Command = {
  usage:
    '--tier <code> | --config <file> | --url <url> [--case <id>] [--at <time|seq>] [--projection <name>]',
  zh: '仅凭事件重建视图，并与现行视图比较',
  en: 'rebuild the views from events alone, compare with the live ones',
  runAlone: async (options) => {
    const asked = askedIn(options);
    const [service] = await servicesNamed(options);
    const found = await (service === undefined ? replayedFrom(options, asked) : replayedBy(service, asked));
    return { json: found, text: replayText(found), wrong: found.compared?.divergence !== undefined };
  },
};

const label = '重放 replayed';

type Asked = ReturnType<typeof askedIn>;
const askedIn = ({ case: caseId, projection, at }: Options) => ({
  ...(caseId !== undefined && { case: caseNamed(caseId) as StreamName }),
  ...(projection !== undefined && { projection: projectionNamed(projection) }),
  ...(at !== undefined && { at: pastNamed(at) }),
});

const projectionNamed = (name: string) => {
  const found = replayables.find((each) => each === name);
  if (found !== undefined) return found;
  throw new Complaint(`没有视图 ${name}\n--projection is one of ${replayables.join(', ')}.`);
};

const pastNamed = (at: string): Past =>
  /^\d{1,15}$/.test(at) ? { kind: 'seq', seq: Number(at) } : { kind: 'moment', at: instantOf(at) };

const replayedFrom = (options: Options, asked: Asked): Promise<Replayed> =>
  withTier(options, async ({ config, store, book }) => {
    const replayed = await replayTier(
      {
        ...{ tier: config.tier, store, book, rowsOf: rowsWith(sha256), emptyViews: () => memoryViews() },
        cardsOf: cardsWith(sha256, calendarCity(config.members)),
        withLiveViews: (work) => withLiveViews(config, work),
        overviewed: networkTree(config.members).withBelow(config.tier),
        withLiveOverview: (work) => withLiveOverview(config, work),
      },
      asked,
      progressBar(label, process.stderr),
    );
    if (replayed.ok) return replayed.value.found;
    const { seq } = replayed.refusal;
    throw new Complaint(`账本没有第 ${seq} 条\nThe ledger has no leaf ${seq}.`);
  });

const replayedBy = async (service: AuditService, { at, ...asked }: Asked): Promise<Replayed> => {
  const bar = progressBar(label, process.stderr);
  const past = at && (at.kind === 'seq' ? String(at.seq) : at.at);
  for await (const line of linesFrom(service, 'replay', { ...asked, at: past })) {
    if (line.kind === 'progress') bar(Number(line['done']), Number(line['of']));
    if (line.kind === 'replayed') return line['found'] as Replayed;
  }
  throw new Complaint(`${service.url} 没有给出结果\n${service.url} sent no result.`);
};
