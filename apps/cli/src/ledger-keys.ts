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

/** Lets another key of the tier's own file take the place of one, at its place in the ledger. */
export const ledgerRotateKey: Command = {
  usage: '<service> <key id> <new key id> --tier <code>',
  zh: '更换本层级一个服务的密钥：自下一条起以新密钥为准，各层级由账本得知',
  en: 'let another key of a service take the place of one: from the next event on, as every tier learns from the ledger',
  run: async (context, service, keyId, by) => {
    const at = actedAt(context);
    if (service === undefined || keyId === undefined || by === undefined)
      throw new Complaint(
        '请写明服务、旧密钥号与新密钥号\nSay which service, which key, and by which: rotate-key approval 0123abcd 89abcdef',
      );
    const key = `${encodeURIComponent(service)}/${encodeURIComponent(keyId)}`;
    const url = `${at.exchange}/ledger/${await originAt(context, at)}/keys/${key}/rotate`;
    const json = await context.client.post(url, 'operator', at, { by });
    return { json, text: `${at.tier} ${service} ${keyId} → ${by}：已更换 · rotated` };
  },
};

/** The ledger that a tier keeps. */
export const originAt = async ({ client }: Context, at: TierAddress): Promise<string> => {
  const links = await client.get(`${at.exchange}/links`, 'operator', at);
  const origin = (links['ledger'] as Json | undefined)?.['origin'];
  if (typeof origin === 'string') return origin;
  throw new Complaint(`${at.tier} 没有运行中的账本\n${at.tier} keeps no ledger, or its exchange stands by.`);
};
