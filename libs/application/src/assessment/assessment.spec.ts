import { sha256 } from '@liandong/adapters/crypto';
import { demoTier } from '@liandong/adapters/reference';
import {
  decodeAssessmentFact,
  decodeCaseFact,
  decodeDepartmentFact,
  decodeTierFact,
} from '@liandong/contracts';
import {
  type AssessmentActor,
  assessmentDecider,
  indicatorNames,
  scoreStream,
  standardScheme,
  type Subject,
} from '@liandong/domain/assessment';
import { hunan2018 } from '@liandong/domain/supervision';
import { decodeEvent, type StreamName } from '@liandong/kernel';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  city,
  county,
  deliver,
  document,
  foundTier,
  must,
  opened,
  type SampleTier,
  sampleTier,
  staff,
  testClock,
  township,
} from '../../test/sample-network.ts';
import { decodeCards, supervisedTier } from '../../test/supervised-tier.ts';
import {
  assessmentBook,
  assessmentDesk,
  type AssessmentDesk,
  isPublicStream,
  ownStreamHandler,
  type Recorded,
  regionBook,
  staffOfTier,
  start,
} from '../index.ts';

const clock = testClock();
const period = '2026';
const yearly = { ...standardScheme, period: 'year' as const };
const supervisor: AssessmentActor = { tier: city, role: 'supervisor' };
const decode = ({ bytes }: Recorded) => decodeAssessmentFact(decodeEvent(bytes));
const acting = (idempotencyKey: string) =>
  ({ principal: 'somebody', authtype: 'user', idempotencyKey }) as const;

let tier: SampleTier;
let caseId: StreamName;
let supervised: ReturnType<typeof supervisedTier>;
let desk: AssessmentDesk;
let late: { readonly tier: typeof city; readonly department: string };
let approver: ReturnType<typeof staff>;

const openDesk = async ({ store, authoring }: SampleTier) => {
  const directory = regionBook(store, ({ bytes }) => {
    const envelope = decodeEvent(bytes);
    return decodeTierFact(envelope) ?? decodeDepartmentFact(envelope);
  });
  const book = assessmentBook(store, sha256, decode);
  const common = { store, authoring, book, decode, caseFactOf: decodeCaseFact, decodeCards };
  return {
    book,
    desk: assessmentDesk({
      ...{ ...common, tier: authoring.author.tier, staffNow: staffOfTier(authoring, directory) },
    }),
  };
};
const streamOf = (subject: Subject) => scoreStream(sha256, city, period, subject);
const shown = async (subject: Subject) => must(await desk.show(streamOf(subject)));

/** One city organ decides its step in time; the lead never decides, and gets a yellow card and a red one. */
beforeAll(async () => {
  tier = await sampleTier(city, clock);
  await foundTier(tier);
  for (const below of await Promise.all([county, township].map((each) => sampleTier(each, clock)))) {
    await foundTier(below);
    await deliver(below, tier);
  }
  caseId = await opened(tier);
  const give = async (who: ReturnType<typeof staff>, command: object) =>
    must(
      await tier.desk.execute({
        ...{ ...who, caseId, idempotencyKey: JSON.stringify(command), command: command as never },
      }),
    );
  const clerk = staff(city, 'windowClerk', '02');
  await give(clerk, { type: 'preAccept' });
  await give(clerk, { type: 'accept' });
  const lead = staff(city, 'leadCoordinator', '03');
  late = { tier: city, department: lead.by.department };
  const stage = (await tier.desk.read(caseId))?.state.matter?.opening.route.stages[0];
  await give(lead, { type: 'openStage', stage: stage?.id });
  const step = stage?.steps.find((one) => one.tier === city && one.kind === 'determination');
  const person = demoTier('test.example', city)?.people.find(
    ({ id, department }) => id.startsWith('approver-') && department === step?.department,
  );
  approver = staff(city, 'approver', person?.id.split('-').at(-1) ?? '');
  const agreed = { type: 'determine', step: step?.id, result: 'agree', document: document(9) };
  await give(approver, agreed);

  supervised = supervisedTier(tier);
  await supervised.publish(2026);
  await supervised.adopt(hunan2018);
  await supervised.catchUp();
  clock.advance(100);
  await supervised.look();
  await supervised.catchUp();
  ({ desk } = await openDesk(tier));
});

