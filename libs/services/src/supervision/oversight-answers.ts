import type { Overseen } from '@liandong/application';
import { type Difference, disagreements, pointNames } from '@liandong/domain/supervision';
import { z } from 'zod';

/** What superiors make of a card, as far as this tier knows; agreement is known where it was come to. */
export const oversightFindings = ['notRejudged', 'agreed', 'disagreed'] as const;

/** One superior that disagrees is enough. */
export const oversightOf = (about: readonly Overseen[]): (typeof oversightFindings)[number] => {
  const states = new Set(about.map(({ state }) => state));
  if (states.has('disagreed')) return 'disagreed';
  return states.has('agreed') ? 'agreed' : 'notRejudged';
};

export const oversightAnswer = ({
  overseer,
  issuer,
  card,
  matter,
  cause,
  state,
  since,
  disagreement,
}: Overseen) => ({
  ...{ overseer, issuer, card, matter, rule: cause.rule, since },
  ...(cause.step !== undefined && { step: cause.step }),
  finding: state === 'waiting' ? ('notRejudged' as const) : state,
  ...(disagreement && { found: disagreement.found, at: disagreement.at }),
  differences: (disagreement?.differences ?? []).map((difference) => ({
    ...difference,
    name: nameOf(difference),
  })),
});

const nameOf = ({ point }: Difference) =>
  (Object.hasOwn(pointNames, point) ? pointNames[point] : undefined) ?? { zh: point, en: point };

const tier = z.string().describe('区划代码 · Division code');

export const oversightFinding = z
  .enum(oversightFindings)
  .describe('尚未复算 · 一致 · 有异议 · Whether a superior judged it again, and with what outcome');

export const OversightAnswer = z
  .strictObject({
    ...{ overseer: tier, issuer: tier, card: z.string(), matter: z.string(), rule: z.string() },
    step: z.string().optional(),
    finding: oversightFinding,
    since: z.string().describe('UTC, RFC 3339'),
    found: z.enum(disagreements).optional().describe('缺牌 · 无据 · 不符 · What is held against the issuer'),
    at: z.string().optional(),
    differences: z.array(
      z.strictObject({
        point: z.string(),
        name: z.strictObject({ zh: z.string(), en: z.string() }),
        issued: z.string().optional().describe('发牌方所述 · What the issuer says'),
        expected: z.string().optional().describe('上级复算所得 · What the superior comes to'),
      }),
    ),
  })
  .meta({ id: 'Oversight', description: '上级复算 · What a superior came to that judged the same clock' });

export const DisagreementsAnswer = z.strictObject({
  items: z.array(OversightAnswer),
  nextCursor: z.string().optional(),
});
