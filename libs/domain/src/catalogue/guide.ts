import {
  caseKinds,
  channels,
  itemTypes,
  serviceObjects,
  specialProcedures,
  trustLevels,
} from './code-lists.ts';
import type { Bilingual, ItemVersion, LegalBasis, Material, RouteStep } from './item.ts';

/** One line of a guide. `place` stays the same from version to version, so that two can be compared. */
export type GuideLine = { readonly place: string; readonly text: Bilingual };
export type GuideSection = {
  readonly id: string;
  readonly title: Bilingual;
  readonly lines: readonly GuideLine[];
};

/** 办事指南: what an applicant reads and prints, made from the item alone. */
export type Guide = {
  readonly item: string;
  readonly version: number;
  readonly effectiveFrom: string;
  readonly title: Bilingual;
  readonly sections: readonly GuideSection[];
};

export const guideOf = (item: ItemVersion): Guide => ({
  item: item.code,
  version: item.version,
  effectiveFrom: item.effectiveFrom,
  title: { zh: `${item.name.zh}办事指南`, en: `Guide: ${item.name.en}` },
  sections: [
    section('about', '事项信息', 'About', [
      ...(item.summary === undefined ? [] : [line('summary', item.summary)]),
      line('type', labelled('事项类型', 'Type', itemTypes[item.type])),
      line('kind', labelled('办件类型', 'Case kind', caseKinds[item.kind])),
    ]),
    section('who', '谁可以办', 'Who may apply', [
      line('serviceObjects', listed(item.serviceObjects.map((code) => serviceObjects[code]))),
      ...item.conditions.map((condition, n) => line(`conditions/${n}`, condition)),
    ]),
    section('where', '在哪里办', 'Where to apply', [
      line('channels', listed(item.channels.map((code) => channels[code]))),
      ...(item.agentable
        ? [line('agentable', { zh: '可以委托代办员代办。', en: 'An agent may act for you.' })]
        : []),
      ...(item.bookable ? [line('bookable', { zh: '可以预约。', en: 'You may book a time.' })] : []),
    ]),
    section('materials', '要带什么', 'What to bring', item.materials.map(materialLine)),
    section(
      'steps',
      '怎么办',
      'What happens',
      item.route.stages.flatMap(({ steps }) => steps.map(stepLine)),
    ),
    section('time', '多长时间', 'How long it takes', timeLines(item)),
    section('fees', '收多少钱', 'What it costs', feeLines(item)),
    section('law', '依据什么', 'By which law', item.legalBasis.map(basisLine)),
    section(
      'result',
      '办成什么',
      'What you get',
      item.result === undefined ? [] : [line('result', item.result)],
    ),
  ].filter(({ lines }) => lines.length > 0),
});

const section = (id: string, zh: string, en: string, lines: readonly GuideLine[]): GuideSection => ({
  id,
  title: { zh, en },
  lines,
});

const line = (place: string, text: Bilingual): GuideLine => ({ place, text });

const labelled = (zh: string, en: string, value: Bilingual): Bilingual => ({
  zh: `${zh}：${value.zh}。`,
  en: `${en}: ${value.en}.`,
});

const listed = (names: readonly Bilingual[]): Bilingual => ({
  zh: `${names.map(({ zh }) => zh).join('、')}。`,
  en: `${names.map(({ en }) => en).join(', ')}.`,
});

const materialLine = ({ code, name, required, tolerable, trust, copies, note }: Material): GuideLine =>
  line(`materials/${code}`, {
    zh: `${name.zh}：${required ? '必需' : '选交'}，${copies}份，${trustLevels[trust].zh}。${tolerable ? '可以书面承诺后补交。' : ''}${note?.zh ?? ''}`,
    en: `${name.en}: ${required ? 'required' : 'optional'}, copies: ${copies}, ${trustLevels[trust].en}.${tolerable ? ' May follow under a written promise.' : ''}${note === undefined ? '' : ` ${note.en}`}`,
  });

