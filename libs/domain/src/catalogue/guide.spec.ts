import { describe, expect, it } from '@jest/globals';
import { sampleItem } from '../../test/sample-item.ts';
import {
  guideDiff,
  guideOf,
  type ItemVersion,
  readabilityOf,
  readabilityOfGuide,
  readingRules,
} from './index.ts';

const guide = guideOf(sampleItem);
const later: ItemVersion = {
  ...sampleItem,
  version: 2,
  effectiveFrom: '2019-01-01',
  materials: sampleItem.materials.slice(0, 1),
  limits: { ...sampleItem.limits, promisedDays: 15 },
  fees: [],
  conditions: [{ zh: '在本县用水。', en: 'You use water in this county.' }],
};

describe('a guide', () => {
  it('is made from the item alone, in Chinese and English', () => {
    expect(guide.title).toEqual({ zh: '取水许可办事指南', en: 'Guide: Water abstraction licence' });
    expect(guide.sections.map(({ id }) => id)).toEqual([
      'about',
      'who',
      'where',
      'materials',
      'steps',
      'time',
      'fees',
      'law',
    ]);
    for (const { title, lines } of guide.sections) {
      for (const { zh, en } of [title, ...lines.map(({ text }) => text)]) {
        expect(zh).toMatch(/\p{Script=Han}/u);
        expect(en).toMatch(/[A-Za-z]/);
        expect(`${zh}${en}`).not.toContain('undefined');
      }
    }
  });

  it('says what to bring, how long it takes, what it costs and by which law', () => {
    const lines = new Map(
      guide.sections.flatMap(({ lines: all }) => all.map(({ place, text }) => [place, text.zh])),
    );
    expect(lines.get('materials/report')).toContain('可以书面承诺后补交');
    expect(lines.get('steps/forest')).toContain('由湖南省林业局决定');
    expect(lines.get('limits/promised')).toBe('我们承诺20个工作日内办结。');
    expect(lines.get('limits/statutory')).toContain('45');
    expect(lines.get('fees/工本费')).toBe('工本费：每证5.00元，依据《水法》第四十八条。');
    expect(lines.get('law/水法/第四十八条')).toContain('条文未核对');
  });

  it('says of a permit that it is free by law, and promises nothing where the catalogue is silent', () => {
    const feesOf = (item: ItemVersion) =>
      guideOf(item)
        .sections.find(({ id }) => id === 'fees')
        ?.lines.map(({ text }) => text.zh);
    expect(feesOf(later)).toEqual(['不收费，依据《行政许可法》第五十八条。']);
    expect(feesOf({ ...later, type: '20' })).toEqual(['目录没有列出收费。有人收费的，请他出示依据。']);
  });

  it('differs from the next version in what was added, changed and dropped', () => {
    const changes = guideDiff(guide, guideOf(later));
    expect(
      changes.map(({ place, before, after }) => [place, before !== undefined, after !== undefined]),
    ).toEqual([
      ['conditions/0', false, true],
      ['limits/promised', true, true],
      ['fees', false, true],
      ['materials/report', true, false],
      ['fees/工本费', true, false],
    ]);
    expect(guideDiff(guide, guideOf({ ...sampleItem, version: 2 }))).toEqual([]);
  });
});

describe('how well a text reads', () => {
  it('is perfect for short sentences in plain words', () => {
    expect(readabilityOf('带身份证。当天办好。')).toMatchObject({
      score: 100,
      sentences: 2,
      averageLength: 40,
    });
    expect(readabilityOf('')).toMatchObject({ score: 100, sentences: 0 });
  });

  it('suffers from long sentences', () => {
    const long = '一'.repeat(61);
    expect(readabilityOf(`${long}。`)).toMatchObject({ score: 100 - 36 - 5, tooLong: [long] });
    expect(readabilityOf(`${'一'.repeat(60)}。`).tooLong).toEqual([]);
    expect(readabilityOf('一'.repeat(25)).score).toBe(100);
    expect(readabilityOf('一'.repeat(26)).score).toBe(99);
  });

  it('suffers from words of the trade, and names the plain ones', () => {
    const text = '容缺受理。行政相对人容缺。';
    expect(readabilityOf(text)).toMatchObject({
      score: 91,
      jargon: [
        { word: '行政相对人', plain: '您', times: 1 },
        { word: '容缺', plain: '先办后补', times: 2 },
      ],
    });
  });

  it('never falls below nothing, and names the rules it is measured by', () => {
    const rules = { ...readingRules, version: 7, costs: { average: 1, sentence: 5, jargon: 60 } };
    expect(readabilityOf('容缺。容缺。', rules)).toMatchObject({ score: 0, rules: 7 });
  });

  it('is measured on what a guide says in Chinese', () => {
    const plain = readabilityOfGuide(guide);
    expect(plain.score).toBe(100);
    const stiff = guideOf({ ...sampleItem, conditions: [{ zh: '容缺。', en: 'x' }] });
    expect(readabilityOfGuide(stiff).score).toBe(97);
  });
});
