import type { Guide } from './guide.ts';

/** What makes a text hard to read, as data: a score names the version it was measured by. */
export type ReadingRules = {
  readonly version: number;
  /** Characters a sentence may have on average, and at most. */
  readonly average: number;
  readonly longest: number;
  /** Points each character over the average costs, each sentence that is too long, each word of jargon. */
  readonly costs: { readonly average: number; readonly sentence: number; readonly jargon: number };
  /** A word of the trade, and how people say it. */
  readonly jargon: Readonly<Record<string, string>>;
};

export const readingRules: ReadingRules = {
  version: 1,
  average: 25,
  longest: 60,
  costs: { average: 1, sentence: 5, jargon: 3 },
  jargon: {
    申请要件: '要带的材料',
    行政相对人: '您',
    前置条件: '要先办好的事',
    容缺: '先办后补',
    并联审批: '同时办理',
    一次性告知: '一次说清',
    办理情形: '您的情况',
    法人代表: '负责人',
    原件核验: '带原件来看',
    予以: '',
    之规定: '的规定',
    相关规定: '写明是哪条规定',
    其他材料: '写明是什么材料',
    有关部门: '写明是哪个部门',
  },
};

export type Readability = {
  readonly rules: number;
  /** 100 is a text without a fault, 0 one nobody understands. */
  readonly score: number;
  readonly sentences: number;
  /** In tenths of a character. */
  readonly averageLength: number;
  readonly tooLong: readonly string[];
  readonly jargon: readonly { readonly word: string; readonly plain: string; readonly times: number }[];
};

/** How well a Chinese text reads: the length of its sentences, and the words only officials use. */
export const readabilityOf = (text: string, rules: ReadingRules = readingRules): Readability => {
  const sentences = text
    .split(/[。！？；\n]/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
  const lengths = sentences.map(lengthOf);
  const average =
    sentences.length === 0 ? 0 : lengths.reduce((sum, length) => sum + length, 0) / sentences.length;
  const tooLong = sentences.filter((_, n) => (lengths[n] ?? 0) > rules.longest);
  const jargon = Object.entries(rules.jargon).flatMap(([word, plain]) => {
    const times = text.split(word).length - 1;
    return times === 0 ? [] : [{ word, plain, times }];
  });
  const { costs } = rules;
  const lost =
    Math.max(0, average - rules.average) * costs.average +
    tooLong.length * costs.sentence +
    jargon.reduce((sum, { times }) => sum + times, 0) * costs.jargon;
  return {
    rules: rules.version,
    score: Math.max(0, Math.round(100 - lost)),
    sentences: sentences.length,
    averageLength: Math.round(average * 10),
    tooLong,
    jargon,
  };
};

const lengthOf = (sentence: string): number => [...sentence.replace(/\s/gu, '')].length;

/** Of a guide, the text people read. */
export const readabilityOfGuide = ({ sections }: Guide, rules?: ReadingRules): Readability =>
  readabilityOf(sections.flatMap(({ lines }) => lines.map(({ text }) => text.zh)).join('\n'), rules);
