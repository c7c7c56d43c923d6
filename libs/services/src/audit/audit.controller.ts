import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import type {
  AuditDesk,
  AuditRefusal,
  DossierStep,
  EntryStep,
  FileStep,
  RefusedStep,
  ReplayStep,
  VerifyStep,
} from '@liandong/application';
import type { Result } from '@liandong/kernel';
import { toBase64 } from '@liandong/ledger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Allow } from '../identity/caller.guard.ts';
import { lines, ndjson } from '../platform/flow.ts';
import { problemOf } from '../platform/problem.ts';
import { orRefuse } from '../platform/refused.ts';
import { valid } from '../platform/valid.ts';
import { fileCursor, filePlaceIn, rowCursor, rowPlaceIn } from './cursors.ts';
import { askedIn, dossierParams, entriesQuery, exportQuery, replayQuery } from './requests.ts';
import { AUDIT_DESK } from './tokens.ts';

/** What an auditor asks, over HTTP: lines of JSON, the last of which says `end`. */
@Controller('v1/audit')
@Allow('audit.read')
export class AuditController {
  readonly #desk: AuditDesk;

  constructor(@Inject(AUDIT_DESK) desk: AuditDesk) {
    this.#desk = desk;
  }

  @Get('replay')
  async replay(@Query(valid(replayQuery)) query: z.output<typeof replayQuery>, @Res() reply: FastifyReply) {
    const after = query.cursor === undefined ? {} : { after: rowPlaceIn(query.cursor) };
    return send(reply, await this.#desk.replay({ ...askedIn(query), ...after }));
  }

  @Get('entries')
  async entries(
    @Query(valid(entriesQuery)) { from }: z.output<typeof entriesQuery>,
    @Res() reply: FastifyReply,
  ) {
    return send(reply, await this.#desk.entries(Number(from ?? 0)));
  }

  @Get('export')
  async export(
    @Query(valid(exportQuery)) { cursor }: z.output<typeof exportQuery>,
    @Res() reply: FastifyReply,
  ) {
    return send(reply, await this.#desk.export(cursor === undefined ? undefined : filePlaceIn(cursor)));
  }

  @Get('verification')
  async verify(@Res() reply: FastifyReply) {
    return send(reply, await this.#desk.verify());
  }

  @Get('dossiers/:caseId')
  async dossier(
    @Param(valid(dossierParams)) { caseId }: z.output<typeof dossierParams>,
    @Res() reply: FastifyReply,
  ) {
    return send(reply, await this.#desk.dossier(caseId));
  }
}

type Step = ReplayStep | EntryStep | FileStep | RefusedStep | VerifyStep | DossierStep;

/** A refusal before the first line is a problem; one after it is the last line. */
const send = (reply: FastifyReply, steps: Result<AsyncIterable<Step>, AuditRefusal>) =>
  reply.type(ndjson).send(lines(shown(orRefuse(steps))));

const shown = async function* (steps: AsyncIterable<Step>): AsyncGenerator<object> {
  for await (const step of steps) yield lineOf(step);
};

const lineOf = (step: Step): object => {
  switch (step.kind) {
    case 'row': {
      const { place, ...row } = step;
      return { ...row, cursor: rowCursor(place) };
    }
    case 'file': {
      const { place, bytes, ...part } = step;
      return { ...part, content: toBase64(bytes), ...(place && { cursor: fileCursor(place) }) };
    }
    case 'entry': {
      const { bytes, ...entry } = step;
      return { ...entry, event: toBase64(bytes) };
    }
    case 'refused':
      return { kind: step.kind, problem: problemOf(step.refusal) };
    case 'progress':
    case 'replayed':
    case 'report':
    case 'dossier':
      return step;
  }
};
