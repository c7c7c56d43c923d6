import type { ItemVersion, RouteStep } from '@liandong/domain/catalogue';

const text = (zh: string, en: string) => ({ zh, en });
const law = {
  law: '中华人民共和国行政许可法',
  edition: '2019',
  article: '第二十六条',
  verified: false,
};

const determination = (
  id: string,
  level: 'city' | 'county',
  department: 'water' | 'ecology',
  code: string,
): RouteStep => ({
  id,
  level,
  department,
  name: text(`${id} 决定`, `Determination ${id}`),
  kind: 'determination',
  item: { code, name: text(`${id} 决定`, `Determination ${id}`) },
  legalBasis: [law],
  days: 10,
  procedures: [],
});
const water = determination('water', 'county', 'water', '431001199901');
const ecology = determination('ecology', 'city', 'ecology', '431001199902');
const residents: RouteStep = {
  id: 'residents',
  level: 'township',
  department: 'government',
  name: text('居民意见', 'Opinion of the residents'),
  kind: 'opinion',
  days: 5,
  procedures: [],
};

const item = (code: string, steps: readonly RouteStep[]): ItemVersion => ({
  code,
  version: 1,
  status: 'inForce',
  effectiveFrom: '2020-01-01',
  name: text('试办事项', 'Item on trial'),
  type: '01',
  kind: 'joint',
  exerciseLevel: '7',
  bodyNature: '1',
  legalBasis: [law],
  conditions: [],
  serviceObjects: ['2'],
  channels: ['1'],
  agentable: true,
  bookable: false,
  queueable: false,
  intake: [
    { level: 'county', department: 'administrativeService' },
    { level: 'township', department: 'government' },
  ],
  route: {
    lead: { level: 'city', department: 'developmentReform' },
    stages: [{ id: 'review', name: text('审查', 'Review'), endsOnRefusal: true, steps }],
  },
  materials: [],
  fees: [],
  limits: { statutoryDays: 45, promisedDays: 30, deliveryDays: 10, noticeDays: 5, correctionDays: 15 },
});

/** Led by the city, decided by county and city; the township has a part only if it takes the case in. */
export const twoTierItem = item('431001199001', [water, ecology]);
/** The same with an opinion of the township. */
export const threeTierItem = item('431001199002', [residents, water, ecology]);

/** Stands for a document in a department's own archive. */
export const paper = (n: number): string => n.toString(16).padStart(64, '0');
