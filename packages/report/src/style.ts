import { DARK_RAMPS, LIGHT_RAMPS, rampRules } from "./charts/index.js";

const LIGHT = `--paper:#fbf9f4;--ink:#1b1e20;--ink2:#51565a;--dim:#6a6e72;--rule:#d8d3c7;--hair:#e7e2d7;--edge:#3d5361;--alarm:#b8320c;--warn:#7d5700;--alarmbg:#f8e6dd;--bar:#377ea1;--deep:#1f3f59;color-scheme:light`;
const DARK = `--paper:#13171a;--ink:#ece8df;--ink2:#b2b4b1;--dim:#8f9496;--rule:#394046;--hair:#262c31;--edge:#9fb4bf;--alarm:#ff8a5c;--warn:#e0b14a;--alarmbg:#33201a;--bar:#3898b4;--deep:#98cede;color-scheme:dark`;
const PRINT = `--paper:#fff;--ink:#000;--ink2:#3c3c3c;--dim:#5a5a5a;--rule:#bbb;--hair:#ddd;--alarmbg:#f3ece8`;

/** Colours by theme, as declarations of custom properties. */
export const PALETTES = { light: LIGHT, dark: DARK, print: PRINT } as const;

const TYPE = `
:root{font:400 17px/1.5 "Source Sans 3","Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif;--serif:"Newsreader","Iowan Old Style","Palatino Linotype",Palatino,P052,Georgia,"Times New Roman",serif;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-variant-numeric:lining-nums tabular-nums;-webkit-text-size-adjust:100%;text-size-adjust:100%}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1360px;padding:0 clamp(16px,4vw,56px) 44px;background:var(--paper);color:var(--ink)}
html{background:var(--paper)}
h1,h2{font-family:var(--serif);font-weight:400;text-wrap:balance;margin:0}
h1{font-size:clamp(2rem,4.6vw,3.75rem);line-height:1.06;letter-spacing:-.018em;max-width:22em;overflow-wrap:anywhere}
h2{font-size:1.75rem;line-height:1.12;letter-spacing:-.01em}
h3{font-size:1rem;font-weight:600;margin:28px 0 8px;overflow-wrap:anywhere}
h4{font-size:1rem;font-weight:400;margin:0 0 4px}
p{margin:0 0 8px;max-width:46em}
code{font-family:var(--mono);font-size:.86em;overflow-wrap:anywhere}
strong,th{font-weight:600}
dl{margin:0}dt{color:var(--ink2);font-size:.8125rem}dd{margin:0;overflow-wrap:anywhere}
ul,ol{margin:0;padding:0;list-style:none}
.question{font:italic 400 1.0625rem/1.3 var(--serif);color:var(--ink2);margin:0 0 2px}
.standfirst{font:400 clamp(1.0625rem,1.6vw,1.3125rem)/1.5 var(--serif);margin:18px 0 28px;max-width:46em}
.cap,caption,figcaption{font-size:.8125rem;color:var(--ink2)}
.note{font:italic 400 1.0625rem/1.4 var(--serif)}
.nowrap{white-space:nowrap}
.alarm{color:var(--alarm)}dd.alarm,li.alarm,td.alarm,p.alarm,data.alarm,h3 .alarm{font-weight:600}
.warn{color:var(--warn)}.quiet{color:var(--ink2)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
`;

const FIGURES = `
.f{cursor:copy}
data .q{color:var(--dim)}data i,.digest i{font-style:inherit}data i{margin-left:.16em}
.digest i{margin-right:.6em;display:inline-block}
.large{font-size:1.06rem}
data.none{color:var(--dim)}
mark{background:none;color:var(--alarm);font-weight:600;text-decoration:underline}
.copied{text-decoration:underline 2px}
`;

