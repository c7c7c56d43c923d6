export * from './demo-departments.ts';
export * from './demo-directory.ts';
export * from './divisions.ts';
export * from './items/index.ts';
export * from './names.ts';
export * from './working-years.ts';
