import {
  family18,
  family18Of2001,
  insurance24,
  insurance24Of2010,
  insurance25,
  insurance50,
  insurance50Of2010,
  minimumLiving2012,
  minimumLiving2021,
  relief11,
  unitedInsurance,
} from './laws.ts';
import {
  applicationForm,
  days,
  determination,
  type Edition,
  householdBook,
  identityCard,
  material,
  opinion,
  organ,
  type ShippedItem,
  shipped,
  stage,
  text,
} from './parts.ts';

// 最低生活保障

const minimumLiving = '431005103001';
const minimumLivingName = text('最低生活保障', 'Minimum living allowance');
const minimumLivingMaterials = [
  applicationForm,
  householdBook,
  material('income', text('家庭收入和财产状况声明', 'Statement of income and property'), 'D'),
  material('authorization', text('家庭经济状况核对授权书', 'Consent to the means check'), 'D'),
];

const minimumLivingItem = shipped(
  minimumLiving,
  {
    effectiveFrom: '2013-01-01',
    name: minimumLivingName,
    type: '05',
    kind: 'promised',
    exerciseLevel: '4',
    legalBasis: [minimumLiving2012],
    intake: [organ('township', 'government')],
    route: {
      lead: organ('county', 'civilAffairs'),
      stages: [
        stage('township', text('乡镇审核和公示', 'Township check and notice'), [
          opinion(
            'household',
            text('入户调查、评议、公示', 'Home visit, hearing of neighbours, notice'),
            15,
            {
              ...organ('township', 'government'),
            },
          ),
        ]),
        stage('approval', text('县民政局审批', 'County decision'), [
          determination('approve', minimumLivingName, 10, minimumLiving, [minimumLiving2012], {
            ...organ('county', 'civilAffairs'),
          }),
        ]),
      ],
    },
    materials: minimumLivingMaterials,
    limits: days(null, 25),
    result: text('最低生活保障证', 'Allowance certificate'),
  },
  {
    effectiveFrom: '2021-07-01',
    name: minimumLivingName,
    type: '05',
    kind: 'promised',
    exerciseLevel: '4',
    legalBasis: [relief11, minimumLiving2021],
    intake: [organ('township', 'government')],
    route: {
      lead: organ('county', 'civilAffairs'),
      stages: [
        stage('township', text('乡镇初审和公示', 'Township first review and notice'), [
          opinion('household', text('调查核实、初审意见、公示', 'Check, first opinion, public notice'), 12, {
            ...organ('township', 'government'),
          }),
        ]),
        stage('confirmation', text('县民政局审核确认', 'County confirmation'), [
          determination('confirm', minimumLivingName, 8, minimumLiving, [relief11, minimumLiving2021], {
            ...organ('county', 'civilAffairs'),
          }),
        ]),
      ],
    },
    materials: minimumLivingMaterials,
    limits: days(30, 20),
    result: text('最低生活保障审核确认通知书', 'Notice of confirmation'),
    note: text('三十个工作日的期限未核对。', 'The limit of thirty working days has not been checked.'),
  },
);

// 再生育审批: ended

const furtherChild = '431001104001';
const furtherChildEdition: Edition = {
  effectiveFrom: '2013-01-01',
  name: text('再生育审批', 'Approval of a further child'),
  type: '01',
  kind: 'promised',
  exerciseLevel: '4',
  legalBasis: [family18Of2001],
  intake: [organ('township', 'government')],
  route: {
    lead: organ('county', 'familyPlanning'),
    stages: [
      stage('township', text('乡镇初审', 'Township first review'), [
        opinion('first-review', text('乡（镇）初审', 'First review'), 10, organ('township', 'government')),
      ]),
      stage('approval', text('县计生部门审批', 'County decision'), [
        determination(
          'approve',
          text('再生育审批', 'Approval of a further child'),
          10,
          furtherChild,
          [family18Of2001],
          organ('county', 'familyPlanning'),
        ),
      ]),
    ],
  },
  materials: [applicationForm, householdBook, identityCard],
  limits: days(20, 20),
};
const furtherChildItem = shipped(furtherChild, furtherChildEdition, {
  ...furtherChildEdition,
  verb: 'cancel',
  status: 'cancelled',
  effectiveFrom: '2021-08-20',
  legalBasis: [family18],
  note: text(
    '2021年8月20日法律修正，一对夫妻可以生育三个子女。湖南省取消审批的具体日期未核对。',
    'The law was amended on 2021-08-20: a couple may have three children. The exact date on which the province ended the procedure has not been checked.',
  ),
});

// 参保、就业

const health = '431020106001';
const healthStage = (name: string, en: string) =>
  stage('register', text('登记', 'Registration'), [
    determination('register', text(name, en), 1, health, [], organ('township', 'government')),
  ]);
const healthEdition = {
  type: '20',
  kind: 'immediate',
  exerciseLevel: '5',
  intake: [organ('township', 'government')],
  materials: [householdBook, identityCard],
  limits: days(null, 1),
} as const;
const healthItem = shipped(
  health,
  {
    ...healthEdition,
    effectiveFrom: '2013-01-01',
    name: text('新型农村合作医疗参合登记', 'Enrolment in the rural cooperative medical scheme'),
    legalBasis: [insurance24Of2010],
    route: {
      lead: organ('township', 'government'),
      stages: [healthStage('新型农村合作医疗参合登记', 'Enrolment in the rural scheme')],
    },
  },
  {
    ...healthEdition,
    effectiveFrom: '2017-01-01',
    name: text('城乡居民基本医疗保险参保登记', 'Enrolment in residents’ medical insurance'),
    legalBasis: [unitedInsurance, insurance24, insurance25],
    route: {
      lead: organ('township', 'government'),
      stages: [healthStage('城乡居民基本医疗保险参保登记', 'Enrolment in residents’ insurance')],
    },
  },
);

const employment = '431020109001';
const employmentName = text('就业失业登记', 'Employment and unemployment registration');
const employmentEdition = {
  name: employmentName,
  type: '20',
  kind: 'immediate',
  exerciseLevel: '4',
  intake: [organ('county', 'administrativeService'), organ('township', 'government')],
  route: {
    lead: organ('county', 'humanResources'),
    stages: [
      stage('register', text('登记', 'Registration'), [
        determination('register', employmentName, 1, employment, [], organ('county', 'humanResources')),
      ]),
    ],
  },
  materials: [
    identityCard,
    material('end-of-work', text('终止或者解除劳动关系的证明', 'Proof that employment ended'), 'B', {
      required: false,
    }),
  ],
  limits: days(null, 1),
} as const;
const employmentItem = shipped(
  employment,
  { ...employmentEdition, effectiveFrom: '2013-01-01', legalBasis: [insurance50Of2010] },
  { ...employmentEdition, effectiveFrom: '2018-12-29', legalBasis: [insurance50] },
);

export const peopleItems: readonly ShippedItem[] = [
  minimumLivingItem,
  furtherChildItem,
  healthItem,
  employmentItem,
];