const LAYOUT = `
.masthead{border-top:6px solid var(--ink);border-bottom:1px solid var(--hair);display:flex;flex-wrap:wrap;gap:4px 28px;align-items:baseline;padding:12px 0;font-size:.8125rem;color:var(--ink2)}
.masthead p{margin:0}.masthead strong{color:var(--ink)}.far{margin-left:auto!important}
.opening{border:0;display:block;padding-top:44px;margin:0}
section{border-top:1px solid var(--ink);padding-top:18px;margin-top:70px;display:grid;grid-template-columns:minmax(200px,250px) minmax(0,1fr);gap:48px}
.side p{font-size:.9375rem}.side p:not(.question){margin-top:12px;color:var(--ink2)}.side .question{font-size:1.0625rem}
.main>:first-child,.main figure:first-child h3{margin-top:0}
.summary{display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,auto));gap:18px 28px}
.tail{font-weight:600;margin:28px 0 8px}.summary div{border-top:1px solid var(--ink);padding-top:8px}.summary .differs{border-top:3px solid var(--alarm);padding-top:6px}
.summary dd{font-size:clamp(1.2rem,2vw,1.625rem);line-height:1.3}
.coverage{border-top:1px solid var(--hair);margin-top:44px;grid-template-columns:minmax(0,3fr) minmax(0,2fr)}
.coverage h2{font-family:inherit;font-size:1rem;font-weight:600;line-height:1.3;letter-spacing:0;margin-bottom:12px}
.coverage li{margin-bottom:8px}
figure{margin:0 0 44px}
svg{display:block;width:100%;height:auto;overflow:visible}
svg.wide{max-width:960px}svg.narrow{display:none;max-width:440px}svg.fall{max-width:420px;min-width:300px}
svg+svg.wide,svg+svg.narrow,svg.narrow+svg{margin-top:18px}svg.defs{position:absolute;width:0;height:0}
.scroll{overflow-x:auto;max-width:100%}.scroll.tall{max-height:612px;overflow-y:auto;border-bottom:1px solid var(--rule);overflow-anchor:none}
table{border-collapse:collapse;width:100%;line-height:1.35}table.fit{width:auto;min-width:min(100%,26em)}
th,td{text-align:left;padding:0 12px 0 0;height:36px;border-bottom:1px solid var(--hair);white-space:nowrap;vertical-align:middle}
thead th{font-size:.8125rem;font-weight:400;color:var(--ink2);border-bottom:1px solid var(--ink);height:32px}
tbody th{font-weight:400}
.n{text-align:right}.n+td:not(.n),.n+th:not(.n){padding-left:12px}
td:last-child,th:last-child{padding-right:4px}
.tall thead th{position:sticky;top:0;background:var(--paper)}
.tall tr.space td{padding:0;border:0;height:0}
tr.differs>*{background:var(--alarmbg)}tr.differs>:first-child{box-shadow:inset 3px 0 var(--alarm)}
tr.differs .quiet,tr.differs data .q,tr.differs .none{color:var(--ink2)}
.totals tr.differs th{padding-left:8px}
tr.total>*{border-top:1px solid var(--ink);border-bottom:0;font-weight:600}tr.total data .q{color:inherit}
tr.subhead th{font-weight:600;height:44px;vertical-align:bottom;padding-bottom:4px}
.evidence td{white-space:normal;padding:12px 0 18px 28px;height:auto}
.proofs{display:grid;grid-template-columns:minmax(0,1fr) minmax(300px,380px);gap:18px 36px;align-items:start}
.proofs dl,.findings dl,.pool dl,.main>div>dl,.main>dl,.pairs{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 18px;font-size:.9375rem}
.proofs dt,.findings dt,.pool dt,.main dt{padding-top:2px}
.filter{display:flex;flex-wrap:wrap;gap:4px 18px;align-items:end;margin-bottom:12px}
.filter label{font-size:.8125rem;color:var(--ink2);flex-basis:100%}.filter p{margin:0;font-size:.8125rem;color:var(--ink2);padding-bottom:6px}
input{font:inherit;color:inherit;background:none;border:0;border-bottom:1px solid var(--ink);border-radius:0;padding:4px 0;width:min(100%,22em)}
button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;text-align:inherit}
button.primary{background:var(--ink);color:var(--paper);font-weight:600;padding:10px 22px;border-radius:2px}
button.open{font-variant-numeric:inherit;text-decoration:underline 1px var(--dim);text-underline-offset:3px;padding:8px 0}
th button{min-height:28px}
#theme{text-decoration:underline 1px var(--dim);text-underline-offset:3px}
:focus-visible{outline:2px solid var(--ink);outline-offset:3px}.scroll:focus-visible{outline-offset:-2px}
details{margin-top:8px}summary{cursor:pointer;font-size:.8125rem;color:var(--ink2)}
.findings li{border-top:1px solid var(--hair);padding:12px 0 18px}.findings li:first-child{border-top:0;padding-top:0}.findings h3{margin:0 0 4px}.findings dl{margin-top:8px}
.pools{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,330px),1fr));gap:28px}.pool dd{text-align:right}
footer{border-top:1px solid var(--hair);margin-top:70px;padding-top:12px;font-size:.8125rem;color:var(--ink2)}
@media screen{.printed{display:none}}html:not(.js) .scripted{display:none}.js .unscripted{display:none}.js .evidence.closed{display:none}[hidden]{display:none!important}.narrowonly{display:none}
svg.flow{max-width:960px;min-width:880px}.main ul{margin-bottom:12px}.main li{max-width:46em}
`;