const stepLine = ({ id, name, days, procedures, externalOrgan }: RouteStep): GuideLine => {
  const special = procedures.map((code) => specialProcedures[code]);
  return line(`steps/${id}`, {
    zh: `${name.zh}${days > 0 ? `：${days}个工作日` : ''}${externalOrgan === undefined ? '' : `，由${externalOrgan.zh}决定`}${special.length > 0 ? `，可能需要${special.map(({ zh }) => zh).join('、')}` : ''}。`,
    en: `${name.en}${days > 0 ? `: ${days} working days` : ''}${externalOrgan === undefined ? '' : `, decided by ${externalOrgan.en}`}${special.length > 0 ? `, may need: ${special.map(({ en }) => en).join(', ')}` : ''}.`,
  });
};

const timeLines = ({ limits }: ItemVersion): readonly GuideLine[] => [
  line('limits/promised', {
    zh: `我们承诺${limits.promisedDays}个工作日内办结。`,
    en: `We promise a decision within ${limits.promisedDays} working days.`,
  }),
  ...(limits.statutoryDays === null
    ? []
    : [
        line('limits/statutory', {
          zh: `法律规定最长${limits.statutoryDays}个工作日。`,
          en: `The law allows ${limits.statutoryDays} working days at most.`,
        }),
      ]),
  line('limits/notice', {
    zh: `材料不齐的，${limits.noticeDays}个工作日内一次告诉您缺什么；不告诉就是受理。`,
    en: `If anything is missing you are told once, within ${limits.noticeDays} working days; silence is acceptance.`,
  }),
  line('limits/delivery', {
    zh: `办结后${limits.deliveryDays}个工作日内送达。`,
    en: `The result reaches you within ${limits.deliveryDays} working days.`,
  }),
];

const feeLines = ({ fees, type }: ItemVersion): readonly GuideLine[] =>
  fees.length === 0
    ? [line('fees', type === '01' ? freePermit : noFeeListed)]
    : fees.map(({ name, amount, unit, basis }) => {
        const yuan = (amount / 100).toFixed(2);
        return line(`fees/${name.zh}`, {
          zh: `${name.zh}：每${unit.zh}${yuan}元，依据《${basis.law}》${basis.article}。`,
          en: `${name.en}: ${yuan} yuan per ${unit.en}, by ${basis.law} ${basis.article}.`,
        });
      });

/** No organ may charge for a permit unless a law says so, and then the item lists it. */
const freePermit: Bilingual = {
  zh: '不收费，依据《行政许可法》第五十八条。',
  en: 'It is free, by 行政许可法 第五十八条.',
};

/** Silence of the catalogue is no promise: a utility charges for what it delivers. */
const noFeeListed: Bilingual = {
  zh: '目录没有列出收费。有人收费的，请他出示依据。',
  en: 'The catalogue lists no fee. If you are asked for one, ask by which rule.',
};

const basisLine = ({ law, edition, article, verified }: LegalBasis): GuideLine =>
  line(`law/${law}/${article}`, {
    zh: `《${law}》（${edition}）${article}${verified ? '' : '（条文未核对）'}。`,
    en: `${law} (${edition}) ${article}${verified ? '' : ' (wording not checked)'}.`,
  });

// What changed

export type GuideChange = {
  readonly section: string;
  readonly place: string;
  readonly before?: Bilingual;
  readonly after?: Bilingual;
};

/** What a reader of the earlier guide must know of the later one, in the order in which it is read. */
export const guideDiff = (before: Guide, after: Guide): readonly GuideChange[] => {
  const [then, now] = [linesOf(before), linesOf(after)];
  return [...new Set([...now.keys(), ...then.keys()])].flatMap((key): readonly GuideChange[] => {
    const [was, is] = [then.get(key), now.get(key)];
    const { section: id, place } = is ?? was ?? { section: '', place: '' };
    if (was?.text.zh === is?.text.zh && was?.text.en === is?.text.en) return [];
    return [{ section: id, place, ...(was && { before: was.text }), ...(is && { after: is.text }) }];
  });
};

const linesOf = ({ sections }: Guide): ReadonlyMap<string, GuideLine & { readonly section: string }> =>
  new Map(
    sections.flatMap(({ id, lines }) =>
      lines.map((one) => [`${id}/${one.place}`, { ...one, section: id }] as const),
    ),
  );
