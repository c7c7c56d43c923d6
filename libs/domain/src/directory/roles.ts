import type { Bilingual, DepartmentRole } from './facts.ts';

/** 供水、供电、供气、通信、有线电视: services, not public power. */
export const utilityRoles: readonly DepartmentRole[] = [
  'waterSupply',
  'powerSupply',
  'gasSupply',
  'telecom',
  'cableTelevision',
];

export const roleNames: Readonly<Record<DepartmentRole, Bilingual>> = {
  government: { zh: '人民政府', en: 'People’s government' },
  administrativeService: { zh: '政务服务', en: 'Administrative services' },
  developmentReform: { zh: '发展和改革', en: 'Development and reform' },
  land: { zh: '土地管理', en: 'Land administration' },
  planning: { zh: '城乡规划', en: 'Urban and rural planning' },
  ecology: { zh: '生态环境', en: 'Ecology and environment' },
  water: { zh: '水利', en: 'Water resources' },
  forestry: { zh: '林业', en: 'Forestry' },
  construction: { zh: '住房和城乡建设', en: 'Housing and construction' },
  fireReview: { zh: '建设工程消防审查', en: 'Fire safety review of construction' },
  civilAffairs: { zh: '民政', en: 'Civil affairs' },
  familyPlanning: { zh: '计划生育', en: 'Family planning' },
  humanResources: { zh: '人力资源和社会保障', en: 'Human resources and social security' },
  medicalInsurance: { zh: '医疗保障', en: 'Medical insurance' },
  agriculture: { zh: '农业农村', en: 'Agriculture and rural affairs' },
  machinery: { zh: '农业机械安全监督管理', en: 'Farm machinery safety' },
  taxation: { zh: '税务', en: 'Taxation' },
  marketRegulation: { zh: '市场监督管理', en: 'Market regulation' },
  finance: { zh: '财政', en: 'Finance' },
  waterSupply: { zh: '供水', en: 'Water supply' },
  powerSupply: { zh: '供电', en: 'Power supply' },
  gasSupply: { zh: '供气', en: 'Gas supply' },
  telecom: { zh: '通信', en: 'Telecommunications' },
  cableTelevision: { zh: '有线电视', en: 'Cable television' },
};
