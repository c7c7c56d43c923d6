import type { Extension, ItemVersion, LegalBasis, RouteStep } from '@liandong/domain/catalogue';
import {
  assessment22,
  assessment22Of2002,
  fire11,
  fire11Of2008,
  fire11Of2019,
  forest18Of2009,
  forest37,
  investmentReform,
  land52,
  land52Of2004,
  licensing26,
  licensing42,
  licensing42Of2003,
  planning36,
  planning36Of2007,
  projects10,
  projects3,
  soil26,
  unitedSiting,
} from './laws.ts';
import {
  applicationForm,
  businessLicence,
  days,
  determination,
  type Edition,
  external,
  material,
  opinion,
  organ,
  type ShippedItem,
  shipped,
  stage,
  text,
} from './parts.ts';

/** 建设项目联合审批: the item the demonstration works through at city, county and township. */
export const constructionItemCode = '431001111001';

/** The basic codes of the items its organs decide, each in its own name. */
export const constructionPartCodes = {
  land: '431001111011',
  siting: '431001111012',
  environment: '431001111013',
  soil: '431001111014',
  forest: '431001111015',
  project: '431001111016',
  fire: '431001111017',
} as const;
const part = constructionPartCodes;

const extendedBy = (basis: LegalBasis, days: number): Extension => ({ days, by: 'organHead', basis });

/** What differs from one edition to the next: the laws, and who decides on land and siting. */
type Laws = {
  readonly land: LegalBasis;
  readonly siting: LegalBasis;
  readonly environment: LegalBasis;
  readonly forest: LegalBasis;
  readonly project: readonly LegalBasis[];
  readonly fire: LegalBasis;
  readonly licensing: LegalBasis;
  /** Land and siting are one item since the reform of September 2019. */
  readonly united: boolean;
};

const siteSteps = ({ land, siting, environment, forest, licensing, united }: Laws): readonly RouteStep[] => [
  opinion('residents', text('现场和居民意见', 'Opinion on the site and the residents'), 5, {
    ...organ('township', 'government'),
  }),
  ...landSteps(land, siting, licensing, united),
  determination(
    'environment',
    text('建设项目环境影响评价文件审批', 'Approval of the environmental impact assessment'),
    15,
    part.environment,
    [environment],
    organ('city', 'ecology'),
  ),
  determination(
    'soil',
    text('生产建设项目水土保持方案审批', 'Approval of the soil and water conservation plan'),
    10,
    part.soil,
    [soil26],
    {
      ...organ('county', 'water'),
      procedures: ['expertReview'],
      extension: extendedBy(licensing, 10),
    },
  ),
  external(
    'forest',
    text('使用林地审核', 'Consent to the use of forest land'),
    part.forest,
    text('湖南省林业局', 'Hunan Forestry Administration'),
    [forest],
    organ('county', 'forestry'),
  ),
];

const landSteps = (
  land: LegalBasis,
  siting: LegalBasis,
  licensing: LegalBasis,
  united: boolean,
): readonly RouteStep[] => {
  const extension = extendedBy(licensing, 10);
  if (united) {
    return [
      determination(
        'land',
        text('建设项目用地预审与选址意见书核发', 'Preliminary land review and site selection opinion'),
        10,
        part.land,
        [land, siting, unitedSiting],
        { ...organ('county', 'land'), extension },
      ),
    ];
  }
  return [
    determination('land', text('建设项目用地预审', 'Preliminary land review'), 10, part.land, [land], {
      ...organ('county', 'land'),
      extension,
    }),
    determination('siting', text('选址意见书核发', 'Site selection opinion'), 10, part.siting, [siting], {
      ...organ('county', 'planning'),
      extension,
    }),
  ];
};

const projectSteps = ({ project, fire, licensing }: Laws): readonly RouteStep[] => [
  determination(
    'project',
    text('企业投资项目核准', 'Approval of the investment project'),
    10,
    part.project,
    project,
    {
      ...organ('city', 'developmentReform'),
      extension: extendedBy(project.at(-1) ?? licensing, 40),
    },
  ),
  determination(
    'fire',
    text('建设工程消防设计审查', 'Fire safety review of the design'),
    10,
    part.fire,
    [fire],
    {
      ...organ('county', 'fireReview'),
      extension: extendedBy(licensing, 10),
    },
  ),
];

