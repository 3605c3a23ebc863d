import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import type { Conversation } from '../../api/types'

const LEADER = /^(team[_ -]?)?(leader|supervisor)$|班组?长|组长|主管/i

/** Whose conversation it is: each name opens the list of what is theirs. */
export function Responsible({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation()
  const leader = conversation.fields.find((field) => LEADER.test(field.name))?.value
  const rows: [string, string | null, string | null][] = [
    ['agent', conversation.agent, 'agent'], ['team', conversation.team, 'team'], ['queue', conversation.queue, 'queue'],
    ['leader', typeof leader === 'string' ? leader : null, null],
  ]
  const known = rows.filter(([, value]) => value)
  return (
    <section className="record" aria-labelledby="responsible-title" data-testid="responsible">
      <h2 id="responsible-title">{t('review.responsible')}</h2>
      {known.length === 0 ? <p className="quiet">{t('review.responsible_unknown')}</p> : (
        <table>
          <tbody>
            {known.map(([name, value, filter]) => (
              <tr key={name}>
                <th scope="row">{t(`review.who.${name}`)}</th>
                <td>{filter ? <Link className="link" to={`/conversations?${new URLSearchParams({ [filter]: value! }).toString()}`}>{value}</Link> : value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
