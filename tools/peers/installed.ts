// A package of this folder and its version. Loaded by a name that the compiler does not see: types are checked without it too.
import { readFileSync } from 'node:fs'

export async function load<Library>(name: string): Promise<Library> {
  const library = (await import(name)) as { default?: Library } & Library
  return library.default ?? library
}

export function versionOf(name: string): string {
  const path = new URL(`node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
