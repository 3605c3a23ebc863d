import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { conversationAddress } from '../../api/filter'
import type { ListItem } from '../../api/types'

/** What was found in a conversation, under its row; each opens it at its turn. */
export function MatchRow({ item, filter, columns, isSelected, onOpen }: { item: ListItem; columns: number; filter: URLSearchParams; isSelected: boolean; onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  return (
    <tr role="row" className={isSelected ? 'match-row on' : 'match-row'}>
      <td role="cell" colSpan={columns}>
        <ul aria-label={t('search.matches')}>
          {item.matches!.map((match, index) => (
            <li key={index}>
              <Link to={conversationAddress(item.id, filter, match.turn)} onClick={() => onOpen(item.id)} title={t('search.turn', { turn: match.turn })} data-testid="match" data-turn={match.turn}>
                <em className={match.role}>{t(`role.${match.role}`, { defaultValue: match.role })}</em>
                <span>{match.parts.map((part, at) => (part.is_match ? <mark key={at}>{part.text}</mark> : part.text))}</span>
              </Link>
            </li>
          ))}
        </ul>
      </td>
    </tr>
  )
}
