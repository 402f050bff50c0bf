// The pages of the site: where each comes from, and where it stands.

export interface SitePage {
  readonly title: string
  /** In the repository, or null for one that the build makes. */
  readonly source: string | null
  /** In the site, without an extension. */
  readonly page: string
}
export interface SiteGroup {
  readonly title: string
  readonly pages: readonly SitePage[]
}

const page = (title: string, source: string | null, page: string): SitePage => ({ title, source, page })

export const NAV: readonly SiteGroup[] = [
  {
    title: 'Guide',
    pages: [
      page('weft', 'README.md', 'index'),
      page('中文', 'README.zh-CN.md', 'zh-CN'),
      page('First steps', 'docs/guide.md', 'guide'),
      page('The weft command', 'apps/batch/README.md', 'batch'),
      page('Durability', 'docs/durability.md', 'durability'),
      page('Distributed runs', 'docs/distributed.md', 'distributed'),
      page('Measuring', 'apps/bench/README.md', 'bench'),
      page('The lecture as examples', 'examples/README.md', 'examples'),
      page('Troubleshooting', 'docs/troubleshooting.md', 'troubleshooting'),
    ],
  },
  {
    title: 'Reference',
    pages: [
      page('Flags of weft', null, 'commands/weft'),
      page('Flags of weft-bench', null, 'commands/weft-bench'),
      page('@weft/core', null, 'api/core'),
      page('@weft/parallel', null, 'api/parallel'),
      page('@weft/model', null, 'api/model'),
      page('@weft/io', null, 'api/io'),
      page('ONNX operators', 'docs/conformance.md', 'conformance'),
    ],
  },
  {
    title: 'How it works',
    pages: [
      page('Architecture', 'docs/architecture.md', 'architecture'),
      page('Beside others', 'docs/beside-others.md', 'beside-others'),
      page('Kernels and tiers', 'docs/kernels.md', 'kernels'),
      page('Accuracy', 'docs/accuracy.md', 'accuracy'),
      page('Machine code', 'docs/machine-code.md', 'machine-code'),
      page('Where to add things', 'ARCHITECTURE.md', 'where-to-add'),
      page('Contributing', 'CONTRIBUTING.md', 'contributing'),
      page('Peers', 'tools/peers/README.md', 'peers'),
    ],
  },
]

export const SITE_PAGES: readonly SitePage[] = NAV.flatMap(({ pages }) => pages)
