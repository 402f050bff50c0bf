// The style of a page: colours for light and dark, a column that fits a phone and a desk.

export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #ffffff; --ink: #1b1f24; --quiet: #56606c; --line: #b9c0ca; --grid: #e7eaee; --shade: #eef1f5;
  --a: #1d5fd1; --b: #c2410c; --c: #0f766e; --d: #a21caf; --e: #7a6100; --bad: #b42318;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #121417; --card: #1b1e23; --ink: #e8eaed; --quiet: #a5adb8; --line: #4b535e; --grid: #2b3037; --shade: #24282f;
    --a: #7fb0ff; --b: #ff9d5c; --c: #4fd1c0; --d: #e58cf0; --e: #e0c04a; --bad: #ff8a80;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1200px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 19px; margin: 36px 0 8px; overflow-wrap: anywhere; }
h3 { font-size: 15px; margin: 0 0 8px; overflow-wrap: anywhere; }
p { margin: 6px 0; max-width: 78ch; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.bad { color: var(--bad); }
code { font: 13px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
code span { display: inline-block; max-width: 100%; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 368px), 1fr)); gap: 16px; }
.cards.wide { grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); margin-bottom: 12px; }
.card { background: var(--card); border: 1px solid var(--grid); border-radius: 8px; padding: 12px; min-width: 0; }
.card svg[role] { display: block; max-width: 100%; height: auto; margin: 0 auto; }
.card ul { margin: 0; padding-left: 18px; }
.card li { margin: 4px 0; }
.legend { font-size: 13px; color: var(--quiet); max-width: none; }
.legend span { white-space: nowrap; margin-right: 14px; }
.legend svg { display: inline; vertical-align: -2px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 8px 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
@media (max-width: 600px) { dl { display: block; } dd { margin-bottom: 8px; } }
.phone { display: none; }
@media (max-width: 600px) { .desk { display: none; } .phone { display: block; } }
details { margin-top: 12px; }
summary { cursor: pointer; color: var(--quiet); }
.figures { border-collapse: collapse; width: 100%; background: var(--card); font-size: 13px; font-variant-numeric: tabular-nums; }
.card + .figures { margin-top: 12px; }
.figures th, .figures td { padding: 3px 6px; text-align: right; border-top: 1px solid var(--grid); overflow-wrap: anywhere; }
.figures th:first-child, .figures td:first-child { text-align: left; }
@media (min-width: 1101px) { .figures td:not(.words) { white-space: nowrap; } }
.figures thead th { color: var(--quiet); font-weight: normal; vertical-align: bottom; overflow-wrap: normal; }
.figures .of th { padding-top: 12px; text-align: left; }
.figures .of span { font-weight: normal; color: var(--quiet); }
@media (max-width: 1100px) {
  .figures, .figures tbody, .figures tr, .figures th, .figures td { display: block; }
  .figures thead, .figures .none { display: none; }
  .figures tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); column-gap: 16px; padding: 4px 8px; }
  .figures tbody tr { border-top: 1px solid var(--grid); }
  .figures .of { display: block; }
  .figures th, .figures td { border: 0; padding: 1px 0; }
  .figures td { display: flex; justify-content: space-between; gap: 8px; }
  .figures td:first-child, .figures .long, .figures .words { grid-column: 1 / -1; }
  .figures td:first-child { font-weight: 600; }
  .figures td:not(:first-child)::before { content: attr(data-of); color: var(--quiet); overflow-wrap: normal; }
}
@media print { .card, .figures tr { break-inside: avoid; } h2, .legend { break-after: avoid; } }
svg text { font-variant-numeric: tabular-nums; }
`
