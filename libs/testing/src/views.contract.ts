import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CaseFilter,
  type CaseRow,
  type DepartmentRow,
  type ItemFilter,
  type ItemRow,
  type Page,
  type PageRequest,
  type Parking,
  type Position,
  start,
  type ViewChanges,
  type Views,
  type ViewWriter,
  type WorkFilter,
  type WorkRow,
} from '@liandong/application';
import type { StreamName, TierCode } from '@liandong/kernel';

type Opened = {
  readonly views: Views;
  readonly writer: ViewWriter;
  /** Where the writer parks. */
  readonly parking: Parking;
  readonly close: () => Promise<void>;
};

const city = '431000' as TierCode;
const county = '431021' as TierCode;
const at = (position: number) => BigInt(position) as Position;
const nothing: ViewChanges = { cases: [], items: [], departments: [], tiers: [] };
const caseId = (n: number) => `case-${n.toString(16).padStart(32, '0')}` as StreamName;
const minute = (n: number) => new Date(Date.UTC(2026, 2, 2, 1, n)).toISOString();

const sampleCase = (n: number, change: Partial<CaseRow> = {}): CaseRow => ({
  caseId: caseId(n),
  number: `N${n}`,
  itemCode: '430100000001',
  itemVersion: '1',
  itemName: '取水许可',
  kind: 'joint',
  pilot: false,
  status: 'inReview',
  leadTier: city,
  leadDepartment: 'D1',
  intakeTier: county,
  intakeDepartment: 'D2',
  applicantKind: '2',
  applicantReference: 'p-1',
  steps: [],
  missing: ['plan'],
  obligations: [],
  deadlines: [{ kind: 'step', due: minute(50), tier: county, step: 'site' }],
  term: '0.0',
  recorded: 7,
  registered: 5,
  digest: 'd'.repeat(64),
  openedAt: minute(n),
  updatedAt: minute(n + 1),
  withoutEffect: 0,
  needsUpgrade: false,
  audience: [city, county],
  parties: [city, `${city}/D1`, county, `${county}/D2`],
  ...change,
});

const sampleWork = (n: number, change: Partial<WorkRow> = {}): WorkRow => ({
  caseId: caseId(n),
  key: 'determined:site:1',
  act: 'determined',
  tier: county,
  department: 'D2',
  roles: ['approver', 'organHead'],
  step: 'site',
  due: minute(50),
  number: `N${n}`,
  itemName: '取水许可',
  status: 'inReview',
  ...change,
});

const sampleItem = (entry: number, change: Partial<ItemRow> = {}): ItemRow => ({
  tier: city,
  code: '430100000001',
  entry,
  origin: 'published',
  verb: 'add',
  version: entry,
  status: 'inForce',
  effectiveFrom: '2013-01-01',
  content: { code: '430100000001', version: entry } as ItemRow['content'] & object,
  ...change,
});

