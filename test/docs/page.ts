// The Markdown pages of the repository, and what is checked in them: anchors, links, blocks of code.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import MarkdownIt from 'markdown-it'
import { slug } from '../../docs/site/slug.ts'

export const ROOT = join(import.meta.dirname, '../..')

/** Lines count from 1. */
export interface Placed {
  readonly text: string
  readonly line: number
}
export interface Block extends Placed {
  /** What stands behind the fence; nothing of an indented block. */
  readonly language: string
}
export interface Page {
  readonly path: string
  readonly anchors: ReadonlySet<string>
  readonly links: readonly Placed[]
  readonly blocks: readonly Block[]
  readonly inline: readonly Placed[]
}

type Token = ReturnType<MarkdownIt['parse']>[number]

export function pageOf(path: string, text: string): Page {
  const [anchors, links, blocks, inline] = [new Set<string>(), [] as Placed[], [] as Block[], [] as Placed[]]
  const tokens = new MarkdownIt({ html: true }).parse(text, {})
  for (const [i, token] of tokens.entries()) {
    const line = (token.map?.[0] ?? 0) + 1
    if (token.type === 'heading_open') addAnchor(anchors, plainText(tokens[i + 1]))
    if (token.type === 'fence') blocks.push({ text: token.content, line: line + 1, language: token.info.trim() })
    if (token.type === 'code_block') blocks.push({ text: token.content, line, language: '' })
    for (const part of [token, ...(token.children ?? [])]) {
      if (part.type === 'code_inline') inline.push({ text: part.content, line })
      for (const target of targetsOf(part)) links.push({ text: target, line })
      if (part.type.startsWith('html')) for (const [, id] of part.content.matchAll(/\b(?:id|name)="([^"]+)"/g)) anchors.add(id)
    }
  }
  return { path, anchors, links, blocks, inline }
}

/** Every page that is, or is about to be, in the repository. */
export const PAGES: readonly Page[] = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { cwd: ROOT })
  .toString()
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)))
  .map((path) => pageOf(path, readFileSync(join(ROOT, path), 'utf8')))

/** A heading that was there before gets a number. */
function addAnchor(anchors: Set<string>, heading: string): void {
  const first = slug(heading)
  let anchor = first
  for (let n = 1; anchors.has(anchor); n++) anchor = `${first}-${n}`
  anchors.add(anchor)
}

function plainText({ children }: Token): string {
  return (children ?? []).map(({ type, content }) => (type === 'text' || type === 'code_inline' ? content : '')).join('')
}

function targetsOf(token: Token): string[] {
  if (token.type === 'link_open') return [token.attrGet('href') ?? '']
  if (token.type === 'image') return [token.attrGet('src') ?? '']
  if (!token.type.startsWith('html')) return []
  return [...token.content.matchAll(/\b(?:href|src|srcset)="([^"]+)"/g)].map(([, target]) => target)
}
