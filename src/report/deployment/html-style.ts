/** The sheet of the report's HTML page: both themes, paper, and narrow screens; its hash stands in the page's own policy. */
import { createHash } from 'node:crypto';

export const reportStyle = `
:root{color-scheme:light dark;--ground:light-dark(#fff,#12161a);--ink:light-dark(#1a2128,#e6eaee);--muted:light-dark(#55616d,#a3afba);--line:light-dark(#d9dfe4,#323c46);--good:light-dark(#1b6e3c,#7fd6a0);--bad:light-dark(#b3261e,#ff9d94);--canary:light-dark(#b34700,#ffab66);--stable:light-dark(#0b5f80,#7cc8ea);font:15px/1.45 system-ui,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif;background:var(--ground);color:var(--ink)}
*{box-sizing:border-box}
body{max-width:1000px;margin:0 auto;padding:16px;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:8px 0}h2{font-size:1.1rem;margin:20px 0 8px}h3{font-size:.95rem;margin:14px 0 2px}
.status{display:inline-block;padding:2px 12px;border:2px solid currentColor;border-radius:12px;font-weight:700}
.success{color:var(--good)}.rollback,.missed{color:var(--bad)}
dl{margin:0}dl div{display:grid;grid-template-columns:170px 1fr;gap:2px 12px;padding:3px 0;border-bottom:1px solid var(--line)}
dt{color:var(--muted)}dd{margin:0}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{padding:4px 8px;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:normal}
thead th{color:var(--muted);font-weight:600}
ul{margin:4px 0;padding-left:20px}.plain{list-style:none;padding-left:0}
figure{margin:0 0 8px}figcaption{color:var(--muted);font-size:.85rem}
svg{display:block;width:100%;height:auto}
svg text{font:11px system-ui,"DejaVu Sans",sans-serif;fill:var(--muted)}
.axis{stroke:var(--line);stroke-width:1}.line{fill:none;stroke-width:1.8}
.canary,.applied{stroke:var(--canary)}.stable,.observed{stroke:var(--stable)}.desired{stroke:var(--muted);stroke-dasharray:5 4}.limit{stroke:var(--bad);stroke-dasharray:8 3}
.stable{stroke-dasharray:2 3}.observed{stroke-dasharray:2 3}
.event{stroke:var(--muted);stroke-width:1;stroke-dasharray:1 3}.event.back{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:none}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;margin:2px 0;padding:0;list-style:none;font-size:.85rem}.legend svg{display:inline-block;width:26px;height:8px;margin-right:6px;vertical-align:middle}
footer{margin-top:24px;color:var(--muted);font-size:.85rem}
@media(max-width:560px){dl div{grid-template-columns:1fr}}
@media print{:root{color-scheme:light}body{max-width:none;padding:0}.scroll{overflow:visible}section,figure,tr{break-inside:avoid}h2,h3{break-after:avoid}section.long{break-inside:auto}}
`;

/** For `style-src`: this sheet, and no other. */
export const reportStyleHash = `'sha256-${createHash('sha256').update(reportStyle).digest('base64')}'`;
