import type { ItemVersion, LegalBasis } from '@liandong/domain/catalogue';

/** A small sound item for specs to bend. */
export const law: LegalBasis = { law: '水法', edition: '2016', article: '第四十八条', verified: false };
const text = (zh: string, en: string) => ({ zh, en });

export const sampleItem: ItemVersion = {
  code: '430100000001',
  version: 1,
  status: 'inForce',
  effectiveFrom: '2013-01-01',
  name: text('取水许可', 'Water abstraction licence'),
  type: '01',
  kind: 'joint',
  exerciseLevel: '4',
  bodyNature: '1',
  legalBasis: [law],
  conditions: [],
  serviceObjects: ['1', '2'],
  channels: ['1'],
  agentable: true,
  bookable: true,
  queueable: true,
  intake: [
    { level: 'county', department: 'administrativeService' },
    { level: 'township', department: 'government' },
  ],
  route: {
    lead: { level: 'city', department: 'developmentReform' },
    stages: [
      {
        id: 'review',
        name: text('审查', 'Review'),
        endsOnRefusal: false,
        steps: [
          {
            id: 'site',
            name: text('现场意见', 'Site opinion'),
            kind: 'opinion',
            level: 'township',
            department: 'government',
            days: 5,
            procedures: [],
          },
          {
            id: 'water',
            name: text('取水审批', 'Abstraction'),
            kind: 'determination',
            level: 'county',
            department: 'water',
            item: { code: '430100000002', name: text('取水许可', 'Abstraction') },
            legalBasis: [law],
            days: 10,
            procedures: ['expertReview'],
            extension: { days: 10, by: 'organHead', basis: law },
          },
          {
            id: 'forest',
            name: text('林地', 'Forest land'),
            kind: 'external',
            level: 'county',
            department: 'forestry',
            item: { code: '430100000003', name: text('林地审核', 'Forest land') },
            legalBasis: [law],
            externalOrgan: text('湖南省林业局', 'Hunan Forestry Administration'),
            days: 0,
            procedures: [],
          },
        ],
      },
    ],
  },
  materials: [
    {
      code: 'application',
      name: text('申请书', 'Application'),
      required: true,
      tolerable: false,
      trust: 'D',
      copies: 1,
    },
    {
      code: 'report',
      name: text('论证报告', 'Report'),
      required: true,
      tolerable: true,
      neededBy: ['water'],
      trust: 'C',
      copies: 2,
    },
  ],
  fees: [{ name: text('工本费', 'Cost'), amount: 500, unit: text('证', 'licence'), basis: law }],
  limits: { statutoryDays: 45, promisedDays: 20, deliveryDays: 10, noticeDays: 5, correctionDays: 15 },
};
