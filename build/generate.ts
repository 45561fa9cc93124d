// `npm run generate` runs this file. It writes the files of the repository that are made by code: the validators of
// src/contracts, and the docs' pictures of timelines.

import { mkdir, writeFile } from 'node:fs/promises';
import { drawDeadlines } from './draw-deadlines.ts';
import { drawTimelines } from './draw-timelines.ts';
import { generateValidators } from './generate-validators.ts';

const directory = new URL('../src/contracts/generated/', import.meta.url);
await mkdir(directory, { recursive: true });
for (const [name, text] of generateValidators()) await writeFile(new URL(name, directory), text);

const images = new URL('../docs/images/', import.meta.url);
for (const [name, picture] of [...drawTimelines(), ...drawDeadlines()]) await writeFile(new URL(name, images), picture);
