// The command line of a search with damaged files.
import { parseArgs } from 'node:util'
import { hunt } from './hunt.ts'

/** Reads --files, --seed and --first, has `program` try the files, and prints what came of them. */
export async function huntByArguments(program: string, unlessTold: number): Promise<void> {
  const { values } = parseArgs({
    options: {
      files: { type: 'string', default: String(unlessTold) },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      first: { type: 'string', default: '0' },
    },
  })
  const [seed, first, files] = [values.seed, values.first, values.files].map(Number)
  console.log(`seed ${seed}, files ${first} to ${first + files - 1}`)
  const { came, culprits, slowest, mostGrown } = await hunt(program, seed, first, files, (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${files}`)
  })
  for (const [how, count] of [...came].sort((a, b) => b[1] - a[1])) console.log(`${String(count).padStart(8)}  ${how}`)
  console.log(
    `the slowest, ${slowest.index}, took ${Math.round(slowest.ms)} ms, the largest growth of memory was ${Math.round(mostGrown / 2 ** 20)} MiB`,
  )
  for (const { index, from, what } of culprits) {
    console.log(`\n--seed ${seed} --first ${index} --files 1, made of ${from}: ${what}`)
  }
  console.log(`\n${culprits.length} of ${files} files did what none may`)
  process.exitCode = culprits.length > 0 ? 1 : 0
}
