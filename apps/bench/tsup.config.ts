import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/main.ts', 'src/layers/weft-contestant.ts', 'src/layers/limits-contestant.ts'],
  format: 'esm',
  target: 'es2023',
  dts: false,
  clean: true,
})
