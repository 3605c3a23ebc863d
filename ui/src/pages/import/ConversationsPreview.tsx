import { useTranslation } from 'react-i18next'
import type { PreviewConversation } from '../../api/imports'
import { useFormat } from '../../i18n/format'
import { timeText } from './RowsPreview'

/** The first conversations as they will stand in the list. */
export function ConversationsPreview({ conversations }: { conversations: PreviewConversation[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const when = (at: string | number | null) => (at === null ? '' : typeof at === 'number' ? format.clock(at) : timeText(at).split(' ').pop())
  return (
    // It scrolls: it must take the focus to be scrolled by keys.
    <div className="dialogues" tabIndex={0} role="region" aria-label={t('import.reading')} data-testid="dialogues">
      {conversations.map((one, index) => (
        <article key={`${one.id}-${index}`}>
          <h4>
            {one.id}
            <span className="quiet">
              {[one.started && timeText(one.started), one.channel && t(`channel.${one.channel}`, { defaultValue: one.channel }), one.agent && t('conversation.agent', { name: one.agent }), one.customer && t('conversation.customer', { name: one.customer })].filter(Boolean).join(' · ')}
            </span>
          </h4>
          <ol>
            {one.turns.map((turn, at) => (
              <li key={at}>
                <span className="at faint">{when(turn.at)}</span>
                <b className={turn.role}>{t(`role.${turn.role}`, { defaultValue: turn.role })}</b>
                <span>{turn.text}</span>
              </li>
            ))}
          </ol>
          {one.turn_count > one.turns.length && <p className="faint">{t('import.turns_more', { count: one.turn_count - one.turns.length })}</p>}
        </article>
      ))}
    </div>
  )
}
