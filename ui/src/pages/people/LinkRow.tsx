import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { changeLink, type Identity, type Person, type PersonLink } from '../../api/people'
import { useFormat } from '../../i18n/format'
import { ConfirmDialog } from '../../parts/ConfirmDialog'
import { ErrorLine } from '../../parts/PageState'
import { personName } from './personName'

/** Two identities that were named together: where, when, and taking it back. */
export function LinkRow({ link, person }: { link: PersonLink; person: Person }) {
  const { t } = useTranslation()
  const format = useFormat()
  const queries = useQueryClient()
  const [isAsked, setAsked] = useState(false)
  const change = useMutation({
    mutationFn: (how: 'undo' | 'redo') => changeLink(link.number, how),
    onSettled: () => {
      setAsked(false)
      void queries.invalidateQueries({ queryKey: ['person'] })
      void queries.invalidateQueries({ queryKey: ['people'] })
    },
  })
  const others = change.data?.people.filter((one) => one.number !== person.number) ?? []
  const isExtension = link.a.kind === 'extension' || link.b.kind === 'extension'
  const whyNot = link.why_not === 'shared' && isExtension ? 'extension' : link.why_not
  const words = (one: Identity) => `${t(`people.identity.${one.kind}`, { defaultValue: one.kind })} ${one.value}`
  return (
    <li className={link.is_undone ? 'person-link undone' : 'person-link'} data-testid="person-link" data-number={link.number}>
      <div>
        <p>{words(link.a)} <span className="joined" aria-label={t('people.same_as')}>{link.is_undone || link.joins === false ? '≠' : '='}</span> {words(link.b)}</p>
        <p className="quiet">
          {link.is_undone && <b>{t('people.undone')} </b>}
          {!link.is_undone && whyNot && <b>{t(`people.why_not.${whyNot}`)} </b>}
          <Where link={link} />
          {link.made_ms !== null && <> · {format.dayTime(link.made_ms)}</>}
          {link.import ? <> · <Link className="link" to={`/import/${link.import}`}>{t('people.import', { number: link.import })}</Link></> : null}
        </p>
        {others.length > 0 && <p className="quiet" role="status">{t('people.other')} {others.map((one) => <Link key={one.number} className="link" to={`/people/${one.number}`}>{personName(one)}</Link>)}</p>}
        {change.error && <ErrorLine error={change.error} />}
      </div>
      {link.is_undone
        ? <button type="button" className="button" disabled={change.isPending} onClick={() => change.mutate('redo')} data-testid="redo">{t('people.redo')}</button>
        : <button type="button" className="button" onClick={() => setAsked(true)} data-testid="part">{t('people.undo')}</button>}
      {isAsked && (
        <ConfirmDialog
          title={t('people.undo_title')} yes={t('people.undo_yes')} no={t('people.undo_no')} isBusy={change.isPending}
          onNo={() => setAsked(false)} onYes={() => change.mutate('undo')}
        >
          <p>{t(`people.undo_says_${person.kind}`, { a: words(link.a), b: words(link.b) })}</p>
        </ConfirmDialog>
      )}
    </li>
  )
}

/** A file and its line; a conversation opens. */
function Where({ link }: { link: PersonLink }) {
  const { t } = useTranslation()
  const { source, place } = link
  const conversation = place?.match(/^conversation (.+)$/)?.[1]
  const line = place?.match(/^line (\d+)$/)?.[1]
  const where = conversation && !conversation.includes('*') // an id that holds a number is covered, and opens nothing
    ? <Link className="link" to={`/conversations/${encodeURIComponent(conversation)}`}>{t('people.conversation', { id: conversation })}</Link>
    : conversation ? t('people.conversation', { id: conversation }) : line ? t('joins.line', { line }) : place
  return <>{source || (!place && t('people.unknown_source'))}{source && where ? ' · ' : ''}{where}</>
}