const materials = (united: boolean): ItemVersion['materials'] => [
  applicationForm,
  businessLicence,
  material('project-report', text('项目申请书', 'Project report'), 'C', { neededBy: ['project'] }),
  material('site-boundary', text('项目用地边界拐点坐标表', 'Coordinates of the site boundary'), 'C', {
    neededBy: united ? ['land'] : ['land', 'siting'],
  }),
  material('topographic-map', text('现状地形图（电子文件）', 'Topographic map (electronic)'), 'C', {
    tolerable: true,
    neededBy: united ? ['land'] : ['siting'],
    note: text('可以容缺，应当在承诺期限内补齐。', 'May follow within the promised time.'),
  }),
  material('environmental-report', text('环境影响报告表', 'Environmental impact report form'), 'C', {
    neededBy: ['environment'],
  }),
  material('soil-plan', text('水土保持方案', 'Soil and water conservation plan'), 'C', {
    neededBy: ['soil'],
    copies: 2,
  }),
  material('fire-design', text('消防设计文件', 'Fire safety design'), 'C', { neededBy: ['fire'] }),
  material('authorization-letter', text('授权委托书', 'Letter of authorization'), 'D', { required: false }),
];

const edition = (effectiveFrom: string, laws: Laws): Edition => ({
  effectiveFrom,
  name: text('建设项目联合审批', 'Joint approval of a construction project'),
  summary: text(
    '一个项目的用地、选址、环评、水土保持、林地、核准和消防设计由市、县、乡三级同时办理，各机关以自己的名义决定自己的事项。',
    'Land, siting, environment, soil, forest, project and fire design of one project handled by city, county and township at once; each organ decides its own item in its own name.',
  ),
  type: '01',
  kind: 'joint',
  exerciseLevel: '7',
  legalBasis: [laws.licensing, licensing26],
  conditions: [
    text('项目符合国土空间规划和产业政策。', 'The project fits the spatial plan and industrial policy.'),
    text('申请人是依法设立的企业。', 'The applicant is a lawfully established enterprise.'),
  ],
  serviceObjects: ['2', '3', '6'],
  channels: ['1', '2'],
  intake: [
    organ('county', 'administrativeService'),
    organ('city', 'administrativeService'),
    organ('township', 'government'),
  ],
  route: {
    lead: organ('city', 'developmentReform'),
    stages: [
      stage('site', text('选址、用地和环境', 'Site, land and environment'), siteSteps(laws), false),
      stage('project', text('核准和消防设计', 'Project and fire design'), projectSteps(laws)),
    ],
  },
  materials: materials(laws.united),
  limits: days(45, 30),
  extension: { days: 15, by: 'governmentHead', basis: laws.licensing },
  result: text('建设项目联合审批意见书', 'Joint approval letter'),
  note: text(
    '环境影响评价的法定期限按日历日计算（报告表三十日），本目录承诺十五个工作日。审批不收费；水土保持补偿费、森林植被恢复费依法另行缴纳。',
    'The law counts the assessment limit in calendar days (thirty for a report form); fifteen working days are promised here. Approval is free; conservation and forest restoration fees are paid apart, by law.',
  ),
});

export const constructionItems: readonly ShippedItem[] = [
  shipped(
    constructionItemCode,
    edition('2013-01-01', {
      land: land52Of2004,
      siting: planning36Of2007,
      environment: assessment22Of2002,
      forest: forest18Of2009,
      project: [investmentReform],
      fire: fire11Of2008,
      licensing: licensing42Of2003,
      united: false,
    }),
    edition('2019-04-23', {
      land: land52Of2004,
      siting: planning36,
      environment: assessment22,
      forest: forest18Of2009,
      project: [projects3, projects10],
      fire: fire11Of2019,
      licensing: licensing42,
      united: false,
    }),
    edition('2021-04-29', {
      land: land52,
      siting: planning36,
      environment: assessment22,
      forest: forest37,
      project: [projects3, projects10],
      fire: fire11,
      licensing: licensing42,
      united: true,
    }),
  ),
];
