import { overviewBookContract } from '@liandong/testing';
import { memoryOverviewBook } from './index.ts';

overviewBookContract(async () => memoryOverviewBook());
