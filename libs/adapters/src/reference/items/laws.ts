import type { LegalBasis } from '@liandong/domain/catalogue';

/** A citation whose wording was read, and where. */
const read = (
  law: string,
  edition: string,
  article: string,
  source: string,
  more: Pick<LegalBasis, 'organ' | 'note'> = {},
): LegalBasis => ({ law, edition, article, verified: true, source, ...more });

/** A citation nobody has checked yet against the text of that edition. */
const unread = (
  law: string,
  edition: string,
  article: string,
  more: Pick<LegalBasis, 'organ' | 'note'> = {},
): LegalBasis => ({ law, edition, article, verified: false, ...more });

/** A public collection of the texts of laws and regulations on GitHub. */
const collected = (path: string): string => `LawRefBook/Laws, ${path}`;

const sameArticle = { note: '条文内容见后来的版本，本版本条文未核对。' };

// 行政许可法

const licensing = '行政许可法';
const licensingText = collected('行政法/行政许可法.md');
export const licensing42 = read(licensing, '2019', '第四十二条', licensingText, {
  note: '二十日内决定，经本行政机关负责人批准可以延长十日；联合办理不超过四十五日，经本级人民政府负责人批准可以延长十五日。',
});
export const licensing26 = unread(licensing, '2019', '第二十六条', {
  note: '统一办理或者联合办理、集中办理。',
});
export const licensing43 = read(licensing, '2019', '第四十三条', licensingText, {
  note: '下级行政机关自受理之日起二十日内审查完毕。',
});
export const licensing42Of2003 = unread(licensing, '2003', '第四十二条', sameArticle);
export const licensing43Of2003 = unread(licensing, '2003', '第四十三条', sameArticle);

// 土地、规划、林业

export const land62 = read('土地管理法', '2019', '第六十二条', collected('行政法/土地管理法.md'), {
  organ: '乡（镇）人民政府',
});
export const land62Of2004 = read(
  '土地管理法',
  '2004',
  '第六十二条',
  'zrzy.qdn.gov.cn，村民申请使用宅基地的申请、审批程序（2018-03-15）',
  { organ: '县级人民政府', note: '经乡（镇）人民政府审核，由县级人民政府批准。' },
);
export const land52 = read('土地管理法', '2019', '第五十二条', collected('行政法/土地管理法.md'), {
  organ: '自然资源主管部门',
});
export const land52Of2004 = unread('土地管理法', '2004', '第五十二条', {
  organ: '土地行政主管部门',
  ...sameArticle,
});
const planning = '城乡规划法';
export const planning36 = read(
  planning,
  '2019',
  '第三十六条',
  collected('行政法/城乡规划法(2019-04-23).md'),
  {
    organ: '城乡规划主管部门',
  },
);
export const planning36Of2007 = unread(planning, '2007', '第三十六条', {
  organ: '城乡规划主管部门',
  ...sameArticle,
});
export const unitedSiting = read(
  '自然资源部关于以“多规合一”为基础推进规划用地“多审合一、多证合一”改革的通知',
  '2019',
  '自然资规〔2019〕2号第一条',
  'wangxiao.cn/ghs/3076171.html',
  { organ: '自然资源主管部门', note: '合并规划选址和用地预审，统一核发建设项目用地预审与选址意见书。' },
);
const forest = '森林法';
const forestText = collected('经济法/森林法(2019-12-28).md');
export const forest57 = read(forest, '2019', '第五十七条', forestText, {
  organ: '县级以上人民政府林业主管部门',
  note: '农村居民采伐自留山和个人承包集体林地上的林木，可以由县级人民政府林业主管部门委托乡镇人民政府核发。',
});
export const forest37 = read(forest, '2019', '第三十七条', forestText, {
  organ: '县级以上人民政府林业主管部门',
});
export const forest32Of2009 = read(forest, '2009', '第三十二条', 'dlfortegra.com/question/2745.html', {
  organ: '县级林业主管部门',
  note: '来源引用了条文，但没有写明版本。',
});
export const forest18Of2009 = unread(forest, '2009', '第十八条', { organ: '县级以上人民政府林业主管部门' });

