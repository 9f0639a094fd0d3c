/** How the page looks: light and dark by the reader's own setting, and as narrow as a telephone. */

export const pageStyle = `
:root { color-scheme: light dark; --fg: #1c2024; --dim: #5b636b; --bg: #ffffff; --card: #f5f6f8; --line: #d5d9de;
  --canary: #b54708; --stable: #2563a8; --limit: #a02020; --good: #1f7a3f; --bad: #b3261e; --care: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --fg: #e6e8ea; --dim: #9aa3ac; --bg: #14171a; --card: #1d2125; --line: #353b41;
  --canary: #f0a35e; --stable: #7db4ec; --limit: #f08a80; --good: #6fce8f; --bad: #ff8a80; --care: #e3b341; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 16px; max-width: 1160px; background: var(--bg); color: var(--fg);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; margin: 0 0 4px; } h2 { font-size: 1.1rem; margin: 28px 0 8px; } h3 { font-size: 1rem; margin: 0; }
p { margin: 4px 0; } .dim { color: var(--dim); }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 8px; margin: 16px 0; padding: 0; }
.numbers div { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 8px 12px; }
.numbers dt { color: var(--dim); font-size: 0.85rem; } .numbers dd { margin: 0; font-size: 1.3rem; font-weight: 600; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: 6px 10px; vertical-align: top; }
th { color: var(--dim); font-weight: 500; white-space: nowrap; } td { border-top: 1px solid var(--line); min-width: 84px; }
td:first-child { white-space: nowrap; } td.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 480px), 1fr)); gap: 12px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 12px; min-width: 0; }
.plot { overflow-x: auto; } .plot svg { display: block; width: 100%; min-width: 480px; height: auto; margin-top: 6px; }
 .shape { width: 16px; height: 16px; vertical-align: -3px; }
svg text { font: 11px system-ui, sans-serif; fill: var(--fg); } svg text.tick { fill: var(--dim); }
path { fill: none; stroke-width: 1.5; } path.axis { stroke: var(--line); } path.canary { stroke: var(--canary); stroke-width: 2; }
path.stable { stroke: var(--stable); stroke-dasharray: 6 3; } path.limit { stroke: var(--limit); stroke-dasharray: 2 3; }
path.mark-new { stroke: var(--bad); stroke-width: 2; } path.mark-old { stroke: var(--dim); stroke-width: 2; stroke-dasharray: 4 2; }
svg text.mark-new { fill: var(--bad); } svg text.mark-old { fill: var(--dim); }
circle.good { fill: var(--good); } rect.caught { fill: var(--good); } circle.unseen { fill: none; stroke: var(--care); stroke-width: 2; }
path.missed { stroke: var(--bad); stroke-width: 3; } path.false { fill: var(--bad); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; color: var(--dim); font-size: 0.85rem; }
.line { display: inline-block; width: 22px; border-top: 2px solid; vertical-align: 4px; margin-right: 4px; }
.line.canary { border-color: var(--canary); } .line.stable { border-color: var(--stable); border-top-style: dashed; }
.line.limit { border-color: var(--limit); border-top-style: dotted; }
li { margin: 6px 0; } ul { padding-left: 20px; }
`;
