import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import {
  type EpochOpener,
  type EventStore,
  type LedgerBook,
  readBundle,
  type Recovery,
  type RevokeKey,
  type RotateKey,
} from '@liandong/application';
import { serviceNames } from '@liandong/kernel';
import { parseTilePath, type Tile } from '@liandong/ledger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../identity/caller.ts';
import { Allow, TheCaller } from '../identity/caller.guard.ts';
import { Open } from '../platform/open.ts';
import { orRefuse, Refused } from '../platform/refused.ts';
import { valid } from '../platform/valid.ts';
import { eventsOf, returnedPage } from './returned-events.ts';

export const SERVED_LEDGER = Symbol('ServedLedger');

/** The ledger of this tier, as others may read it. */
export type ServedLedger = {
  /** `{network}/{tier}/{epoch}`, as in the checkpoint's first line. */
  readonly origin: string;
  readonly book: Pick<LedgerBook, 'anchored' | 'tile' | 'entries'>;
  readonly store: Pick<EventStore, 'readAll'>;
  /** Ends a key of one of the tier's services. */
  readonly revokeKey: RevokeKey;
  /** Lets another key of the trust root take its place. */
  readonly rotateKey: RotateKey;
  /** The tier's ledgers of former epochs: what they proved stands. */
  readonly former?: readonly Pick<ServedLedger, 'origin' | 'book'>[];
  /** Brings back what a restored store lacks; absent while this process stands by. */
  readonly recovery: () => Recovery | undefined;
  /** Opens this epoch; absent while this process stands by, and in the tier's first epoch. */
  readonly opener: () => EpochOpener | undefined;
};

