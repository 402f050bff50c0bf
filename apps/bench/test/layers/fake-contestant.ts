// A contestant for tests: what it is called says how it behaves. It prints to standard output too, as libraries do.
import { contestant, type Prepared, serve, Unsupported } from '../../src/layers/serve.ts'

const behaviour = process.argv[2]
console.log('a library says hello')

await serve(
  { version: behaviour },
  contestant({
    prepare: async (task): Promise<Prepared> => {
      if (behaviour === 'refuses') throw new Unsupported('no such convolution')
      if (behaviour === 'fails') throw new Error('it went wrong')
      return {
        kernel: behaviour,
        async run() {
          if (behaviour === 'dies') process.exit(7)
        },
        output: () => new Float32Array(task.yShape.reduce((size, extent) => size * extent, 1)),
        release: () => undefined,
      }
    },
  }),
)
