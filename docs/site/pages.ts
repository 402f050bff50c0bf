// Pages of the repository as pages of the site: links between them lead to the site, others say the path.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { SITE_PAGES } from './nav.ts'

const PICTURE = /\.(png|svg|webp|jpe?g)$/

/** Writes all pages that have a source to `out`, with the pictures that they show. */
export function writePages(root: string, out: string): void {
  for (const { source, page } of SITE_PAGES) {
    if (source === null) continue
    const { text, pictures } = forSite(readFileSync(join(root, source), 'utf8'), source)
    const path = join(out, `${page}.md`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    for (const picture of pictures) cpSync(join(root, picture), join(out, 'public', picture))
  }
}

/** @param source the page's path in the repository, which its links are relative to */
export function forSite(text: string, source: string): { text: string; pictures: string[] } {
  const pictures: string[] = []
  const at = (link: string) => posix.normalize(posix.join(posix.dirname(source), link)).replace(/\/$/, '')
  const isRelative = (link: string) => !/^([a-z]+:|#|\/)/i.test(link)
  const picture = (link: string) => {
    pictures.push(at(link))
    return `/${at(link)}`
  }
  const outside = (part: string) =>
    part
      .replace(/\b(src|srcset)="([^"]+)"/g, (whole, name, link) => (isRelative(link) ? `${name}="${picture(link)}"` : whole))
      .replace(/(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)/g, (whole, mark, label, link) => {
        if (!isRelative(link)) return whole
        if (PICTURE.test(link)) return `${mark}[${label}](${picture(link)})`
        const [file, anchor] = link.split('#')
        const there = SITE_PAGES.find((page) => page.source === at(file))
        if (there !== undefined) return `[${label}](/${there.page}${anchor === undefined ? '' : `#${anchor}`})`
        return label.includes(at(file)) ? `\`${label}\`` : `${label} (\`${at(file)}\`)`
      })
  // Blocks of code stay as they are.
  return {
    text: text
      .split(/^(```[\s\S]*?^```$)/m)
      .map((part, i) => (i % 2 === 0 ? outside(part) : part))
      .join(''),
    pictures,
  }
}
