import { readFileSync } from 'node:fs';
import { Complaint } from './complaint.ts';

export const jsonIn = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Complaint(`无法读取 ${file}\n${file} cannot be read: ${(error as Error).message}`);
  }
};
