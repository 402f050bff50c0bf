// Huge pages for the arena: asked for where there is machine code, and no condition of anything.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Arena } from '../src/arena.ts'
import type { Addon } from '../src/native/addon.ts'
import { useHugePages } from '../src/native/huge-pages.ts'
import { native } from '../src/native/native.ts'

const here = native()
const known = (() => {
  try {
    return readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8').includes('madvise')
  } catch {
    return false
  }
})()

/** What the system notes of the mapping at an address. */
function flagsAt(address: number): string {
  const mappings = readFileSync('/proc/self/smaps', 'utf8').split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/)
  const mapping = mappings.find((text) => {
    const [from, to] = text.slice(0, text.indexOf(' ')).split('-')
    return Number.parseInt(from, 16) <= address && address < Number.parseInt(to, 16)
  })
  return mapping?.match(/^VmFlags:(.*)$/m)?.[1] ?? ''
}

describe('huge pages', () => {
  it.skipIf(typeof here === 'string' || !known)('are asked for over the whole arena, and over what it grows by', () => {
    const { addon } = here as { addon: Addon }
    const arena = new Arena(2 ** 28)
    const base = addon.address(new Uint8Array(arena.memory.buffer))
    expect(flagsAt(base)).not.toMatch(/\bhg\b/)
    useHugePages(addon, arena.memory, arena.most)
    expect(flagsAt(base)).toMatch(/\bhg\b/)
    const grown = arena.allocate(2 ** 26)
    arena.floats(grown, 2 ** 24).fill(1)
    expect(flagsAt(base + grown + 2 ** 25)).toMatch(/\bhg\b/)
  })

  it('are no condition: what the system answers changes nothing', () => {
    const arena = new Arena(2 ** 24)
    const asked: number[][] = []
    const addon = { address: () => 2 ** 40, enlarge: (...range: number[]) => asked.push(range) && -22 } as unknown as Addon
    useHugePages(addon, arena.memory, arena.most)
    expect(asked).toEqual([[2 ** 40, 2 ** 24]])
  })
})
