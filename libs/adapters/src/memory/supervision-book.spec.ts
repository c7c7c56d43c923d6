import { supervisionBookContract } from '@liandong/testing';
import { memorySupervisionBook } from './index.ts';

supervisionBookContract(async () => memorySupervisionBook());
