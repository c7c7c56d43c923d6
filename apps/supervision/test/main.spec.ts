import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { StreamName } from '@liandong/kernel';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { cardDoor, struct } from './support/card-door.ts';
import { casesOpened, city, day, paper, ruleOf, type Said, supervisedCity, until } from './support/city.ts';

// Ten processes start in seconds on an idle machine; on a busy one that is no reason to fail.
jest.setTimeout(240_000);
const at = supervisedCity();
beforeAll(() => at.found(), 240_000);
afterEach(() => at.killAll());
afterAll(() => at.close());

const ofType = async (type: string) => (await at.cardEvents()).filter((said) => said.type === type);

/** Exactly one card for one cause, each issued once: three for every case, and one for every warning nobody answers. */
const expectWhole = async (): Promise<readonly Said[]> => {
  const raised = await ofType('raised');
  const causes = raised.map(({ data }) => JSON.stringify(data['cause']));
  expect(new Set(causes).size).toBe(causes.length);
  const counts = [...Map.groupBy(raised, ruleOf)].map(([rule, cards]) => [rule, cards.length]);
  expect(Object.fromEntries(counts)).toEqual({
    ...{ 'case.warning': casesOpened, 'case.yellow': casesOpened, 'case.red': casesOpened },
    'warningReply.yellow': casesOpened,
  });
  const issued = (await ofType('issued')).map(({ stream }) => stream);
  expect(issued.toSorted()).toEqual(raised.map(({ stream }) => stream).toSorted());
  return raised;
};

describe('the supervision as a process of its own, while the counter is closed', () => {
  it('raises each card once, however often it is killed while they fall due, and forgets none', async () => {
    // First warnings and yellow cards fall due, then the answers to the warnings, then red cards.
    const half = casesOpened / 2;
    for (const [days, cards] of [
      [60, 1],
      [0, half],
      [14, 2 * casesOpened + 1],
      [40, 3 * casesOpened + half],
    ] as const) {
      at.clock().advance(days * day);
      const service = await at.start();
      await until(`${cards} cards`, async () => (await ofType('raised')).length >= cards);
      await service.end('SIGKILL');
    }
    const service = await at.start();
    await until(
      'every warning',
      async () =>
        (await ofType('raised')).filter((said) => ruleOf(said) === 'case.warning').length === casesOpened,
    );
    // The last warnings were perhaps issued only now; their answers are due in some days.
    at.clock().advance(14 * day);
    await until('every card', async () => (await ofType('issued')).length >= 4 * casesOpened);
    expect(await service.end('SIGTERM')).toBe(0);
    await expectWhole();
  });

  it('raises nothing anew when all it kept beside the store is lost', async () => {
    const before = await at.cardEvents();
    await at.forgetEverything();
    const service = await at.start();
    const listed = async () => {
      const headers = { authorization: `Bearer ${await at.tokenOf(`supervisor-${city}`)}` };
      const response = await fetch(`${service.url}/v1/cards?limit=200`, { headers });
      return ((await response.json()) as { items: readonly unknown[] }).items.length;
    };
    await until('the list of cards', async () => (await listed()) === 4 * casesOpened);
    await service.end('SIGKILL');
    expect(await at.cardEvents()).toEqual(before);
  });

  it('only adds to its cards when the calendar is corrected, once to each, though it is killed meanwhile', async () => {
    const raised = await ofType('raised');
    const cases = raised.filter((said) => ruleOf(said).startsWith('case.'));
    const [opened = ''] = cases
      .map(({ data }) => (data['reckoning'] as { receivedAt: string }).receivedAt)
      .toSorted();
    const blizzard = Array.from({ length: 14 }, (_, n) => new Date(Date.parse(opened) + (n + 3) * day))
      .filter((date) => date.getUTCDay() % 6 !== 0)
      .map((date) => date.toISOString().slice(0, 10));
    const year = Number(blizzard[0]?.slice(0, 4));
    const first = await at.start();
    const headers = {
      authorization: `Bearer ${await at.tokenOf(`supervisor-${city}`)}`,
      'content-type': 'application/json',
      'idempotency-key': '"blizzard"',
    };
    type Year = {
      readonly year: number;
      readonly holidays: readonly string[];
      readonly extraWorkingDays: readonly string[];
    };
    const calendar = await fetch(`${first.url}/v1/calendar`, { headers });
    const { years } = (await calendar.json()) as { readonly years: readonly Year[] };
    const { holidays = [], extraWorkingDays = [] } = years.find((each) => each.year === year) ?? {};
    const ofYear = blizzard.filter((date) => date.startsWith(`${year}`));
    const corrected = await fetch(`${first.url}/v1/calendar/years/${year}/correction`, {
      ...{ method: 'POST', headers },
      body: JSON.stringify({
        holidays: [...new Set([...holidays, ...ofYear])].toSorted(),
        extraWorkingDays: extraWorkingDays.filter((date) => !ofYear.includes(date)),
        ...{ source: '示范', reason: { zh: '暴雪停工', en: 'A blizzard' } },
      }),
    });
    expect([corrected.ok, await corrected.text()]).toEqual([true, expect.anything()]);
    await until('a correction', async () => (await ofType('corrected')).length > 2);
    await first.end('SIGKILL');
    const second = await at.start();
    await until('every correction', async () => (await ofType('corrected')).length >= cases.length);
    expect(await second.end('SIGTERM')).toBe(0);
    const corrections = (await ofType('corrected')).filter(({ stream }) =>
      cases.some((said) => said.stream === stream),
    );
    expect(corrections.map(({ stream }) => stream).toSorted()).toEqual(
      cases.map(({ stream }) => stream).toSorted(),
    );
    expect(corrections.map(({ data }) => [data['finding'], data['reason']])).toEqual(
      cases.map(() => ['dueOtherwise', 'calendarCorrected']),
    );
    expect(await expectWhole()).toEqual(raised);
  });
});

