import type { LegalDay, Open } from '@liandong/domain/case';
import { ok, refuse, type TierCode } from '@liandong/kernel';

export const city = '431000' as TierCode;
export const county = '431021' as TierCode;

/** Monday to Friday, to the end of the day in Shanghai. No calendar beyond 2029. */
export const legalDay: LegalDay = (from, days) => {
  const day = new Date(Date.parse(from) + 8 * 3_600_000);
  day.setUTCHours(23, 59, 59, 999);
  for (let left = days; left > 0;) {
    day.setUTCDate(day.getUTCDate() + 1);
    if (day.getUTCDay() % 6 !== 0) left--;
  }
  return day.getUTCFullYear() > 2029
    ? refuse({ code: 'calendar-year-missing', year: day.getUTCFullYear() })
    : ok(new Date(day.getTime() - 8 * 3_600_000).toISOString());
};

export const documentHash = (n: number): string => n.toString(16).padStart(64, '0');

export const departments = {
  centre: '11440232MB2D06811W',
  land: '91350100M000100Y43',
  other: '11440232MB2D06812U',
};
const centre = { tier: county, department: departments.centre };
const land = { tier: county, department: departments.land };

/** A homestead application at the county: one determination by the land department, which leads. */
export const sampleOpening = (
  reference: string,
  supplied: Open['supplied'],
  agentPoint?: string,
  authorization?: string,
): Open => ({
  type: 'open',
  number: { profile: 'free', value: '桂阳-2026-1' },
  item: {
    code: 'homestead',
    version: '1',
    hash: documentHash(1),
    name: '农村村民住宅用地审批',
    agentable: true,
  },
  kind: 'promised',
  intake: { ...centre, ...(agentPoint !== undefined && { agentPoint }) },
  lead: land,
  applicant: { kind: '1', reference, creditworthy: true },
  route: {
    stages: [
      {
        id: 'review',
        name: '审查',
        endsOnRefusal: true,
        steps: [
          {
            id: 'land',
            name: '用地审批',
            kind: 'determination',
            ...land,
            itemCode: 'land-1',
            days: 8,
            procedures: [],
          },
        ],
      },
    ],
  },
  materials: [{ code: 'form', name: '申请表', required: true, tolerable: false }],
  supplied,
  ...(authorization !== undefined && { authorization }),
  limits: { statutoryDays: 20, promisedDays: 10, noticeDays: 5, correctionDays: 15, deliveryDays: 10 },
  superiors: { [city]: [], [county]: [city] },
  pilot: false,
});
