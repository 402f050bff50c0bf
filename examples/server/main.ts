// Starts the server of serve.ts on port 8080, or the one that PORT names; Ctrl-C lets what is under way finish.
import { open } from '@weft/parallel'
import { serve } from './serve.ts'

const engine = await open()
const server = serve(engine).listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  console.log(`${engine.info.threads} threads, tier ${engine.info.tier}. Try, from another terminal:`)
  console.log(`  curl --data-binary @apps/batch/photos/coffee.jpg 'localhost:${portOf()}/blur?radius=8' -o blurred.png`)
})

function portOf(): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

process.once('SIGINT', () => server.close(() => void engine.close()))
