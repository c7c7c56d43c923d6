import {
  type CardFact,
  conventions,
  disagreements,
  type OversightFact,
  type RulesAdopted,
} from '@liandong/domain/supervision';
import { z } from 'zod';
import {
  appealGround,
  cancelGround,
  cardActor,
  cause,
  correction,
  difference,
  frontier,
  judgement,
  packPin,
  recipients,
} from './card-parts.ts';
import { data, instant, localDate, optional, sha256Hex, streamName, tierCode } from './parts.ts';
import { rulePack } from './rule-pack.ts';
import { schemasOf } from './schemas-of.ts';

const by = cardActor;
const ruling = data({ by, document: sha256Hex, reasonsGiven: z.literal(true) });

/** What supervision says: the cards of a tier, what their superiors hold against them, and the rules it judges by. */
export const cardSchemas = schemasOf<CardFact | OversightFact | RulesAdopted>()({
  'liandong.card.rulesAdopted.v1': data({
    pack: rulePack,
    pin: packPin,
    convention: z.enum(conventions),
    effectiveFrom: localDate,
  }),
  'liandong.card.raised.v1': data(judgement),
  'liandong.card.issued.v1': data({ by, to: recipients }),
  'liandong.card.replied.v1': data({ by, document: sha256Hex }),
  'liandong.card.appealed.v1': data({ by, ground: appealGround, document: sha256Hex }),
  'liandong.card.appealAccepted.v1': ruling,
  'liandong.card.appealRejected.v1': ruling,
  'liandong.card.cancelled.v1': data({ by, ground: cancelGround, reasonsGiven: z.literal(true) }),
  'liandong.card.urged.v1': data({ by, card: streamName, until: instant }),
  'liandong.card.corrected.v1': data(correction),
  'liandong.card.disagreed.v1': data({
    issuer: tierCode,
    cause,
    matter: optional(streamName),
    found: z.enum(disagreements),
    issued: optional(sha256Hex),
    expected: optional(sha256Hex),
    differences: optional(z.array(difference).max(40)),
    frontier,
    at: instant,
  }),
  'liandong.card.agreed.v1': data({
    issuer: tierCode,
    cause,
    issued: optional(sha256Hex),
    at: instant,
  }),
});
