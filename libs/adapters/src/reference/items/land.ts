import {
  abstraction14,
  abstraction14Of2006,
  abstraction19,
  abstraction19Of2006,
  forest32Of2009,
  forest57,
  land62,
  land62Of2004,
  licensing42,
  licensing42Of2003,
  licensing43Of2003,
  water48,
  water48Of2002,
} from './laws.ts';
import {
  applicationForm,
  days,
  determination,
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

// 农村村民住宅用地审批

const homestead = '431001101001';
const homesteadName = text('农村村民住宅用地审批', 'Approval of land for a rural dwelling');
const homesteadMaterials = [
  applicationForm,
  householdBook,
  material('village-opinion', text('村民委员会意见', 'Opinion of the village committee'), 'B'),
  material('site-plan', text('宅基地坐落平面位置图', 'Plan of the site'), 'C', { tolerable: true }),
];
const homesteadConditions = [
  text('一户只能拥有一处宅基地。', 'A household may have one homestead only.'),
  text(
    '不占用永久基本农田，符合村庄规划。',
    'The site is off permanent basic farmland and fits the village plan.',
  ),
];

export const homesteadItem: ShippedItem = shipped(
  homestead,
  {
    effectiveFrom: '2013-01-01',
    name: homesteadName,
    type: '01',
    kind: 'promised',
    exerciseLevel: '4',
    legalBasis: [land62Of2004, licensing42Of2003, licensing43Of2003],
    conditions: homesteadConditions,
    intake: [organ('township', 'government')],
    route: {
      lead: organ('county', 'land'),
      stages: [
        stage('township', text('乡镇审核', 'Township check'), [
          opinion('check', text('乡（镇）人民政府审核', 'Check by the township government'), 5, {
            ...organ('township', 'government'),
          }),
        ]),
        stage('review', text('县国土资源局审查', 'County land review'), [
          opinion(
            'land',
            text('国土资源部门审查', 'Review by the land department'),
            5,
            organ('county', 'land'),
          ),
        ]),
        stage('approval', text('县人民政府批准', 'County approval'), [
          determination(
            'approve',
            homesteadName,
            8,
            homestead,
            [land62Of2004],
            organ('county', 'government'),
          ),
        ]),
      ],
    },
    materials: homesteadMaterials,
    limits: days(20, 18),
    result: text('农村宅基地批准书', 'Homestead approval'),
  },
  {
    effectiveFrom: '2020-01-01',
    name: homesteadName,
    type: '01',
    kind: 'promised',
    exerciseLevel: '5',
    legalBasis: [land62, licensing42],
    conditions: homesteadConditions,
    intake: [organ('township', 'government')],
    route: {
      lead: organ('township', 'government'),
      stages: [
        stage('approval', text('乡镇审核批准', 'Township approval'), [
          determination('approve', homesteadName, 15, homestead, [land62], organ('township', 'government')),
        ]),
      ],
    },
    materials: homesteadMaterials,
    limits: days(20, 15),
    result: text('农村宅基地批准书', 'Homestead approval'),
    note: text(
      '涉及占用农用地的，依法另行办理农用地转用审批；县级部门监督。',
      'Where farmland is used, its conversion is approved apart; county departments supervise.',
    ),
  },
);

// 林木采伐许可

const felling = '431001102001';
const fellingName = text('林木采伐许可', 'Felling licence');
const fellingMaterials = [
  applicationForm,
  identityCard,
  material('forest-right', text('林木权属证明', 'Proof of title to the trees'), 'B'),
  material(
    'felling-plan',
    text('采伐地点、树种、面积、蓄积和更新措施说明', 'Felling and replanting plan'),
    'C',
  ),
  material('survey-design', text('伐区调查设计材料', 'Survey of the felling area'), 'C', { required: false }),
];

export const fellingItem: ShippedItem = shipped(
  felling,
  {
    effectiveFrom: '2013-01-01',
    name: fellingName,
    type: '01',
    kind: 'promised',
    exerciseLevel: '4',
    legalBasis: [forest32Of2009, licensing42Of2003],
    intake: [organ('township', 'government')],
    route: {
      lead: organ('county', 'forestry'),
      stages: [
        stage('township', text('乡镇受理', 'Township intake'), [
          opinion('site', text('现场核实意见', 'On-site check'), 5, organ('township', 'government')),
        ]),
        stage('approval', text('县林业局核发', 'County decision'), [
          determination('licence', fellingName, 10, felling, [forest32Of2009], organ('county', 'forestry')),
        ]),
      ],
    },
    materials: fellingMaterials,
    limits: days(20, 15),
    result: text('林木采伐许可证', 'Felling licence'),
  },
  {
    effectiveFrom: '2020-07-01',
    name: fellingName,
    type: '01',
    kind: 'promised',
    exerciseLevel: '4',
    legalBasis: [forest57, licensing42],
    intake: [organ('county', 'administrativeService'), organ('township', 'government')],
    route: {
      lead: organ('county', 'forestry'),
      stages: [
        stage('approval', text('县林业局核发', 'County decision'), [
          determination('licence', fellingName, 8, felling, [forest57], organ('county', 'forestry')),
        ]),
      ],
    },
    materials: fellingMaterials,
    limits: days(20, 8),
    result: text('林木采伐许可证', 'Felling licence'),
    note: text(
      '采伐自留山和个人承包集体林地上的林木，县林业主管部门可以委托乡镇人民政府核发。',
      'For own hills and contracted collective forest the county may entrust the township.',
    ),
  },
);

// 取水许可: by volume the county or the city decides, so there is an item for each.

const abstraction = (code: string, level: 'county' | 'city'): ShippedItem => {
  const county = level === 'county';
  const name = county
    ? text('取水许可（县级权限）', 'Water abstraction licence (county)')
    : text('取水许可（市级权限）', 'Water abstraction licence (city)');
  const edition = (effectiveFrom: string, law: typeof water48, order: typeof law, limit: typeof law) => ({
    effectiveFrom,
    name,
    type: '01' as const,
    kind: 'promised' as const,
    exerciseLevel: county ? ('4' as const) : ('3' as const),
    legalBasis: [law, order, limit],
    serviceObjects: ['1', '2', '3', '6'] as const,
    intake: [organ(level, 'administrativeService')],
    route: {
      lead: organ(level, 'water'),
      stages: [
        stage('approval', text('审查决定', 'Review and decision'), [
          determination('licence', name, 20, code, [law, order], {
            ...organ(level, 'water'),
            procedures: ['hearing', 'expertReview'],
          }),
        ]),
      ],
    },
    materials: [
      applicationForm,
      material('third-parties', text('与第三者利害关系的相关说明', 'Statement on third parties'), 'D'),
      material('water-report', text('建设项目水资源论证报告书', 'Water resources report'), 'C', {
        required: false,
      }),
    ],
    limits: days(45, 20),
    result: text('取水许可证', 'Water abstraction licence'),
    note: text(
      '水资源费由取水审批机关按实际取水量另行征收。',
      'The water resources fee is collected later, by the volume taken.',
    ),
  });
  return shipped(
    code,
    edition('2013-01-01', water48Of2002, abstraction14Of2006, abstraction19Of2006),
    edition('2017-03-01', water48, abstraction14, abstraction19),
  );
};

export const landItems: readonly ShippedItem[] = [
  homesteadItem,
  fellingItem,
  abstraction('431001105001', 'county'),
  abstraction('431001105002', 'city'),
];
