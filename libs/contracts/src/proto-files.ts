import { fileURLToPath } from 'node:url';

/** The folder of the `.proto` files, found from the sources and from the build alike. */
export const protoDir = fileURLToPath(new URL('../../../proto', import.meta.url));

export const exchangeProto = 'liandong/exchange/v1/exchange.proto';
