import type { ServerWritableStream } from '@grpc/grpc-js';
import { Controller, Inject, UseGuards } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import type {
  AuditDesk,
  AuditRefusal,
  DossierStep,
  FileStep,
  RefusedStep,
  ReplayStep,
  VerifyStep,
} from '@liandong/application';
import type { Result } from '@liandong/kernel';
import type { Observable } from 'rxjs';
import { Allow } from '../identity/caller.guard.ts';
import { flowing, TheCall } from '../platform/flow.ts';
import { DeadlineGuard } from '../platform/grpc-door.ts';
import { orRefuse, Refused } from '../platform/refused.ts';
import { toStruct } from '../platform/struct.ts';
import { check } from '../platform/valid.ts';
import { fileCursor, filePlaceIn, rowCursor, rowPlaceIn } from './cursors.ts';
import { askedIn, dossierParams, entriesQuery, exportQuery, replayQuery } from './requests.ts';
import { AUDIT_DESK } from './tokens.ts';

type Call = ServerWritableStream<unknown, unknown>;
type Replay = Record<'caseId' | 'projection' | 'at' | 'cursor', string> & { readonly rows: boolean };

/** The same over gRPC: every method streams, and a refusal in its middle ends it with a status. */
@Controller()
@UseGuards(DeadlineGuard)
@Allow('audit.read')
export class AuditGrpc {
  readonly #desk: AuditDesk;

  constructor(@Inject(AUDIT_DESK) desk: AuditDesk) {
    this.#desk = desk;
  }

  @GrpcMethod('ReplayService')
  async replay(@Payload() { caseId, projection, at, rows, cursor }: Replay, @TheCall() call: Call) {
    const given = filled({ case: caseId, projection, at, rows: String(rows), cursor });
    const query = orRefuse(check(replayQuery, given));
    const after = query.cursor === undefined ? {} : { after: rowPlaceIn(query.cursor) };
    return send(call, await this.#desk.replay({ ...askedIn(query), ...after }), replayMessage);
  }

  @GrpcMethod('ReplayService')
  async readLedger(@Payload() { from }: { from: string }, @TheCall() call: Call) {
    const query = orRefuse(check(entriesQuery, { from }));
    return send(call, await this.#desk.entries(Number(query.from ?? 0)), (step) => {
      if (step.kind === 'refused') throw new Refused(step.refusal);
      const { seq, hash, bytes } = step;
      return { seq, hash, event: bytes };
    });
  }

  @GrpcMethod('ReplayService')
  async export(@Payload() request: { cursor: string }, @TheCall() call: Call) {
    const { cursor } = orRefuse(check(exportQuery, filled(request)));
    const place = cursor === undefined ? undefined : filePlaceIn(cursor);
    return send(call, await this.#desk.export(place), (step: FileStep | RefusedStep) => {
      if (step.kind === 'refused') throw new Refused(step.refusal);
      return { part: partMessage(step) };
    });
  }

  @GrpcMethod('ReplayService')
  async verify(@TheCall() call: Call) {
    return send(call, await this.#desk.verify(), (step: VerifyStep) =>
      step.kind === 'report' ? { report: toStruct(step.report) } : { progress: step },
    );
  }

  @GrpcMethod('ReplayService')
  async dossier(@Payload() request: { caseId: string }, @TheCall() call: Call) {
    const { caseId } = orRefuse(check(dossierParams, request));
    return send(call, await this.#desk.dossier(caseId), (step: DossierStep) =>
      step.kind === 'dossier' ? { summary: step } : { part: partMessage(step) },
    );
  }
}

const send = <Step>(
  call: Call,
  steps: Result<AsyncIterable<Step>, AuditRefusal>,
  messageOf: (step: Step) => object,
): Observable<object> => flowing(call, messages(orRefuse(steps), messageOf));

const messages = async function* <Step>(steps: AsyncIterable<Step>, messageOf: (step: Step) => object) {
  for await (const step of steps) yield messageOf(step);
};

const replayMessage = (step: ReplayStep): object => {
  switch (step.kind) {
    case 'progress':
      return { progress: step };
    case 'row': {
      const { projection, key, row, place } = step;
      return { row: { projection, key, row: toStruct(row), cursor: rowCursor(place) } };
    }
    case 'replayed':
      return { result: toStruct(step.found) };
    case 'refused':
      throw new Refused(step.refusal);
  }
};

const partMessage = ({ path, offset, bytes, last, place }: FileStep): object => ({
  ...{ path, offset, content: bytes, last },
  cursor: place === undefined ? '' : fileCursor(place),
});

/** An empty text of a message is one that was not given. */
const filled = (fields: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, text]) => text !== ''));