const keyId = z.string().regex(/^[0-9a-f]{8}$/);
const namedKey = z.strictObject({
  ...{ network: z.string(), tier: z.string(), epoch: z.string() },
  service: z.enum(serviceNames),
  keyId,
});
const rotateBody = z.strictObject({ by: keyId });
const openBody = z.strictObject({
  previous: z.strictObject({
    size: z.int().min(0),
    root: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  reason: z.string().trim().min(1).max(500),
});
const revokeBody = z.strictObject({ reason: z.string().trim().min(1).max(500) });

type Origin = { readonly network: string; readonly tier: string; readonly epoch: string };

type Kind = { readonly type: string; readonly cache: string };
const checkpoint: Kind = { type: 'text/plain; charset=utf-8', cache: 'public, max-age=1' };
const tile: Kind = { type: 'application/octet-stream', cache: 'public, max-age=31536000, immutable' };
const bundle: Kind = { ...tile, cache: 'private, max-age=31536000, immutable' };

const passthrough = { passthrough: true } as const;

/**
 * The ledger as static files, laid out as in C2SP tlog-tiles. Hashes are for everybody
 * inside the network; the events themselves are for those who may audit them.
 */
@Controller('ledger/:network/:tier/:epoch')
export class LedgerController {
  readonly #ledger: ServedLedger;

  constructor(@Inject(SERVED_LEDGER) ledger: ServedLedger) {
    this.#ledger = ledger;
  }

  /** The largest head that a quorum has cosigned. */
  @Get('checkpoint')
  @Open()
  async checkpoint(@Param() origin: Origin, @Res(passthrough) reply: FastifyReply) {
    const head = await this.#files(origin).book.anchored();
    return file(reply, checkpoint, head?.note);
  }

  @Get('tile/entries/*')
  @Allow('ledger.entries')
  async bundle(
    @Param() origin: Origin,
    @Req() { url }: FastifyRequest,
    @Res(passthrough) reply: FastifyReply,
  ) {
    const { store } = this.#ledger;
    const { book } = this.#files(origin);
    const { level, ...place } = tileIn(url);
    if (level !== 'entries') throw new Refused(missing);
    return file(reply, bundle, await readBundle(store, book, { level, ...place }));
  }

  @Get('tile/*')
  @Open()
  async tile(@Param() origin: Origin, @Req() { url }: FastifyRequest, @Res(passthrough) reply: FastifyReply) {
    return file(reply, tile, await this.#files(origin).book.tile(tileIn(url)));
  }

  /** From the next event on nothing under this key is sealed, and so nothing of it leaves the tier. */
  @Post('keys/:service/:keyId/revoke')
  @HttpCode(200)
  @Allow('ledger.keys')
  async revoke(
    @Param(valid(namedKey)) { service, keyId, ...origin }: z.output<typeof namedKey>,
    @Body(valid(revokeBody)) { reason }: z.output<typeof revokeBody>,
  ) {
    const revoked = await this.#of(origin).revokeKey(service, keyId, reason);
    if (!revoked.ok) throw new Refused(revoked.refusal);
    return { service, keyId, revoked: true };
  }

  /** From the next event on the other key counts in its place, here and wherever this ledger is heard of. */
  @Post('keys/:service/:keyId/rotate')
  @HttpCode(200)
  @Allow('ledger.keys')
  async rotate(
    @Param(valid(namedKey)) { service, keyId, ...origin }: z.output<typeof namedKey>,
    @Body(valid(rotateBody)) { by }: z.output<typeof rotateBody>,
  ) {
    const rotated = await this.#of(origin).rotateKey(service, keyId, by);
    if (!rotated.ok) throw new Refused(rotated.refusal);
    return { service, keyId, by, rotated: true };
  }

  /** Takes in what another tier gives back, and writes nothing yet. */
  @Post('returned')
  @HttpCode(200)
  @Allow('ledger.recover')
  returned(@Param() origin: Origin, @Body(valid(returnedPage)) page: z.output<typeof returnedPage>) {
    return { offered: orRefuse(this.#taker(origin).offer(eventsOf(page))) };
  }

  /** Stores what was given back, if the whole is what the witnesses have seen. */
  @Post('recover')
  @HttpCode(200)
  @Allow('ledger.recover')
  async recover(@Param() origin: Origin) {
    return { recovered: orRefuse(await this.#recovery(origin).recover()) };
  }

  /**
   * Ends the ledger before this one where its witnesses last cosigned it, and opens this one: with
   * what the other tiers gave back of the old one, and with all that was written since.
   */
  @Post('open')
  @HttpCode(200)
  @Allow('ledger.recover')
  async open(
    @Param() origin: Origin,
    @Body(valid(openBody)) { previous, reason }: z.output<typeof openBody>,
    @TheCaller() { sub }: Caller,
  ) {
    const opener = this.#of(origin).opener();
    if (opener === undefined) throw new Refused({ code: 'not-ready', failing: ['exchange-lease'] });
    return orRefuse(await opener.open(sub, { ...previous, reason }));
  }

  /** Those given back are of this ledger, or of the one before it for whoever is to open this one. */
  #taker(origin: Origin): Pick<Recovery, 'offer'> {
    const { origin: own, former = [] } = this.#ledger;
    const opener = this.#ledger.opener();
    if (opener === undefined || nameOf(origin) === own) return this.#recovery(origin);
    if (nameOf(origin) !== former.at(-1)?.origin) throw new Refused({ code: 'not-found', what: 'ledger' });
    return opener;
  }

  #files(origin: Origin): Pick<ServedLedger, 'book'> {
    const { former = [] } = this.#ledger;
    return former.find((ledger) => ledger.origin === nameOf(origin)) ?? this.#of(origin);
  }

  #recovery(origin: Origin): Recovery {
    const recovery = this.#of(origin).recovery();
    if (recovery === undefined) throw new Refused({ code: 'not-ready', failing: ['exchange-lease'] });
    return recovery;
  }

  #of(origin: Origin): ServedLedger {
    if (nameOf(origin) === this.#ledger.origin) return this.#ledger;
    throw new Refused({ code: 'not-found', what: 'ledger' });
  }
}

const nameOf = ({ network, tier, epoch }: Origin): string => `${network}/${tier}/${epoch}`;

/** Read from the path as it was asked for: a tile has one name, and every other spelling of it is none. */
const tileIn = (url: string): Tile => {
  const [path = ''] = url.split('?', 1);
  const named = parseTilePath(path.slice(path.indexOf('/tile/') + 1));
  if (named === undefined) throw new Refused(missing);
  return named;
};

const missing = { code: 'not-found', what: 'file' } as const;

/** What is not there today may be there tomorrow, so only what is there may be kept. */
const file = (reply: FastifyReply, { type, cache }: Kind, content: Uint8Array | undefined): Buffer => {
  if (content === undefined) throw new Refused(missing);
  reply.header('content-type', type).header('cache-control', cache);
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
};
