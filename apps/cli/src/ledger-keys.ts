import { actedAt, type Command, type Context } from './command.ts';
import { Complaint } from './complaint.ts';
import type { Json } from './http.ts';
import type { TierAddress } from './network.ts';

/** Ends a key whose secret is known to somebody else, or is no longer needed. */
export const ledgerRevokeKey: Command = {
  usage: '<service> <key id> <reason> --tier <code>',
  zh: '吊销本层级一个服务的密钥：自下一条起，其所签不再入账本，也不出本层级',
  en: 'end a key of a service: from the next event on nothing under it is sealed or leaves the tier',
  run: async (context, service, keyId, reason) => {
    const at = actedAt(context);
    if (service === undefined || keyId === undefined || reason === undefined)
      throw new Complaint(
        '请写明服务、密钥号与理由\nSay which service, which key id, and why: revoke-key approval 0123abcd "…"',
      );
    const origin = await originAt(context, at);
    const url = `${at.exchange}/ledger/${origin}/keys/${encodeURIComponent(service)}/${encodeURIComponent(keyId)}/revoke`;
    const json = await context.client.post(url, 'operator', at, { reason });
    return { json, text: `${at.tier} ${service} ${keyId}：已吊销 · revoked` };
  },
};

/** The ledger that a tier keeps. */
export const originAt = async ({ client }: Context, at: TierAddress): Promise<string> => {
  const links = await client.get(`${at.exchange}/links`, 'operator', at);
  const origin = (links['ledger'] as Json | undefined)?.['origin'];
  if (typeof origin === 'string') return origin;
  throw new Complaint(`${at.tier} 没有运行中的账本\n${at.tier} keeps no ledger, or its exchange stands by.`);
};
