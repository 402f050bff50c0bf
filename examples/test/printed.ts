// What an example prints, caught while it is loaded.
import { vi } from 'vitest'

/** Loads a module for the first time and gives what it exports, and its lines on the console. */
export async function printed<M>(load: () => Promise<M>): Promise<M & { text: string }> {
  const lines: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((...parts: unknown[]) => {
    lines.push(parts.map(String).join(' '))
  })
  try {
    const exported = await load()
    return { ...exported, text: lines.join('\n') }
  } finally {
    log.mockRestore()
  }
}
