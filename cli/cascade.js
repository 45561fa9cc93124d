#!/usr/bin/env node
// The command `cascade` begins here. All its other files are TypeScript. This one is plain JavaScript: it loads tsx,
// with which Node.js runs TypeScript, so nobody has to build the command before using it.
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