/** What the drawings are painted with, given the palette and a ramp. */
export const DRAWING_STYLE = `
svg text{font-size:13px;fill:var(--ink)}
svg .cap{font-size:13px;fill:var(--ink2)}svg .tick,svg .sub{font-size:12px;fill:var(--ink2)}svg .lab{font-weight:600}svg .small{font-size:11px}
.grid{stroke:var(--hair);stroke-width:1}.zero{stroke:var(--ink);stroke-width:1}.leader{stroke:var(--edge);stroke-width:.75;fill:none}
.depthline{stroke:var(--ink);stroke-width:1.25;fill:none;stroke-linejoin:round}.reached{stroke:var(--ink);stroke-width:1.5}
.block{stroke:var(--edge);stroke-width:1}.open{fill:var(--paper)}.paper{fill:var(--paper)}.bar{fill:var(--bar)}.deep{fill:var(--deep)}.inkbar{fill:var(--ink)}
.tint{fill-opacity:.36}.carried.tint,.uncovered.tint{fill:var(--warn);fill-opacity:.16}.uncovered.tint{fill:var(--alarm)}
.band{fill:var(--bar);fill-opacity:.2}.thread{stroke:var(--ink2);stroke-width:.75;fill:none}.dashed{stroke:var(--ink2);stroke-width:1;stroke-dasharray:4 3;fill:none}.dashed.alarm{stroke:var(--alarm);stroke-width:1.5}.arrow{fill:var(--ink2)}.arrow.alarm{fill:var(--alarm)}.dots{stroke:var(--ink);stroke-width:1.25;fill:none}
.mark{stroke:var(--ink2);stroke-width:1}.mark.alarm{stroke:var(--alarm);stroke-width:1.5}
.carried{fill:url(#level)}.uncovered{fill:url(#slant)}.uncovered.block{stroke:var(--alarm)}
.level{stroke:var(--warn);stroke-width:2}.slant{stroke:var(--alarm);stroke-width:2}
${Array.from({ length: 8 }, (_, depth) => `.l${depth}{fill:var(--l${depth})}`).join("")}
`;

