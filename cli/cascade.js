#!/usr/bin/env node
// The one file of the command that is plain JavaScript: it teaches Node our TypeScript, so that nothing needs a build.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
