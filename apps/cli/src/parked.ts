import type { Json } from './http.ts';
import { actedAt, asked, type Command, everyRow, rows, tierNamed } from './command.ts';
import { Complaint } from './complaint.ts';
import { shown, table } from './table.ts';

/** What waits for an operator: events that could not be stored, and streams that could not be interpreted. */
export const parkedList: Command = {
  usage: '[--tier <code>]',
  zh: '暂存待办：收到而未能入库的事件，无法读出的 Kafka 记录，入库而未能处理的流',
  en: 'what waits for an operator: events not stored, records not read, streams not interpreted',
  run: async (context) => {
    const { client } = context;
    const json = await Promise.all(
      asked(context).map(async (at) => ({
        tier: at.tier,
        events: await everyRow(context, `${at.exchange}/parked`, 'operator', at),
        records: rows(await client.get(`${at.exchange}/parked/records`, 'operator', at)),
        streams: await everyRow(context, `${at.approval}/v1/parked`, 'operator', at),
      })),
    );
    const events = table(
      ['层级 tier', '作者 author', '序号 number', '类型 type', '原因 reason', '自 since'],
      json.flatMap(({ tier, events }) =>
        events.map((row) => [tier, row['author'], nameOf(row), row['type'], row['reason'], row['since']]),
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
    const records = table(
      ['层级 tier', '来自 from', '原因 reason', '自 since'],
      json.flatMap(({ tier, records }) =>
        records.map((row) => [tier, row['peer'], row['reason'], row['at']]),
      ),
    );
    return {
      json,
      text: [
        `未能入库 · events not stored\n${events}`,
        `无法读出，事件另由链路送达 · records not read; their events come over the link\n${records}`,
        `未能处理 · streams not interpreted\n${streams}`,
      ].join('\n\n'),
    };
  },
};

/** One event that could not be stored, with the bytes its author sealed. */
export const parkedShow: Command = {
  usage: '<author> <number|epoch.number> --tier <code>',
  zh: '未能入库的一个事件：原因与原文',
  en: 'an event that could not be stored: why, and its bytes',
  run: async (context, author, number) => {
    const at = actedAt(context);
    const named = { author: tierNamed(author), ...numberIn(number) };
    const epoch = named.epoch === undefined ? '' : `?epoch=${named.epoch}`;
    const url = `${at.exchange}/parked/${named.author}/${named.number}${epoch}`;
    const json = await context.client.get(url, 'operator', at);
    const { bytes, ...row } = json;
    const said = Object.entries(row).map(([name, value]) => `${name}: ${shown(value)}`);
    return { json, text: [...said, '', plain(Buffer.from(String(bytes), 'base64').toString())].join('\n') };
  },
};

export const parkedRedrive: Command = {
  usage: '[<author> <number|epoch.number>] [<stream>] --tier <code>',
  zh: '重新处理：全部，或指明的一个事件或流',
  en: 'try again: all, or one event or stream',
  run: async (context, first, second) => {
    const at = actedAt(context);
    const ask = async (base: string, body: Json) =>
      rows(await context.client.post(`${base}/parked/redrive`, 'operator', at, body));
    const [link, counter] = [at.exchange, `${at.approval}/v1`];
    if (first === undefined) return redriven(await ask(link, {}), await ask(counter, {}));
    if (!first.includes('-'))
      return redriven(await ask(link, { author: tierNamed(first), ...numberIn(second) }), []);
    if (second !== undefined) throw new Complaint(`多余的参数 · too much: ${second}`);
    return redriven([], await ask(counter, { stream: first }));
  },
};

/** Whoever wrote the bytes may not write to the terminal. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, '\ufffd');

const redriven = (events: readonly Json[], streams: readonly Json[]) => ({
  json: { events, streams },
  text: table(
    ['对象 what', '结果 state', '原因 reason'],
    [
      ...events.map((row) => [`${shown(row['author'])} ${nameOf(row)}`, row['state'], row['reason']]),
      ...streams.map((row) => [
        `${shown(row['handler'])} ${shown(row['stream'])}`,
        row['state'],
        row['reason'],
      ]),
    ],
  ),
});

/** What was numbered in an epoch that is over bears that epoch in front: `1.17`. */
const nameOf = ({ number, epoch }: Json): string =>
  epoch === undefined ? shown(number) : `${shown(epoch)}.${shown(number)}`;

const numberIn = (text: string | undefined): { readonly number: number; readonly epoch?: number } => {
  const [, epoch, number] = /^(?:(\d{1,7})\.)?([1-9]\d{0,15})$/.exec(text ?? '') ?? [];
  if (number !== undefined)
    return { number: Number(number), ...(epoch !== undefined && { epoch: Number(epoch) }) };
  throw new Complaint(
    `${text ?? '（空）'} 不是序号\n${text ?? '(nothing)'} is no number: parked list shows author and number.`,
  );
};
