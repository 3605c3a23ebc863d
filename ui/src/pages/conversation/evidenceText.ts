import type { Judgement } from '../../api/review'
import type { Format } from '../../i18n/format'
import type { Found } from './found'
import { effectsOf } from './points'
import { sentencesOf, type Speech } from './sentences'

/** The evidence as a few lines for a message or a ticket. */
export function evidenceText(found: Found, speech: Speech, format: Format, said?: Judgement): string {
  const { t, conversation } = speech
  const { finding, rule } = found
  const effects = effectsOf(found, conversation, t, format).map((one) => one.text).join(t('app.separator'))
  const address = `${pageAddress()}${finding.number === null ? '' : `#${finding.number}`}`
  return [
    `${t(`verdict.${finding.verdict}`)} · ${format.title(rule.title, rule.rule)}${effects ? ` · ${effects}` : ''}`,
    ...sentencesOf(finding, speech),
    said && [`${t('review.said')}${t(`review.answer.${said.answer}`)}`, said.reason && t(`review.reason.${said.reason}`), said.note, said.by.name].filter(Boolean).join(' · '),
    [`${conversation.title} (${conversation.external_id})`, conversation.agent, conversation.started_ms === null ? null : format.dayTime(conversation.started_ms)]
      .filter(Boolean).join(' · '),
    address,
  ].filter(Boolean).join('\n')
}

function pageAddress(): string {
  return `${window.location.origin}${window.location.pathname}`
}

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Older browsers, and pages that are not served from this machine.
    const field = document.createElement('textarea')
    field.value = text
    field.style.position = 'fixed'
    field.style.opacity = '0'
    document.body.append(field)
    field.select()
    const isCopied = document.execCommand('copy')
    field.remove()
    return isCopied
  }
}