/** What views and their writer promise, whatever keeps them. */
export const viewsContract = (name: string, open: () => Promise<Opened>) => {
  describe(`${name} keeps the contract of views`, () => {
    let opened: Opened;
    let views: Views;
    let writer: ViewWriter;
    let parking: Parking;
    let position = start;
    let versions = 0;

    beforeAll(async () => {
      opened = await open();
      ({ views, writer, parking } = opened);
    });
    afterAll(() => opened.close());

    /** Empty views, as after a change of the projection. */
    const anew = async () => {
      position = await writer.begin(`version-${++versions}`);
      expect(position).toBe(start);
    };
    const save = async (changes: Partial<ViewChanges>) => {
      const to = at(Number(position) + 1);
      expect(await writer.save(position, to, { ...nothing, ...changes })).toBe(true);
      position = to;
    };
    const all = async <Row>(list: (page: PageRequest) => Promise<Page<Row>>, limit = 2) => {
      const rows: Row[] = [];
      for (let after: string | undefined; ;) {
        const page = await list({ limit, ...(after !== undefined && { after }) });
        expect(page.rows.length).toBeLessThanOrEqual(limit);
        rows.push(...page.rows);
        if (page.next === undefined) return rows;
        after = page.next;
      }
    };
    const cases = async (filter: CaseFilter = {}) =>
      (await all((page) => views.cases(filter, page))).map(({ number }) => number);
    const worklist = async (filter: WorkFilter) =>
      (await all((page) => views.worklist(filter, page))).map(({ number, key }) => `${number} ${key}`);
    const items = async (filter: ItemFilter = {}) =>
      (await all((page) => views.items(filter, page))).map(({ tier, entry }) => `${tier} ${entry}`);

    it('gives a row back as it was written, and the position with it', async () => {
      await anew();
      const plain = sampleCase(1);
      const full = sampleCase(2, {
        ...{ ownNumber: '县水字〔2026〕1号', closing: '0', stage: 'review', due: minute(9) },
        intakeAgentPoint: '431021106201',
        obligations: [{ kind: 'reconsider', cause: 'e'.repeat(64) as never, step: 'site' }],
      });
      await save({ cases: [plain, full].map((row) => ({ row, work: [] })) });
      expect(await views.case(plain.caseId)).toStrictEqual(plain);
      expect(await views.case(full.caseId)).toStrictEqual(full);
      expect(await views.case(caseId(3))).toBeUndefined();
      expect(await writer.begin(`version-${versions}`)).toBe(position);
    });

    it('replaces the row with the same key, and all work of its case', async () => {
      await anew();
      await save({ cases: [{ row: sampleCase(1), work: [sampleWork(1), sampleWork(1, { key: 'other' })] }] });
      await save({
        cases: [{ row: sampleCase(1, { status: 'concluded' }), work: [sampleWork(1, { key: 'third' })] }],
      });
      expect(await views.case(caseId(1))).toMatchObject({ status: 'concluded' });
      expect(await worklist({ tier: county })).toEqual(['N1 third']);
    });

    it('writes nothing when another projector has moved the position', async () => {
      await anew();
      await save({});
      const change = { ...nothing, cases: [{ row: sampleCase(1), work: [] }] };
      expect(await writer.save(start, at(9), change)).toBe(false);
      expect(await views.case(caseId(1))).toBeUndefined();
      expect(await writer.begin(`version-${versions}`)).toBe(position);
    });

    it('lets one of two projectors at once write', async () => {
      await anew();
      const outcomes = await Promise.all(
        [1, 2, 3, 4].map((n) =>
          writer.save(start, at(1), { ...nothing, cases: [{ row: sampleCase(n), work: [] }] }),
        ),
      );
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect(await cases()).toHaveLength(1);
    });

    it('drops everything that another version of the projection made', async () => {
      await anew();
      await save({
        cases: [{ row: sampleCase(1), work: [sampleWork(1)] }],
        items: [sampleItem(1)],
        departments: [
          {
            tier: city,
            department: 'D1',
            kind: 'department',
            name: { zh: '水利局', en: 'Water' },
            roles: [],
            windows: [],
            staff: [],
          },
        ],
        tiers: [
          {
            tier: city,
            network: 'n',
            level: 'city',
            name: { zh: '郴州市', en: 'Chenzhou' },
            demonstration: true,
            agentPoints: [],
          },
        ],
      });
      await anew();
      const page = { limit: 10 };
      expect(await cases()).toEqual([]);
      expect(await worklist({ tier: county })).toEqual([]);
      expect(await items()).toEqual([]);
      expect((await views.departments(undefined, page)).rows).toEqual([]);
      expect(await views.tiers()).toEqual([]);
    });

    const failed = (n: number, through: number) => ({
      stream: caseId(n),
      through: at(through),
      reason: 'the fold failed',
      at: minute(n),
    });
    const parkedCases = async () => [...(await parking.parkedStreams('views'))].toSorted();

    it('parks streams with the position and the other rows, or not at all', async () => {
      await anew();
      await save({ cases: [{ row: sampleCase(1), work: [] }], parked: [failed(2, 1)] });
      expect(await cases()).toEqual(['N1']);
      expect((await parking.list({ handler: 'views' }, { limit: 9 })).rows).toStrictEqual([
        {
          ...{ handler: 'views', stream: caseId(2), reason: 'the fold failed', through: at(1) },
          ...{ since: minute(2), triedAt: minute(2), attempts: 1 },
        },
      ]);
      expect(await writer.save(start, at(9), { ...nothing, parked: [failed(3, 9)] })).toBe(false);
      expect(await parkedCases()).toEqual([caseId(2)]);
    });

    it('lets events wait behind a parked stream only while it is parked', async () => {
      await anew();
      await save({ parked: [failed(1, 1)] });
      await save({ held: [{ stream: caseId(1), through: at(2) }] });
      const [parked] = (await parking.list({ handler: 'views' }, { limit: 9 })).rows;
      expect(parked).toMatchObject({ through: at(2), attempts: 1 });
      const page = {
        ...nothing,
        cases: [{ row: sampleCase(3), work: [] }],
        held: [1, 2].map((n) => ({ stream: caseId(n), through: at(3) })),
      };
      expect(await writer.save(position, at(3), page)).toBe(false);
      expect(await cases()).toEqual([]);
      expect(await writer.begin(`version-${versions}`)).toBe(position);
      const [still] = (await parking.list({ handler: 'views' }, { limit: 9 })).rows;
      expect(still).toEqual(parked);
    });

    it('lets a parked stream go with its rows, unless a later event has come to wait', async () => {
      await anew();
      await save({ parked: [failed(1, 1)] });
      await save({ held: [{ stream: caseId(1), through: at(2) }] });
      const change = { ...nothing, cases: [{ row: sampleCase(1), work: [sampleWork(1)] }] };
      expect(await writer.redriven({ stream: caseId(1), through: at(1) }, change)).toBe(false);
      expect(await writer.redriven({ stream: caseId(2), through: at(2) }, change)).toBe(false);
      expect(await cases()).toEqual([]);
      expect(await writer.redriven({ stream: caseId(1), through: at(2) }, change)).toBe(true);
      expect(await cases()).toEqual(['N1']);
      expect(await parkedCases()).toEqual([]);
      expect(await writer.redriven({ stream: caseId(1), through: at(2) }, change)).toBe(false);
      expect(await writer.begin(`version-${versions}`)).toBe(position);
    });

    it('lets either a page wait behind a parked stream or the stream go, when both come at once', async () => {
      await anew();
      for (let n = 1; n <= 40; n++) {
        await save({ parked: [failed(n, n)] });
        const [parked] = (await parking.list({ stream: caseId(n) }, { limit: 1 })).rows;
        const through = at(Number(position) + 1);
        const change = { ...nothing, cases: [{ row: sampleCase(n), work: [] }] };
        const [held, released] = await Promise.all([
          writer.save(position, through, { ...nothing, held: [{ stream: caseId(n), through }] }),
          writer.redriven({ stream: caseId(n), through: at(n) }, change),
        ]);
        expect([n, held]).toEqual([n, !released]);
        const rows = (await parking.list({ stream: caseId(n) }, { limit: 1 })).rows;
        expect(rows).toEqual(held ? [{ ...parked, through }] : []);
        if (held) position = through;
      }
    });

    it('tries everything anew with another version of the projection, and nothing else', async () => {
      await anew();
      await save({ parked: [failed(1, 1)] });
      await parking.park('deadlines', failed(1, 1));
      await writer.begin(`version-${versions}`);
      expect(await parkedCases()).toEqual([caseId(1)]);
      await anew();
      expect(await parkedCases()).toEqual([]);
      expect([...(await parking.parkedStreams('deadlines'))]).toEqual([caseId(1)]);
    });

    it('lists cases by opening, newest first, page by page, each once', async () => {
      await anew();
      const rows = [3, 1, 5, 2, 4].map((n) => sampleCase(n, n > 3 ? { openedAt: minute(4) } : {}));
      await save({ cases: rows.map((row) => ({ row, work: [] })) });
      expect(await cases()).toEqual(['N5', 'N4', 'N3', 'N2', 'N1']);
      const first = await views.cases({}, { limit: 2 });
      await save({ cases: [{ row: sampleCase(9, { openedAt: minute(9) }), work: [] }] });
      const second = await views.cases({}, { limit: 2, after: first.next ?? '' });
      expect(second.rows.map(({ number }) => number)).toEqual(['N3', 'N2']);
    });

    it('has no next page after the last row', async () => {
      await anew();
      await save({ cases: [1, 2].map((n) => ({ row: sampleCase(n), work: [] })) });
      expect((await views.cases({}, { limit: 2 })).next).toBeUndefined();
      expect((await views.cases({}, { limit: 1 })).next).toBeDefined();
    });

    it('gives nothing after a place that no list gave out', async () => {
      await anew();
      await save({ cases: [{ row: sampleCase(1), work: [sampleWork(1)] }], items: [sampleItem(1)] });
      for (const after of [
        '',
        'x',
        '[]',
        '["a"]',
        '["2026-13-99T00:00:00.000Z","x"]',
        '["\\u0000","a","b"]',
        '{}',
      ])
        for (const list of [
          views.cases({}, { limit: 5, after }),
          views.worklist({ tier: county }, { limit: 5, after }),
          views.items({}, { limit: 5, after }),
          views.departments(undefined, { limit: 5, after }),
        ])
          expect(await list).toEqual({ rows: [] });
    });

    it('narrows cases by every condition that is given', async () => {
      await anew();
      const rows = [
        sampleCase(1),
        sampleCase(2, { status: 'closed', itemCode: 'other', intakeAgentPoint: '431021106201' }),
        sampleCase(3, { leadTier: county, needsUpgrade: true, parties: [county, `${county}/D1`] }),
      ];
      await save({ cases: rows.map((row) => ({ row, work: [] })) });
      expect(await cases({ status: 'closed' })).toEqual(['N2']);
      expect(await cases({ item: 'other' })).toEqual(['N2']);
      expect(await cases({ number: 'N3' })).toEqual(['N3']);
      expect(await cases({ tier: city })).toEqual(['N2', 'N1']);
      expect(await cases({ tier: county, department: 'D1' })).toEqual(['N3']);
      expect(await cases({ leadTier: county })).toEqual(['N3']);
      expect(await cases({ agentPoint: '431021106201' })).toEqual(['N2']);
      expect(await cases({ needsUpgrade: true })).toEqual(['N3']);
      expect(await cases({ tier: city, status: 'inReview', number: 'N1' })).toEqual(['N1']);
      expect(await cases({ tier: city, status: 'inReview', number: 'N2' })).toEqual([]);
      expect(await cases({ number: "N1' OR true --" })).toEqual([]);
    });

    it('lists the work of an organ by the nearest limit, what has none last', async () => {
      await anew();
      const { due: _, ...endless } = sampleWork(1, { key: 'endless' });
      const work = [
        endless,
        sampleWork(1, { key: 'late', due: minute(9) }),
        sampleWork(1, { key: 'soon', due: minute(5), roles: ['reviewer'] }),
        sampleWork(1, { key: 'elsewhere', tier: city }),
        sampleWork(1, { key: 'others', department: 'D3', due: minute(1) }),
        sampleWork(1, { key: 'follower', act: 'lapse', department: '', roles: ['system'] }),
      ];
      await save({ cases: [{ row: sampleCase(1), work }] });
      expect(await worklist({ tier: county })).toEqual(['N1 others', 'N1 soon', 'N1 late', 'N1 endless']);
      expect(await worklist({ tier: county, department: 'D2' })).toEqual([
        'N1 soon',
        'N1 late',
        'N1 endless',
      ]);
      expect(await worklist({ tier: county, department: 'D2', roles: ['reviewer', 'agent'] })).toEqual([
        'N1 soon',
      ]);
      expect((await views.worklist({ tier: city }, { limit: 9 })).rows).toStrictEqual([
        sampleWork(1, { key: 'elsewhere', tier: city }),
      ]);
    });

    it('names the cases whose limits a tier must record, the oldest first, each once', async () => {
      await anew();
      const lapse = (n: number, key: string, due: number, change: Partial<WorkRow> = {}) =>
        sampleWork(n, { act: 'lapse', key, department: '', due: minute(due), ...change });
      await save({
        cases: [
          { row: sampleCase(1), work: [lapse(1, 'a', 8), lapse(1, 'b', 9)] },
          { row: sampleCase(2), work: [lapse(2, 'a', 3)] },
          { row: sampleCase(3), work: [lapse(3, 'a', 20), sampleWork(3, { due: minute(1) })] },
          { row: sampleCase(4), work: [lapse(4, 'a', 1, { tier: city })] },
        ],
      });
      expect(await views.casesDue(county, minute(10), 9)).toEqual([caseId(2), caseId(1)]);
      expect(await views.casesDue(county, minute(10), 1)).toEqual([caseId(2)]);
      expect(await views.casesDue(county, minute(3), 9)).toEqual([]);
    });

    it('lists the entries of the catalogue, and those current on a day', async () => {
      await anew();
      const first = sampleItem(1, { supersededOn: '2020-01-01' });
      const second = sampleItem(2, { effectiveFrom: '2020-01-01', verb: 'change' });
      const tenth = sampleItem(10, { code: '430100000002', effectiveFrom: '2030-01-01' });
      await save({ items: [tenth, second, first] });
      expect(await items()).toEqual([`${city} 1`, `${city} 2`, `${city} 10`]);
      expect(await items({ on: '2019-12-31' })).toEqual([`${city} 1`]);
      expect(await items({ on: '2020-01-01' })).toEqual([`${city} 2`]);
      expect(await items({ code: '430100000002' })).toEqual([`${city} 10`]);
      expect(await items({ tier: county })).toEqual([]);
      expect((await views.items({ on: '2019-12-31' }, { limit: 5 })).rows).toStrictEqual([first]);
    });

    it('gives an adopted entry the text of its standard, once that has arrived', async () => {
      await anew();
      const {
        content: _,
        verb: __,
        ...adopted
      } = sampleItem(1, {
        ...{ tier: county, origin: 'adopted', version: 2, standardTier: city, standardHash: 'e'.repeat(64) },
        promisedDays: 7,
      });
      await save({ items: [adopted] });
      const read = async () => (await views.items({ tier: county }, { limit: 5 })).rows;
      expect(await read()).toStrictEqual([adopted]);
      const standard = sampleItem(2);
      await save({ items: [sampleItem(1), standard] });
      expect(await read()).toStrictEqual([{ ...adopted, content: standard.content }]);
    });

    it('lists departments of one tier or all, and tiers from the top', async () => {
      await anew();
      const department = (tier: TierCode, code: string): DepartmentRow => ({
        ...{ tier, department: code, kind: 'department', name: { zh: '水利局', en: 'Water' } },
        ...{ roles: ['water'], section: { name: { zh: '审批股', en: 'Section' }, inCenter: true } },
        windows: [{ window: 'A01', name: { zh: '一号', en: 'One' } }],
        staff: [
          { staff: 's1', post: { zh: '科员', en: 'Clerk' }, authority: { items: 'all', acts: ['accept'] } },
        ],
      });
      const rows = [department(county, 'D2'), department(city, 'D1'), department(county, 'D1')];
      const tiers = [
        { tier: county, level: 'county', parent: city },
        { tier: city, level: 'city' },
      ] as const;
      await save({
        departments: rows,
        tiers: tiers.map((tier) => ({
          ...{ network: 'test.example', name: { zh: '郴州市', en: 'Chenzhou' }, demonstration: true },
          ...{ agentPoints: [], ...tier },
        })),
      });
      const listed = await all((page) => views.departments(undefined, page), 1);
      expect(listed).toStrictEqual([rows[1], rows[2], rows[0]]);
      expect((await views.departments(county, { limit: 9 })).rows).toStrictEqual([rows[2], rows[0]]);
      expect((await views.tiers()).map(({ tier }) => tier)).toEqual([city, county]);
    });
  });
};
