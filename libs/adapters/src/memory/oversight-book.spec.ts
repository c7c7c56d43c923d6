import { oversightBookContract } from '@liandong/testing';
import { memoryOversightBook } from './index.ts';

oversightBookContract(async () => memoryOversightBook());
