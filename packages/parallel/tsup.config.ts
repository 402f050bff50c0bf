import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts', 'src/worker.ts'],
  format: 'esm',
  target: 'es2023',
  dts: false,
  clean: true,
  minifyWhitespace: true,
})
