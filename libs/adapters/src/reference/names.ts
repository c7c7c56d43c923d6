import type { Bilingual, TierLevel } from '@liandong/domain/directory';
import type { Division } from './divisions.ts';

const english: Readonly<Record<string, string>> = {
  '431000': 'Chenzhou City',
  '431002': 'Beihu District',
  '431003': 'Suxian District',
  '431021': 'Guiyang County',
  '431022': 'Yizhang County',
  '431023': 'Yongxing County',
  '431024': 'Jiahe County',
  '431025': 'Linwu County',
  '431026': 'Rucheng County',
  '431027': 'Guidong County',
  '431028': 'Anren County',
  '431081': 'Zixing City',
  '431021001': 'Longtan Subdistrict',
  '431021002': 'Lufeng Subdistrict',
  '431021003': 'Huangshaping Subdistrict',
  '431021102': 'Renyi Town',
  '431021103': 'Taihe Town',
  '431021104': 'Yangshi Town',
  '431021105': 'Heping Town',
  '431021106': 'Liufeng Town',
  '431021107': 'Tangshi Town',
  '431021108': 'Liantang Town',
  '431021109': 'Chonglingjiang Town',
  '431021110': 'Heye Town',
  '431021111': 'Fangyuan Town',
  '431021112': 'Zhangshi Town',
  '431021113': 'Aoquan Town',
  '431021114': 'Zhenghe Town',
  '431021115': 'Haotang Town',
  '431021116': 'Leiping Town',
  '431021117': 'Ouyanghai Town',
  '431021118': 'Sili Town',
  '431021209': 'Qiaoshi Township',
  '431021226': 'Baishui Yao Township',
};

const levels: Readonly<Record<TierLevel, string>> = { city: 'City', county: 'County', township: 'Township' };

/** The list has Chinese names only; where no English name is known, the code says which place is meant. */
export const bilingualName = ({ code, level, name }: Division): Bilingual => ({
  zh: name,
  en: english[code] ?? `${levels[level]} ${code}`,
});
