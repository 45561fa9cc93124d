#!/usr/bin/env node
// This is the only file of the command that is plain JavaScript. It lets Node run our TypeScript, so that nothing has
// to be built.
const tsx = await import('tsx/esm/api').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
});

if (tsx === undefined) {
  console.error('The packages are missing: run npm ci first.');
  process.exitCode = 1;
} else {
  tsx.register();
  await import('./main.ts');
}
