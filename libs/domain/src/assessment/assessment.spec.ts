import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ok, type Sha256, streamOwner, type TierCode } from '@liandong/kernel';
import { givenFor } from '@liandong/testing';
import {
  type AdoptScheme,
  type AssessmentActor,
  assessmentDecider,
  type AppealScore,
  type CorrectScore,
  type PublishScore,
  schemeDecider,
  schemeOn,
  schemePin,
  type Score,
  type ScoreFact,
  scoreStream,
  standardScheme,
  standingScore,
  type Subject,
  type UpholdScore,
} from './index.ts';

const sha256: Sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const tier = '431021' as TierCode;
const subject: Subject = { kind: 'staff', tier, department: 'D', staff: 's1' };
const supervisor: AssessmentActor = { tier, department: 'S', role: 'supervisor' };
const unit: AssessmentActor = { tier, department: 'D', role: 'unit' };
const score = (tenths: number): Score => ({ tenths, lines: [] });
const document = 'a'.repeat(64);
const [pin, period, reasons] = [schemePin(sha256, standardScheme), '202603', '事实有误'];

const given = givenFor(assessmentDecider);
const publish: PublishScore = {
  ...{ type: 'publishScore', by: supervisor, period, subject, scheme: pin, score: score(900) },
  at: '2026-03-31T16:00:00.000Z',
};
const published: ScoreFact = {
  type: 'liandong.assessment.published.v1',
  data: { by: supervisor, period, subject, scheme: pin, score: score(900) },
};
const appeal: AppealScore = { type: 'appealScore', by: unit, ground: 'factWrong', document, reasons };
const appealed: ScoreFact = {
  type: 'liandong.assessment.appealed.v1',
  data: { by: unit, ground: 'factWrong', document },
};
const uphold: UpholdScore = { type: 'upholdScore', by: supervisor, document, reasons };
const upheld: ScoreFact = {
  type: 'liandong.assessment.upheld.v1',
  data: { by: supervisor, document, reasonsGiven: true },
};
const correct: CorrectScore = { type: 'correctScore', by: supervisor, score: score(950) };
const corrected = (reason: 'appeal' | 'laterEvents'): ScoreFact => ({
  type: 'liandong.assessment.corrected.v1',
  data: { by: supervisor, reason, score: score(950) },
});

