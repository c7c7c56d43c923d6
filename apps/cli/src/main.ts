#!/usr/bin/env node
import { run } from './command-line.ts';
import { Complaint } from './complaint.ts';

try {
  const { output, exitCode } = await run(process.argv.slice(2), process.env);
  console.log(output);
  process.exitCode = exitCode;
} catch (error) {
  if (!(error instanceof Complaint)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