describe('the assessment of a tier', () => {
  const department = (): Subject => ({ kind: 'department', ...late });

  it('is made by an adopted scheme, once its period is over', async () => {
    expect(await desk.publish(acting('p0'), supervisor, period)).toMatchObject({
      refusal: { code: 'scheme-not-adopted' },
    });
    must(await desk.adopt(acting('scheme'), { by: supervisor, scheme: yearly, effectiveFrom: '2026-01-01' }));
    expect(await desk.publish(acting('p1'), supervisor, period)).toMatchObject({
      refusal: { code: 'assessment-period-open' },
    });
    expect(await desk.publish(acting('p2'), supervisor, '202604')).toMatchObject({
      refusal: { code: 'scheme-for-other-periods', period: 'year' },
    });
    clock.advance(300);
    const published = must(await desk.publish(acting('p3'), supervisor, period));
    expect(must(await desk.publish(acting('p3'), supervisor, period))).toEqual(published);
    expect(must(await desk.publish(acting('p4'), supervisor, period))).toEqual(published);
    expect(published).toContain(streamOf({ kind: 'tier', tier: city }));
    expect(published.every(isPublicStream)).toBe(true);
  });

  it('finds who acted behind the pseudonym of a case, and counts the deed for the window as well', async () => {
    const { department: organ, window } = { window: '', ...approver.by };
    const person = await shown({ kind: 'staff', tier: city, department: organ, staff: approver.principal });
    expect(person.row.state.scores).toMatchObject([
      { tenths: 1000, lines: [{ id: 'answers', counted: 1, of: 1 }] },
    ]);
    const [line] = person.evidence;
    const [event] = line?.events ?? [];
    expect([event?.indicator, person.stands]).toEqual(['answerOnTime', true]);
    const recorded = (await tier.store.read(caseId)).find(({ hash }) => hash === event?.event);
    expect(recorded?.type).toBe('liandong.case.determined.v1');
    if (window !== '')
      expect((await shown({ kind: 'window', tier: city, department: organ, window })).stands).toBe(true);
  });

  it('holds standing cards against the unit, each traceable to its event', async () => {
    const { row, evidence, stands } = await shown(department());
    const lines = row.state.scores[0]?.lines.map(({ id, tenths }) => [id, tenths]);
    expect(lines).toEqual([
      ['yellow', -20],
      ['red', -50],
    ]);
    expect([row.state.scores[0]?.tenths, stands]).toEqual([930, true]);
    const events = evidence.flatMap((line) => line.events.map(({ event }) => event));
    const issued = (await tier.store.readAll(start, 10_000)).filter(({ hash }) =>
      (events as readonly string[]).includes(hash),
    );
    expect(issued.map(({ type }) => type)).toEqual(['liandong.card.issued.v1', 'liandong.card.issued.v1']);
    expect(Object.keys(indicatorNames)).toEqual(
      expect.arrayContaining(evidence.flatMap((line) => line.events.map(({ indicator }) => indicator))),
    );
  });

  it('is corrected by a further event once a card is withdrawn, and keeps what was published', async () => {
    const unit: AssessmentActor = { ...late, role: 'unit' };
    const stream = streamOf(department());
    must(
      await desk.rule(acting('appeal'), stream, {
        ...{ type: 'appealScore', by: unit, ground: 'cardWithdrawn', reasons: '黄牌已申诉' },
        document: document(1),
      }),
    );
    expect(await desk.correct(acting('c0'), stream, supervisor)).toMatchObject({
      refusal: { code: 'assessment-unchanged' },
    });
    const card = (await supervised.book.cardsOf(caseId)).find(
      ({ state }) =>
        state.judgement.colour === 'yellow' &&
        state.judgement.accountable.unit.department === late.department,
    );
    if (card === undefined) throw new Error('no yellow card');
    const by = { ...late, role: 'unit' } as const;
    const ground = 'applicantDelay' as const;
    must(
      await supervised.desk.give(acting('card-appeal'), card.card, {
        ...{ type: 'appealCard', by, ground, document: document(1), reasons: '测绘延期' },
      }),
    );
    must(
      await supervised.desk.give(acting('card-withdrawn'), card.card, {
        ...{ type: 'acceptAppeal', document: document(2), reasons: '属实' },
        by: { tier: city, role: 'supervisor' },
      }),
    );
    expect((await shown(department())).stands).toBe(false);
    must(await desk.correct(acting('c1'), stream, supervisor));
    const { row, stands } = await shown(department());
    expect(row.state.scores.map(({ tenths }) => tenths)).toEqual([930, 950]);
    expect([row.state.reasons, row.state.appeal, stands]).toEqual([['appeal'], 'granted', true]);
    expect(row.events).toHaveLength(3);
  });

  it('is believed of its own tier alone, and found again from the same events elsewhere', async () => {
    const other = await sampleTier(county, clock);
    await deliver(tier, other);
    const { desk: there, book } = await openDesk(other);
    const slander: Subject = { kind: 'tier', tier: city };
    const stranger = ownStreamHandler(other.store, other.authoring, assessmentDecider, () => undefined);
    for (const stream of [scoreStream(sha256, county, period, slander), streamOf(department())])
      await stranger({
        ...{ ...acting(stream), stream: stream.replace(city, county) as StreamName },
        command: {
          ...{ type: 'publishScore', by: { tier: county, role: 'supervisor' }, period, subject: slander },
          ...{
            scheme: `liandong@1#${document(1)}`,
            score: { tenths: 1, lines: [] },
            at: '2027-01-01T00:00:00.000Z',
          },
        },
      });
    const seen = must(await there.show(streamOf({ kind: 'tier', tier: city })));
    const here = await shown({ kind: 'tier', tier: city });
    expect(seen.now).toEqual(here.now);
    expect(await there.correct(acting('x'), streamOf(department()), supervisor)).toMatchObject({
      refusal: { code: 'assessment-not-of-tier' },
    });
    expect(await there.show('assessment-431000.none' as StreamName)).toMatchObject({
      refusal: { code: 'assessment-not-found' },
    });
    const kinds = (filter: Parameters<typeof book.rows>[0]) =>
      book.rows(filter).map(({ state }) => state.subject.kind);
    expect(kinds({ kind: 'tier' })).toEqual(['tier']);
    expect(kinds({ period: '2025' })).toEqual([]);
    expect(new Set(kinds({ department: late.department }))).toContain('department');
    expect(kinds({ tier: county })).toEqual([]);
  });
});
