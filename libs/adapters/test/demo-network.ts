import {
  departmentDecider,
  departmentStream,
  type Directory,
  type DirectoryFact,
  emptyDirectory,
  evolveDirectory,
  tierDecider,
  tierStream,
} from '@liandong/domain/directory';
import { type Decider, fold, type StreamName } from '@liandong/kernel';
import { type DemoTier, demoTier } from '@liandong/adapters/reference';

export const network = 'demo.liandong.example';

/** Runs commands through their decider, as the real network does; throws on the first refusal. */
export const decided = <Command, Happened, State, Refusal, Made extends Happened>(
  decider: Decider<Command, Happened, State, Refusal, Made>,
  commands: readonly Command[],
): readonly Made[] => {
  const facts: Made[] = [];
  for (const command of commands) {
    const decision = decider.decide(command, fold(decider, facts));
    if (!decision.ok) throw new Error(`${JSON.stringify(decision.refusal)} for ${JSON.stringify(command)}`);
    facts.push(...decision.value);
  }
  return facts;
};

export const sampleTier = (code: string): DemoTier => {
  const tier = demoTier(network, code);
  if (tier === undefined) throw new Error(`no division ${code}`);
  return tier;
};

/** Every fact that founds a demonstration tier, with the stream it belongs to. */
export const foundingFacts = ({
  tier,
  founding,
  departments,
}: DemoTier): readonly { readonly stream: StreamName; readonly fact: DirectoryFact }[] => [
  ...decided(tierDecider, founding).map((fact) => ({ stream: tierStream(tier), fact })),
  ...departments.flatMap(({ department, commands }) =>
    decided(departmentDecider, commands).map((fact) => ({
      stream: departmentStream(tier, department),
      fact,
    })),
  ),
];

export const directoryOf = (...codes: readonly string[]): Directory =>
  codes
    .flatMap((code) => foundingFacts(sampleTier(code)))
    .reduce((directory, { stream, fact }) => evolveDirectory(directory, stream, fact), emptyDirectory);
