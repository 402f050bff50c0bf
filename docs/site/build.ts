// Builds the site of the documentation into docs/.site/html, from the pages of the repository, the commands and the docstrings.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vitepress'
import { writeApi } from './api.ts'
import { writeCommands } from './commands.ts'
import { brokenLinks } from './links.ts'
import { writePages } from './pages.ts'

const ROOT = join(import.meta.dirname, '../..')
const SITE = join(ROOT, 'docs/.site')

rmSync(SITE, { recursive: true, force: true })
writePages(ROOT, join(SITE, 'pages'))
await writeCommands(join(SITE, 'pages'))
writeApi(ROOT, join(SITE, 'pages'))
await build(join(ROOT, 'docs'))
const broken = brokenLinks(join(SITE, 'html'))
if (broken.length > 0) throw new Error(`links of the site lead nowhere:\n${broken.join('\n')}`)
console.log('The site is in docs/.site/html. To look at it: npx -y pnpm@12.21.0 --dir docs exec vitepress preview')