// 水、环境、消防、投资

const water = '水法';
export const water48 = read(water, '2016', '第四十八条', collected('经济法/水法(2016-07-02).md'), {
  organ: '水行政主管部门或者流域管理机构',
});
export const water48Of2002 = unread(water, '2002', '第四十八条', {
  organ: '水行政主管部门或者流域管理机构',
  ...sameArticle,
});
const abstraction = '取水许可和水资源费征收管理条例';
const abstractionText = collected('行政法规/取水许可和水资源费征收管理条例.md');
export const abstraction14 = read(abstraction, '2017', '第十四条', abstractionText, {
  organ: '县级以上地方人民政府水行政主管部门',
  note: '按照省、自治区、直辖市人民政府规定的审批权限审批。',
});
export const abstraction19 = read(abstraction, '2017', '第十九条', abstractionText, {
  note: '自受理之日起四十五个工作日内决定，不包括举行听证和征求有关部门意见所需的时间。',
});
export const abstraction14Of2006 = unread(abstraction, '2006', '第十四条', sameArticle);
export const abstraction19Of2006 = unread(abstraction, '2006', '第十九条', sameArticle);
export const soil26 = read(
  '水土保持法',
  '2010',
  '第二十六条',
  collected('经济法/水土保持法(2010-12-25).md'),
  {
    organ: '水行政主管部门',
    note: '水土保持方案未经水行政主管部门批准的，生产建设项目不得开工建设。',
  },
);
const assessment = '环境影响评价法';
export const assessment22 = read(assessment, '2018', '第二十二条', collected('行政法/环境影响评价法.md'), {
  organ: '有审批权的生态环境主管部门',
  note: '报告书六十日、报告表三十日内作出审批决定，按日历日计算；不得收取任何费用。',
});
export const assessment22Of2002 = unread(assessment, '2002', '第二十二条', {
  organ: '有审批权的环境保护行政主管部门',
  ...sameArticle,
});
const fire = '消防法';
export const fire11 = read(fire, '2021', '第十一条', collected('行政法/消防法(2021-04-29).md'), {
  organ: '住房和城乡建设主管部门',
});
export const fire11Of2019 = unread(fire, '2019', '第十一条', {
  organ: '住房和城乡建设主管部门',
  ...sameArticle,
});
export const fire11Of2008 = unread(fire, '2008', '第十一条', {
  organ: '公安机关消防机构',
  note: '消防设计文件报送公安机关消防机构审核的内容已找到，条文序号未核对。',
});
const projects = '企业投资项目核准和备案管理条例';
const projectsText = collected('行政法规/企业投资项目核准和备案管理条例.md');
export const projects3 = read(projects, '2016', '第三条', projectsText, { organ: '核准机关' });
export const projects10 = read(projects, '2016', '第十条', projectsText, {
  organ: '核准机关',
  note: '自受理之日起二十个工作日内决定；经本机关主要负责人批准可以延长，延长的期限不得超过四十个工作日。',
});
export const investmentReform = read(
  '国务院关于投资体制改革的决定',
  '2004',
  '国发〔2004〕20号',
  'newton.com.tw/wiki/2268337（全文收录，具体条目未逐条核对）',
  { organ: '政府投资主管部门' },
);

// 民政、卫生、社会保险

