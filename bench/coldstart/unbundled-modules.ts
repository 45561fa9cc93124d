import { builtinModules } from 'node:module';

// Not within quotes: ajv’s compiler carries such text as data.
const REQUIRE = /(?<!["'`])\brequire\(\s*(["'`])([^"'`]+)\1\s*\)/g;

/** The modules that a bundle loads although they are neither bundled nor part of Node. */
export function unbundledModules(code: string): readonly string[] {
  const names = [...code.matchAll(REQUIRE)].map(([, , name = '']) => name);
  const isBuiltIn = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name);
  return [...new Set(names)].filter((name) => !isBuiltIn(name));
}
