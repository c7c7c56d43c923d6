import type { DepartmentRole } from '@liandong/domain/directory';
import {
  broadcasting,
  cityWater,
  farmInsurance10,
  farmInsurance10Of2012,
  machinery21,
  machinery21Of2009,
  power23,
  telecoms,
  townGas,
} from './laws.ts';
import {
  applicationForm,
  days,
  determination,
  external,
  identityCard,
  material,
  opinion,
  organ,
  type ShippedItem,
  shipped,
  stage,
  text,
} from './parts.ts';

// 农业保险、拖拉机

const farmInsurance = '431020107001';
const farmInsuranceName = text('农业保险投保', 'Farm insurance');
const farmInsuranceEdition = (effectiveFrom: string, law: typeof farmInsurance10) => ({
  effectiveFrom,
  name: farmInsuranceName,
  type: '20' as const,
  kind: 'promised' as const,
  exerciseLevel: '5' as const,
  legalBasis: [law],
  serviceObjects: ['1', '6'] as const,
  intake: [organ('township', 'government')],
  route: {
    lead: organ('township', 'government'),
    stages: [
      stage('list', text('核对投保清单', 'Check of the list'), [
        opinion('list', text('核对投保清单', 'Check of the list'), 3, organ('township', 'government')),
      ]),
      stage('insurance', text('保险机构承保', 'Cover by the insurer'), [
        external(
          'insurance',
          farmInsuranceName,
          farmInsurance,
          text('保险机构', 'Insurer'),
          [law],
          organ('township', 'government'),
        ),
      ]),
    ],
  },
  materials: [
    identityCard,
    material('list', text('投保清单（被保险人签字）', 'Signed list of the insured'), 'D'),
  ],
  limits: days(null, 5),
  result: text('保险单', 'Policy'),
});
const farmInsuranceItem = shipped(
  farmInsurance,
  farmInsuranceEdition('2013-03-01', farmInsurance10Of2012),
  farmInsuranceEdition('2016-02-06', farmInsurance10),
);

const tractor = '431007108001';
const tractorName = text('拖拉机登记', 'Registration of a tractor');
const tractorEdition = (effectiveFrom: string, law: typeof machinery21) => ({
  effectiveFrom,
  name: tractorName,
  type: '07' as const,
  kind: 'promised' as const,
  exerciseLevel: '4' as const,
  legalBasis: [law],
  serviceObjects: ['1', '2', '6'] as const,
  intake: [organ('county', 'administrativeService')],
  route: {
    lead: organ('county', 'machinery'),
    stages: [
      stage('register', text('检验登记', 'Inspection and registration'), [
        determination('register', tractorName, 2, tractor, [law], {
          ...organ('county', 'machinery'),
          procedures: ['inspection'],
        }),
      ]),
    ],
  },
  materials: [
    applicationForm,
    identityCard,
    material('origin', text('机具来源证明', 'Proof of origin of the machine'), 'B'),
  ],
  limits: days(2, 2),
  result: text('拖拉机行驶证、号牌', 'Tractor licence and plate'),
});
const tractorItem = shipped(
  tractor,
  tractorEdition('2013-01-01', machinery21Of2009),
  tractorEdition('2019-03-02', machinery21),
);

// 用水、用电、燃气、通信、有线电视报装: no administrative clock, the same today as in 2013

const connection = (
  code: string,
  name: ReturnType<typeof text>,
  utility: DepartmentRole,
  law: typeof power23,
  promisedDays: number,
): ShippedItem =>
  shipped(code, {
    effectiveFrom: '2013-01-01',
    name,
    type: '20',
    kind: 'promised',
    exerciseLevel: '4',
    bodyNature: '9',
    legalBasis: [law],
    serviceObjects: ['1', '2', '3', '4', '5', '6'],
    intake: [organ('county', utility)],
    route: {
      lead: organ('county', utility),
      stages: [
        stage('connection', text('勘查和接通', 'Survey and connection'), [
          determination('connect', name, promisedDays, code, [law], organ('county', utility)),
        ]),
      ],
    },
    materials: [
      applicationForm,
      identityCard,
      material('premises', text('房屋权属或者使用证明', 'Proof of title or use of the premises'), 'C', {
        tolerable: true,
      }),
    ],
    limits: days(null, promisedDays),
  });

export const serviceItems: readonly ShippedItem[] = [
  farmInsuranceItem,
  tractorItem,
  connection('431020112001', text('用水报装', 'Water connection'), 'waterSupply', cityWater, 5),
  connection('431020112002', text('用电报装', 'Power connection'), 'powerSupply', power23, 5),
  connection('431020112003', text('燃气报装', 'Gas connection'), 'gasSupply', townGas, 5),
  connection('431020112004', text('通信报装', 'Telephone and broadband connection'), 'telecom', telecoms, 3),
  connection(
    '431020112005',
    text('有线电视报装', 'Cable television connection'),
    'cableTelevision',
    broadcasting,
    3,
  ),
];