const NARROW = `
@media (max-width:1100px){section{grid-template-columns:minmax(0,1fr);gap:18px}.side{max-width:44em}}
@media (max-width:900px){.proofs,.coverage{grid-template-columns:minmax(0,1fr)}}
@media screen and (max-width:640px){svg.wide{display:none}svg.narrow{display:block}.wideonly{display:none}.narrowonly{display:block}.nowrap{white-space:normal}.far{margin-left:0!important}section{margin-top:44px}.totals thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.totals tr{display:grid;grid-template-columns:minmax(0,auto) minmax(0,1fr);border-bottom:1px solid var(--hair);padding:4px 0}.totals tr>*{border:0;height:auto;padding:2px 4px 2px 0;grid-column:2}.totals tr>th{grid-column:1}.totals tr>td:nth-child(5)::before{content:"difference ";color:var(--ink2)}.totals tr>td:nth-child(6)::before{content:"uncovered ";color:var(--ink2)}#holder-rows,#balances{font-size:.8125rem}.reconciliation thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.reconciliation tr.row,.reconciliation tr.total{display:grid;grid-template-columns:minmax(0,auto) minmax(0,1fr);border-bottom:1px solid var(--hair);padding:4px 0}.reconciliation tr.row>*,.reconciliation tr.total>*{border:0;height:auto;min-height:28px;padding:2px 4px;align-self:center}.reconciliation tr.row>th,.reconciliation tr.total>th{grid-row:1;grid-column:1}.reconciliation tr.row>td:nth-child(5),.reconciliation tr.total>td:nth-child(5){grid-row:1;grid-column:2}.reconciliation tr.row>td:nth-child(7),.reconciliation tr.total>td:nth-child(7){grid-row:2;grid-column:2}.reconciliation tr.row>td:nth-child(8),.reconciliation tr.total>td:nth-child(8){grid-row:2;grid-column:1}.reconciliation tr.differs{box-shadow:inset 3px 0 var(--alarm);background:var(--alarmbg);padding-left:8px}.reconciliation tr.differs>:first-child{box-shadow:none}.reconciliation data{white-space:normal;overflow-wrap:anywhere}.totals th,.totals td{padding-right:8px}.summary{grid-template-columns:minmax(0,1fr)}.evidence td{padding-left:0}.proofs dl,.findings dl,.main>div>dl,.main>dl{grid-template-columns:minmax(0,1fr);gap:0}.proofs dd,.findings dd,.main>div>dl>dd,.main>dl>dd{margin-bottom:6px}.proofs>*{max-width:calc(100vw - 32px)}.evidence td>*{position:sticky;left:0}}
`;

const PAPER = `
@page{margin:16mm 15mm 18mm}
@media print{:root{${PRINT};font-size:9pt}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}body{max-width:none;padding:0}
button,.filter,.unscripted{display:none!important}th button,button.open{display:inline!important;text-decoration:none}
section{grid-template-columns:minmax(0,1fr);gap:12px;margin-top:28px}.coverage{grid-template-columns:3fr 2fr;margin-top:18px}.side{break-after:avoid}.side,.main h3{break-inside:avoid;break-after:avoid}
.opening{padding-top:12px}.standfirst{margin:8px 0 14px;font-size:1.1rem}h1{font-size:2.3rem}.summary{grid-template-columns:repeat(4,auto)}.summary dd{font-size:1.2rem}.main-section{display:block;border:0;padding-top:0}.side{max-width:none;margin-bottom:12px}.lead{break-after:avoid}.side{border-top:1px solid var(--ink);padding-top:10px}.side p:not(.question){margin-top:4px;max-width:none}.masthead{padding:6px 0}.read p,.unread li{margin-bottom:4px}figure{margin-bottom:18px}
figure svg,tr,.findings li,.pool{break-inside:avoid}thead{display:table-header-group}.scroll,.scroll.tall{overflow:visible;max-height:none}
details:not([open]){display:none}svg.flow{max-width:680px;min-width:0}.space{display:none}.evidence.closed{display:none}tr.differs+.evidence{display:table-row}svg.wide{max-width:620px}table{font-size:8pt}#holder-rows{min-width:0!important;table-layout:auto!important}#holder-rows th{width:auto!important}.reconciliation{font-size:7.5pt}th,td{height:22px;padding-right:7px}.evidence td{padding-left:16px}.proofs{grid-template-columns:minmax(0,1fr) 300px}}
`;

/** The whole style of the page. The theme follows the system unless chosen; print is always light. */
export const STYLE = `:root{${LIGHT}}
${rampRules(LIGHT_RAMPS, "")}
@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){${DARK}}
${rampRules(DARK_RAMPS, ":root:not([data-theme=light]) ")}
}
@media screen{:root[data-theme=dark]{${DARK}}
${rampRules(DARK_RAMPS, ":root[data-theme=dark] ")}
}
${TYPE}${FIGURES}${LAYOUT}${DRAWING_STYLE}${NARROW}${PAPER}`;
