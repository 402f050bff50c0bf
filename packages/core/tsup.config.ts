import { defineConfig } from 'tsup'
import { GLOBAL_FUNCTIONS } from '../../tools/global-functions.ts'
import { inlineArgs } from '../../tools/inline-args.ts'
import { pruneEmitters } from '../../tools/prune-emitters.ts'

/** Names in plans that no other package reads, shortened like those of the emitter. A plan is read by the bundle that made it. */
const OF_PLANS = [
  '(plane|row|phase)Floats',
  '(line)?[pP]itch',
  'pointwise(After|Before)',
  '(input|output)TablesAt',
  'tablesAt',
  'blockMajor',
  'channelOffset',
  'first(Row|Col)',
  'undivided',
]

// The emitter (wasmati, a development dependency) comes along: as thirty files of its own it would take longer to load than all of
// core. Minified, names too: half the size, and a browser's page has it to load.
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'es2023',
  dts: false,
  clean: true,
  minify: 'terser',
  terserOptions: {
    module: true,
    ecma: 2020,
    // Built-in functions and properties are what they are called.
    compress: { passes: 3, unsafe: true, unsafe_arrows: true, pure_getters: true },
    // Of the emitter's own, which nothing else has, and of plans, what no other package reads.
    mangle: { properties: { regex: new RegExp(`^(resolveArgs|(to|read|from)Bytes|\\w+Section|${OF_PLANS.join('|')})$`) } },
  },
  // What esbuild folds before is less for terser to see.
  esbuildOptions(options) {
    options.minifySyntax = true
    options.minifyIdentifiers = true
    options.define = { ...options.define, ...GLOBAL_FUNCTIONS }
    options.inject = ['../../tools/global-functions.ts']
  },
  esbuildPlugins: [pruneEmitters('src/isa'), inlineArgs('src')],
})