const relief = '社会救助暂行办法';
export const relief11 = read(
  relief,
  '2019',
  '第十一条',
  collected('行政法规/社会救助暂行办法(2019-03-02).md'),
  {
    organ: '县级人民政府民政部门',
    note: '乡镇人民政府、街道办事处提出初审意见，公示后报县级人民政府民政部门审批。',
  },
);
export const minimumLiving2021 = unread('最低生活保障审核确认办法', '2021', '民发〔2021〕57号', {
  organ: '县级人民政府民政部门',
  note: '审核确认三十个工作日的期限未核对。',
});
export const minimumLiving2012 = unread('最低生活保障审核审批办法（试行）', '2012', '民发〔2012〕220号', {
  organ: '县级人民政府民政部门',
});
const family = '人口与计划生育法';
export const family18 = read(family, '2021', '第十八条', collected('行政法/人口与计划生育法.md'), {
  note: '一对夫妻可以生育三个子女；再生育的具体办法仍由省、自治区、直辖市规定。',
});
export const family18Of2001 = unread(family, '2001', '第十八条', {
  organ: '县级人民政府计划生育行政部门',
  note: '审批程序由省、自治区、直辖市规定。',
});
const insurance = '社会保险法';
const insuranceText = collected('社会法/社会保险法.md');
export const insurance24 = read(insurance, '2018', '第二十四条', insuranceText);
export const insurance25 = read(insurance, '2018', '第二十五条', insuranceText);
export const insurance50 = read(insurance, '2018', '第五十条', insuranceText, { organ: '公共就业服务机构' });
export const insurance24Of2010 = unread(insurance, '2010', '第二十四条', sameArticle);
export const insurance50Of2010 = unread(insurance, '2010', '第五十条', sameArticle);
export const unitedInsurance = unread(
  '国务院关于整合城乡居民基本医疗保险制度的意见',
  '2016',
  '国发〔2016〕3号',
  {
    note: '湖南省的实施日期未核对。',
  },
);

// 农业、税务、登记、公用事业

const farmInsurance = '农业保险条例';
export const farmInsurance10 = read(farmInsurance, '2016', '第十条', collected('行政法规/农业保险条例.md'), {
  organ: '保险机构',
  note: '可以由村民委员会等单位组织农民投保，保险机构应当将承保情况予以公示。',
});
export const farmInsurance10Of2012 = unread(farmInsurance, '2012', '第十条', {
  organ: '保险机构',
  ...sameArticle,
});
const machinery = '农业机械安全监督管理条例';
export const machinery21 = read(
  machinery,
  '2019',
  '第二十一条',
  collected('行政法规/农业机械安全监督管理条例.md'),
  { organ: '县级人民政府农业机械化主管部门', note: '经安全检验合格的，在两个工作日内予以登记。' },
);
export const machinery21Of2009 = unread(machinery, '2009', '第二十一条', {
  organ: '县级人民政府农业机械化主管部门',
  ...sameArticle,
});
export const taxation15 = unread('税收征收管理法', '2001', '第十五条', {
  organ: '税务机关',
  note: '2015年版本的条文已找到：自领取营业执照之日起三十日内申报办理税务登记。',
});
export const twoInOne = read(
  '工商总局等四部门关于实施个体工商户营业执照和税务登记证“两证整合”的意见',
  '2016',
  '工商个字〔2016〕167号',
  'ynqs.cn/taxstatute/5829.html',
  { note: '湖南自2016年12月1日起实施（试点以外的二十七个省份）。' },
);
export const soleTrader2011 = unread('个体工商户条例', '2011', '第八条', { organ: '县级工商行政管理部门' });
export const marketEntity19 = read(
  '市场主体登记管理条例',
  '2021',
  '第十九条',
  collected('行政法规/市场主体登记管理条例(2021-07-27).md'),
  {
    organ: '登记机关',
    note: '予以确认并当场登记；不能当场登记的，在三个工作日内登记；情形复杂的，经负责人批准可以再延长三个工作日。',
  },
);
export const power23 = read(
  '电力供应与使用条例',
  '2019',
  '第二十三条',
  collected('行政法规/电力供应与使用条例.md'),
  { organ: '当地供电企业', note: '申请新装用电应当到当地供电企业办理手续。来源没有写明版本。' },
);
export const cityWater = unread('城市供水条例', '1994', '全文', { organ: '城市自来水供水企业' });
export const townGas = unread('城镇燃气管理条例', '2010', '全文', { organ: '燃气经营者' });
export const telecoms = unread('电信条例', '2000', '全文', { organ: '电信业务经营者' });
export const broadcasting = unread('广播电视管理条例', '1997', '全文', { organ: '有线电视台' });
