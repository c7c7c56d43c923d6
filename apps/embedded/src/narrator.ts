import { division } from '@liandong/adapters/reference';
import type { TierCode } from '@liandong/kernel';
import type { Step } from './main-job.ts';
import type { Known } from './known.ts';

/** As much of a card as is told. */
export type ShownCard = {
  readonly card: string;
  readonly colour: string;
  readonly rule: string;
  readonly status: string;
};

/** Tells what happens, in Chinese and English. */
export type Narrator = {
  readonly say: (zh: string, en: string) => void;
  readonly step: (n: number, of: number, step: Step, today: string) => void;
  readonly card: (card: ShownCard) => void;
  readonly agreed: (known: ReadonlyMap<TierCode, Known>) => void;
  readonly adopted: (tier: TierCode, items: number) => void;
};

const levels = { 6: { zh: '县', en: 'county' }, 9: { zh: '乡镇', en: 'township' } } as const;

/** `桂阳县 431021 · county`. */
export const placeOf = (tier: TierCode): Readonly<{ zh: string; en: string }> => {
  const level = tier.length === 9 ? levels[9] : tier.endsWith('00') ? { zh: '市', en: 'city' } : levels[6];
  return { zh: `${division(tier)?.name ?? level.zh} ${tier}`, en: `${level.en} ${tier}` };
};

const cardNames: Readonly<Record<string, string>> = {
  warning: '预警 warning',
  yellow: '黄牌 yellow',
  red: '红牌 red',
};

export const narrator = (print: (line: string) => void): Narrator => ({
  say: (zh, en) => {
    print(`${zh}\n    ${en}`);
  },
  step: (n, of, step, today) => {
    const where =
      step.does === 'pass'
        ? { zh: `过 ${step.workingDays} 个工作日`, en: `${step.workingDays} working d pass` }
        : placeOf(step.tier);
    print(`\n[${String(n).padStart(2)}/${of}] ${today}  ${where.zh}  ${step.zh}`);
    print(`        ${where.en}: ${step.en}`);
  },
  card: ({ card, colour, rule, status }) => {
    print(`        ✓ ${cardNames[colour] ?? colour} ${rule}  ${status}  ${card}`);
  },
  agreed: (known) => {
    const [first] = known.values();
    if (first === undefined) return;
    const tiers = [...known.keys()].join(' = ');
    print(
      `        ✓ ${first.revision} 个事件 events  ${first.status}  ${tiers}  ${first.digest.slice(0, 16)}…`,
    );
  },
  adopted: (tier, items) => {
    print(
      `  ${placeOf(tier).zh} 采用市级标准事项 ${items} 项 · ${placeOf(tier).en} adopted ${items} items of the city`,
    );
  },
});