describe('a published score', () => {
  it('is published once, by a supervisor, when its period is over', () => {
    given().when(publish).then(published);
    given(published).when(publish).refused({ code: 'assessment-already-published' });
    given()
      .when({ ...publish, by: unit })
      .refused({ code: 'assessment-wrong-role' });
    given()
      .when({ ...publish, at: '2026-03-31T15:59:59.999Z' })
      .refused({ code: 'assessment-period-open', until: '2026-03-31T16:00:00.000Z' });
    given()
      .when({ ...publish, period: '2026-03' })
      .refused({ code: 'assessment-period-wrong', period: '2026-03' });
  });

  it('is appealed once, by the unit it is about, with reasons that stay out of the event', () => {
    given(published)
      .when(appeal)
      .then({ ...appealed, personal: { reasons } });
    given().when(appeal).refused({ code: 'assessment-not-published' });
    given(published)
      .when({ ...appeal, by: supervisor })
      .refused({ code: 'assessment-wrong-role' });
    const others = [
      { ...unit, department: 'E' },
      { ...unit, tier: '431000' as TierCode },
    ];
    for (const by of others)
      given(published)
        .when({ ...appeal, by })
        .refused({ code: 'assessment-not-of-unit' });
    given(published)
      .when({ ...appeal, reasons: ' ' })
      .refused({ code: 'assessment-reasons-missing' });
    given(published, appealed).when(appeal).refused({ code: 'assessment-already-appealed' });
    given(published, appealed, upheld).when(appeal).refused({ code: 'assessment-already-appealed' });
  });

  it('is upheld after an appeal, never by the department it is about', () => {
    given(published, appealed)
      .when(uphold)
      .then({ ...upheld, personal: { reasons } });
    given(published).when(uphold).refused({ code: 'assessment-not-appealed' });
    given(published, appealed)
      .when({ ...uphold, by: unit })
      .refused({ code: 'assessment-wrong-role' });
    given(published, appealed)
      .when({ ...uphold, by: { ...supervisor, department: 'D' } })
      .refused({ code: 'assessment-judge-in-own-cause' });
    given(published, appealed)
      .when({ ...uphold, reasons: '' })
      .refused({ code: 'assessment-reasons-missing' });
  });

  it('is corrected by a further event when the events say otherwise, and only then', () => {
    given(published).when(correct).then(corrected('laterEvents'));
    given(published, appealed).when(correct).then(corrected('appeal'));
    given(published, appealed, upheld).when(correct).then(corrected('laterEvents'));
    given(published)
      .when({ ...correct, score: score(900) })
      .refused({ code: 'assessment-unchanged' });
    given(published, corrected('laterEvents')).when(correct).refused({ code: 'assessment-unchanged' });
    given(published)
      .when({ ...correct, by: { ...supervisor, department: 'D' } })
      .refused({ code: 'assessment-judge-in-own-cause' });
  });

  it('keeps everything that was ever published', () => {
    const facts = [published, appealed, corrected('appeal'), published];
    const state = facts.reduce(assessmentDecider.evolve, assessmentDecider.initial);
    expect(state?.scores).toEqual([score(900), score(950)]);
    expect([state?.appeal, state && standingScore(state)]).toEqual(['granted', score(950)]);
  });

  it('stands in a stream of its tier, one for each subject and period', () => {
    const streams = [
      scoreStream(sha256, tier, period, subject),
      scoreStream(sha256, tier, '202604', subject),
      scoreStream(sha256, tier, period, { kind: 'tier', tier }),
    ];
    expect(new Set(streams).size).toBe(3);
    expect(streams.map(streamOwner)).toEqual([tier, tier, tier]);
  });
});

describe('the scheme a tier scores by', () => {
  const decider = schemeDecider(sha256);
  const adopt: AdoptScheme = {
    ...{ type: 'adoptScheme', by: supervisor, scheme: standardScheme, effectiveFrom: '2026-01-01' },
    today: '2026-02-01',
  };
  const adopted = decider.decide(adopt, []);
  const first = adopted.ok ? adopted.value : [];
  const next = { ...standardScheme, version: 2 };

  it('is adopted by an event that holds it whole', () => {
    expect(first.map(({ data }) => data)).toEqual([
      { by: supervisor, scheme: standardScheme, pin, effectiveFrom: '2026-01-01' },
    ]);
  });

  it('is refused with a flaw, unchanged, too early, or from somebody else', () => {
    const rule = givenFor(decider);
    rule(...first)
      .when(adopt)
      .refused({ code: 'scheme-unchanged', pin });
    rule(...first)
      .when({ ...adopt, scheme: next })
      .refused({ code: 'scheme-not-later', after: '2026-01-01' });
    rule()
      .when({ ...adopt, scheme: { ...next, shares: [] } })
      .refused({ code: 'scheme-flawed', at: 'shares', flaw: 'empty' });
    rule()
      .when({ ...adopt, by: unit })
      .refused({ code: 'assessment-wrong-role' });
  });

  it('applies from its day on', () => {
    const later = decider.decide({ ...adopt, scheme: next, effectiveFrom: '2026-07-01' }, [
      ...first.map(({ data }) => data),
    ]);
    const all = [...first, ...(later.ok ? later.value : [])].map(({ data }) => data);
    const on = (day: string) => schemeOn(all, day)?.scheme.version;
    expect([on('2025-12-31'), on('2026-01-01'), on('2026-06-30'), on('2026-07-01')]).toEqual([
      undefined,
      1,
      1,
      2,
    ]);
    expect(later).toEqual(ok(expect.anything()));
  });
});
