import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Workers and commands that tests start load TypeScript sources: each strips hundreds of files, most of the time that an engine takes to open, unless they are kept.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url))

export default defineConfig({
  ssr: { resolve: { conditions: ['@weft/source', 'node', 'import', 'default'] } },
  resolve: { conditions: ['@weft/source', 'node', 'import', 'default'] },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'examples/test/**/*.test.ts', 'test/**/*.test.ts'],
    // Only what hangs takes so long: machines are slow at times.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
