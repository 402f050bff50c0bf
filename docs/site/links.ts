// Whether the links of the built site lead somewhere: pages, headings, pictures, scripts.
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** @returns a line for each link that leads nowhere */
export function brokenLinks(folder: string): string[] {
  const pages = new Map(globSync('**/*.html', { cwd: folder }).map((page) => [page, readFileSync(join(folder, page), 'utf8')]))
  const ids = new Map([...pages].map(([page, text]) => [page, idsOf(text)]))
  return [...pages].flatMap(([page, text]) =>
    [...new Set(targetsOf(text))].flatMap((target) => {
      const [path, anchor] = target.replace(/\?[^#]*/, '').split('#')
      const to = path === '' ? page : fileOf(folder, path.startsWith('/') ? path.slice(1) : join(dirname(page), path))
      if (to === null) return [`${page}: ${target}: no such file`]
      return anchor === undefined || anchor === '' || ids.get(to)?.has(anchor) ? [] : [`${page}: ${target}: no such heading`]
    }),
  )
}

function fileOf(folder: string, path: string): string | null {
  const found = [path, `${path}.html`, join(path, 'index.html')].find((one) => {
    const whole = join(folder, one)
    return existsSync(whole) && statSync(whole).isFile()
  })
  return found === undefined ? null : normalize(found)
}

/** Of this site; decoded as a browser does. */
function targetsOf(text: string): string[] {
  const all = [...text.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, target]) => target.replaceAll('&amp;', '&'))
  return all.filter((target) => !/^(?:[a-z][a-z+.-]*:|\/\/)/i.test(target)).map(decodeURI)
}

function idsOf(text: string): Set<string> {
  return new Set([...text.matchAll(/\s(?:id|name)="([^"]*)"/g)].map(([, id]) => id))
}
