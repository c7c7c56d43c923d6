import { witnessClient } from '@liandong/adapters/http';
import type { Witnessing } from '@liandong/application';

/** One client for each witness that has an address. */
export const witnessClients = () => {
  const clients = new Map<string, ReturnType<typeof witnessClient>>();
  return ({ url }: Witnessing) => {
    if (url === undefined) return undefined;
    const client = clients.get(url) ?? witnessClient(url);
    clients.set(url, client);
    return client;
  };
};
