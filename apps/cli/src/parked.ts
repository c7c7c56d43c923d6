import type { Json } from './http.ts';
import { actedAt, asked, type Command, rows, tierNamed } from './command.ts';
import { Complaint } from './complaint.ts';
import { shown, table } from './table.ts';

/** What waits for an operator: events that could not be stored, and streams that could not be interpreted. */
export const parkedList: Command = {
  usage: '[--tier <code>]',
  zh: '暂存待办：收到而未能入库的事件，入库而未能处理的流',
  en: 'what waits for an operator: events not stored, streams not interpreted',
  run: async (context) => {
    const { client } = context;
    const json = await Promise.all(
      asked(context).map(async (at) => ({
        tier: at.tier,
        events: rows(await client.get(`${at.exchange}/parked`, 'operator', at)),
        streams: rows(await client.get(`${at.approval}/v1/parked`, 'operator', at)),
      })),
    );
    const events = table(
      ['层级 tier', '作者 author', '序号 number', '类型 type', '原因 reason', '自 since'],
      json.flatMap(({ tier, events }) =>
        events.map((row) => [tier, row['author'], row['number'], row['type'], row['reason'], row['since']]),
      ),
    );
    const streams = table(
      ['层级 tier', '处理者 handler', '流 stream', '次数 attempts', '原因 reason', '自 since'],
      json.flatMap(({ tier, streams }) =>
        streams.map((row) => [
          tier,
          row['handler'],
          row['stream'],
          row['attempts'],
          row['reason'],
          row['since'],
        ]),
      ),
    );
    return {
      json,
      text: `未能入库 · events not stored\n${events}\n\n未能处理 · streams not interpreted\n${streams}`,
    };
  },
};

export const parkedRedrive: Command = {
  usage: '[<author> <number>] [<stream>] --tier <code>',
  zh: '重新处理：全部，或指明的一个事件或流',
  en: 'try again: all, or one event or stream',
  run: async (context, first, second) => {
    const at = actedAt(context);
    const ask = async (base: string, body: Json) =>
      rows(await context.client.post(`${base}/parked/redrive`, 'operator', at, body));
    const [link, counter] = [at.exchange, `${at.approval}/v1`];
    if (first === undefined) return redriven(await ask(link, {}), await ask(counter, {}));
    if (!first.includes('-'))
      return redriven(await ask(link, { author: tierNamed(first), number: numberIn(second) }), []);
    if (second !== undefined) throw new Complaint(`多余的参数 · too much: ${second}`);
    return redriven([], await ask(counter, { stream: first }));
  },
};

const redriven = (events: readonly Json[], streams: readonly Json[]) => ({
  json: { events, streams },
  text: table(
    ['对象 what', '结果 state', '原因 reason'],
    [
      ...events.map((row) => [
        `${shown(row['author'])} ${shown(row['number'])}`,
        row['state'],
        row['reason'],
      ]),
      ...streams.map((row) => [
        `${shown(row['handler'])} ${shown(row['stream'])}`,
        row['state'],
        row['reason'],
      ]),
    ],
  ),
});

const numberIn = (text: string | undefined): number => {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new Complaint(
    `${text ?? '（空）'} 不是序号\n${text ?? '(nothing)'} is no number: parked list shows author and number.`,
  );
};
