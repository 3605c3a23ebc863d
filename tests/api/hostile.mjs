// Texts that somebody wrote to do harm: to pages, to spreadsheets, to terminals, to whoever reads them. Nothing of them may
// run, be obeyed or break what stands beside it; all of it stays to be read as it was written.
import { conversation } from './callscope.mjs'

/** What a text sets when it runs. */
export const TRAP = 'window.__ran=(window.__ran||0)+1'

export const TEXTS = {
  script: `<script>${TRAP}</script>`,
  image: `<img src=x onerror="${TRAP}">`,
  svg: `<svg onload="${TRAP}"><animate onbegin="${TRAP}" attributeName=x></svg>`,
  frame: `<iframe srcdoc="<script>parent.${TRAP}</script>"></iframe>`,
  attribute: `" onmouseover="${TRAP}" autofocus onfocus="${TRAP}" x="`,
  closing: `</textarea></title></style></script><script>${TRAP}</script><!--`,
  address: `javascript:${TRAP} data:text/html,<script>${TRAP}</script> [x](javascript:${TRAP})`,
  template: `{{constructor.constructor('${TRAP}')()}} \${${TRAP}} $t(app.name) {{name}} <1>x</1> %s %n %x`,
  style: '</style><style>*{display:none!important}</style><link rel=stylesheet href=//evil.example/x.css>',
  entity: '&lt;b&gt; &amp;amp; &#x3c;script&#x3e; &nbsp;',
  bidi: 'a\u202Egnp.exe\u202C \u2066x\u2069 \u200F‮reversed',
  invisible: 'z\u200Be\u200Cr\u200Do\uFEFF \u00AD \u2060 w\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030A',
  long: 'W'.repeat(3000),
  longHan: '长'.repeat(1500),
  emoji: '👩‍👩‍👧‍👦👨🏽‍🚀🏳️‍🌈🇨🇳' + '😀'.repeat(200),
  nothing: 'null',
  undefined: 'undefined',
  number: 'NaN',
  prototype: '__proto__ constructor toString',
  formula: '=cmd|\' /C calc\'!A0',
  formulaPlus: '+1+cmd|x',
  formulaMinus: '-2+3+cmd|x',
  formulaAt: '@SUM(1+1)*cmd',
  formulaTab: '\t=1+1',
  formulaWide: '＝1+1',
  quotes: 'a,b";"c\'\r\nd',
  terminal: 'x\u001B[2J\u001B]0;owned\u0007\u001B[31m\u009B31my\u0008\u0008z',
  path: '../../../../etc/passwd%00 C:\\con\\nul',
  sql: `'; DROP TABLE conversation; --`,
  zalgo: 'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!',
}

const RULES_HIT = '我要投诉你们'

/** Names may be short and without control characters only: other ones are refused when they come in. */
const named = (text) => [...text.replace(/[\u0000-\u001F\u007F-\u009F]/g, ' ')].slice(0, 45).join('').trim()

/** One conversation for each text: it stands in every place where a text of somebody else may stand. */
export const CONVERSATIONS = Object.entries(TEXTS).map(([name, text], index) =>
  conversation(`H-${name}`, [`${RULES_HIT} ${text}`, text, text, '好的'], {
    started: new Date(Date.parse('2026-02-01T10:00:00+08:00') + index * 3600_000).toISOString(),
    title: text.slice(0, 500),
    customer: named(text),
    queue: named(`Q ${text}`),
    participants: [{ id: 'c1', role: 'customer', name: named(text) }, { id: 'a1', role: 'agent', name: named(text), team: named(`T ${text}`) }],
    fields: { [named(`f ${text}`)]: text.slice(0, 500), note: text.slice(0, 400) },
  }))