describe('what people do to cards', () => {
  const lead = `leadCoordinator-${city}-03`;
  const watch = `supervisor-${city}`;
  const appeal = { ground: 'forceMajeure', document: paper, reasons: '暴雪停工' };
  const ruling = { document: paper, reasons: '经核实' };
  const cancel = { ground: 'duplicate', reasons: '重复发牌' };
  const reply = { document: paper, note: '已催办' };
  const urge = () => ({
    until: new Date(at.clock().now().getTime() + 30 * day).toISOString(),
    note: '请尽快办结',
  });

  /** Everything that can be done to three cards, in turn, and the fact that each leaves. */
  const deeds = ([one, two, three]: readonly [StreamName, StreamName, StreamName]) =>
    [
      [lead, one, 'reply', reply, 'replied'],
      [watch, one, 'urge', urge(), 'urged'],
      [lead, one, 'appeal', appeal, 'appealed'],
      [watch, one, 'rejectAppeal', ruling, 'appealRejected'],
      [lead, two, 'appeal', appeal, 'appealed'],
      [watch, two, 'acceptAppeal', ruling, 'appealAccepted'],
      [watch, three, 'cancel', cancel, 'cancelled'],
    ] as const;

  const threeOf = async (rule: string) =>
    (await ofType('raised'))
      .filter((said) => ruleOf(said) === rule)
      .map(({ stream }) => stream)
      .slice(0, 3) as [StreamName, StreamName, StreamName];
  const lastOf = async (card: StreamName) =>
    (await at.cardEvents()).filter(({ stream, type }) => stream === card && type !== 'corrected').at(-1)
      ?.type;

  it('goes through the gRPC door: reply, urge, appeal and uphold, appeal and withdraw, cancel, and no further', async () => {
    const service = await at.start();
    const door = cardDoor(service.grpc, at.tokenOf);
    const cards = await threeOf('case.yellow');
    const give = (person: string, card: StreamName, command: string, body: object, key: string) =>
      door.call(person, 'execute', { card, command, idempotencyKey: key, arguments: struct(body) });
    for (const [person, card, command, body, said] of deeds(cards)) {
      const first = await give(person, card, command, body, `${command} ${card}`);
      expect(first).toMatchObject({ answer: { card, alreadyRecorded: false } });
      expect(await lastOf(card)).toBe(said);
      const again = await give(person, card, command, body, `${command} ${card}`);
      expect(again).toMatchObject({ answer: { alreadyRecorded: true } });
    }
    const [one, two, three] = cards;
    expect(await give(lead, one, 'appeal', appeal, 'again')).toMatchObject({
      reason: 'card-already-appealed',
    });
    expect(await give(lead, two, 'cancel', cancel, 'unit')).toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(await give(watch, three, 'urge', urge(), 'late')).toMatchObject({ reason: 'card-wrong-status' });
    expect(await give(watch, three, 'burn', {}, 'burn')).toHaveProperty('code');
    expect(await door.call(watch, 'getCard', { card: two })).toHaveProperty('answer.card');
    expect(await door.call(watch, 'explainCard', { card: two })).toHaveProperty('answer.card');
    door.close();
    expect(await service.end('SIGTERM')).toBe(0);
  });

  it('goes through the command line as well, which says what was refused', async () => {
    const service = await at.start();
    const body = (what: object) => {
      const file = path.join(at.folder, 'body.json');
      writeFileSync(file, JSON.stringify(what));
      return file;
    };
    const cards = await threeOf('case.red');
    for (const [person, card, act, what, said] of deeds(cards)) {
      const done = await at.liandong(service.url, person, 'cards', 'give', card, act, body(what));
      expect(done).toMatchObject({ code: 0, said: expect.stringContaining(`liandong.card.${said}.v1`) });
      expect(await lastOf(card)).toBe(said);
    }
    const [one, two, three] = cards;
    const ask = (...words: string[]) => at.liandong(service.url, watch, ...words);
    const again = await ask('cards', 'give', three, 'cancel', body({ ...cancel, reasons: '再次' }));
    expect(again.code).not.toBe(0);
    expect(again.said).toMatch(/card-wrong-status|status/);
    expect((await ask('cards', 'show', two)).said).toMatch(/已撤销 withdrawn/);
    expect((await ask('explain', one)).said).toMatch(/红牌：办件 · Red card: Case/);
    expect((await ask('cards', 'disagreements')).said).toContain('无异议');
    expect(await service.end('SIGTERM')).toBe(0);
  });
});
