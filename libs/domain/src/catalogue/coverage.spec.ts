import { describe, expect, it } from '@jest/globals';
import { sampleItem } from '../../test/sample-item.ts';
import { type CoverageOf, coverageByDepartment, coverageOf, type ItemVersion, type Office } from './index.ts';

const all = { items: 'all', acts: ['determine'] } as const;
const water: Office = {
  department: 'W',
  roles: ['water'],
  section: { inCenter: true },
  windows: ['w1', 'w2'],
  staff: [{ window: 'w1', authority: all }],
};
const forestry: Office = {
  department: 'F',
  roles: ['forestry'],
  section: { inCenter: false },
  windows: [],
  staff: [],
};
const idle: Office = { department: 'I', roles: ['civilAffairs'], windows: ['i1'], staff: [] };

/** Concerns the city alone. */
const cityItem: ItemVersion = {
  ...sampleItem,
  code: '430100000002',
  route: { lead: { level: 'city', department: 'water' }, stages: [] },
};
const second: ItemVersion = { ...sampleItem, code: '430100000003' };
const county: CoverageOf = {
  level: 'county',
  offices: [water, forestry, idle],
  standard: [sampleItem, second, cityItem],
  applied: [sampleItem],
};

describe('coverage of a tier', () => {
  it('counts departments, items and processes', () => {
    const { departments, items, processes } = coverageOf(county);
    expect(departments).toEqual({ done: 2, of: 3 });
    expect(items).toEqual({ done: 1, of: 2 });
    expect(processes).toEqual({ done: 1, of: 1 });
  });

  it('finds the item whose process has an organ that is not there', () => {
    expect(coverageOf({ ...county, offices: [water, idle] }).processes).toEqual({ done: 0, of: 1 });
  });

  it('counts what is gathered and what works in the centre', () => {
    const { gathered, inCenter } = coverageOf(county);
    expect(gathered).toEqual({ done: 2, of: 3 });
    expect(inCenter).toEqual({ done: 1, of: 3 });
  });

  it('counts items, authority and staff in place', () => {
    const { itemsInPlace, authorityInPlace, staffInPlace } = coverageOf(county);
    expect(itemsInPlace).toEqual({ done: 1, of: 1 });
    expect(authorityInPlace).toEqual({ done: 1, of: 1 });
    expect(staffInPlace).toEqual({ done: 1, of: 3 });
  });

  it('takes authority only from somebody stationed there who may decide this item', () => {
    const withStaff = (staff: Office['staff']) =>
      coverageOf({ ...county, offices: [{ ...water, staff }, forestry] }).authorityInPlace.done;
    expect(withStaff([{ authority: all }])).toBe(0);
    expect(withStaff([{ window: 'w1' }])).toBe(0);
    expect(withStaff([{ window: 'w1', authority: { items: 'all', acts: ['receive'] } }])).toBe(0);
    expect(withStaff([{ window: 'w1', authority: { items: [second.code], acts: ['conclude'] } }])).toBe(0);
    expect(withStaff([{ window: 'w1', authority: { items: [sampleItem.code], acts: ['conclude'] } }])).toBe(
      1,
    );
  });

  it('is told of each department alone', () => {
    const each = coverageByDepartment(county);
    expect(each.get('W')?.items).toEqual({ done: 1, of: 2 });
    expect(each.get('F')?.itemsInPlace).toEqual({ done: 0, of: 1 });
    expect(each.get('I')).toMatchObject({ departments: { done: 0, of: 1 }, items: { done: 0, of: 0 } });
  });
});
