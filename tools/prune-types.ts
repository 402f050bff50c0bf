// Removes from dist/ of the package it runs in every declaration file that its entry does not lead to: nobody can import them.
import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const dist = resolve('dist')
const kept = new Set<string>()

function keep(file: string): void {
  if (kept.has(file)) return
  kept.add(file)
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(
    /\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)\.[jt]s['"]/g,
  )) {
    keep(join(dirname(file), `${specifier}.d.ts`))
  }
}

/** @returns whether anything is left in the folder */
function prune(folder: string): boolean {
  let left = false
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) left = prune(path) || left
    else if (path.endsWith('.d.ts') && !kept.has(path)) rmSync(path)
    else left = true
  }
  if (!left) rmdirSync(folder)
  return left
}

keep(join(dist, 'index.d.ts'))
prune(dist)
