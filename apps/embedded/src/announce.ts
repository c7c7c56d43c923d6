import { placeOf } from './narrator.ts';
import type { Network } from './network.ts';

/** Where everything is, and what to do next. */
export const announce = (
  { addresses, issuer }: Pick<Network, 'addresses' | 'issuer'>,
  folder: string,
  print: (line: string) => void,
): void => {
  print(`\n数据 data          ${folder}`);
  print(`示范令牌 tokens    ${issuer.issuer}/people`);
  for (const { tier, approval, exchange, grpc, supervision, audit } of addresses) {
    const { zh, en } = placeOf(tier);
    print(`${zh} · ${en.replace(` ${tier}`, '')}`);
    print(`    接口文档 API ${approval}/docs   gRPC ${grpc}   交换 exchange ${exchange}`);
    print(`    监察 supervision ${supervision}/docs`);
    if (audit !== undefined) print(`    审计 audit ${audit}/docs`);
  }
  print('\n另开一个终端 · in another terminal:  npm run liandong -- case list');
  print('按 Ctrl-C 停止，再次 npm start 从这里继续 · Ctrl-C stops; the next npm start goes on from here');
};
