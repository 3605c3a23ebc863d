import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { ApiError } from '../../api/client'
import { fetchPerson, type Person } from '../../api/people'
import { revealPerson } from '../../api/reveal'
import { useFormat } from '../../i18n/format'
import { FailedState, PageState } from '../../parts/PageState'
import { RevealAct } from '../../parts/RevealAct'
import { useReveal } from '../../parts/useReveal'
import { LinkRow } from './LinkRow'
import { contactWords, personName } from './personName'

/** One person: what identifies them, and why that is taken for one person's. */
export function PersonView({ number, back }: { number: number; back: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const found = useQuery({ queryKey: ['person', number], queryFn: ({ signal }) => fetchPerson(number, signal), staleTime: 0 })
  const reveal = useReveal(`person ${number}`, (reason) => revealPerson(number, reason))
  const person = reveal.shown ?? found.data
  if (!person && found.error) {
    // One whose last link was undone, or that was joined to another, is no more.
    return found.error instanceof ApiError && found.error.status === 404
      ? <section className="person"><PageState title={t('people.missing')} remedy={t('people.missing_remedy')}><Link className="link" to={back}>{t('people.back')}</Link></PageState></section>
      : <section className="person"><FailedState error={found.error} onRetry={() => void found.refetch()} /></section>
  }
  if (!person) return <section className="person" aria-busy="true"><span className="ghost" style={{ width: 180, height: 26 }} /><span className="ghost" style={{ height: 120, marginTop: 16 }} /></section>
  const contacts = person.kind === 'customer' ? listOfCustomer(person) : listOfAgent(person)
  return (
    <section className="person" aria-labelledby="person-name" data-testid="person-view">
      <p className="back"><Link className="link" to={back}>{t('people.back')}</Link></p>
      <h2 id="person-name">{personName(person)}</h2>
      <p className="quiet">
        {t(`people.kind.${person.kind}`)} · {person.contacts > 0 && contacts
          ? <Link className="link" to={contacts}>{contactWords(person, t, format)}</Link>
          : contactWords(person, t, format)}
        {person.kind === 'customer' && <> · <RevealAct reveal={reveal} of="person" /></>}
      </p>
      <dl className="paper identities" aria-label={t('people.identities')}>
        {person.identities.map((one) => <div key={`${one.kind} ${one.value}`}><dt>{t(`people.identity.${one.kind}`, { defaultValue: one.kind })}</dt><dd>{one.value}</dd></div>)}
      </dl>
      {(person.conversations?.length ?? 0) > 0 && (
        <>
          <h3>{t('people.newest')}</h3>
          <ul className="paper person-contacts">
            {person.conversations!.map((one) => (
              <li key={one.id}>
                <Link to={`/conversations/${encodeURIComponent(one.id)}`}>{one.title || one.external_id}</Link>
                <span className="quiet">{one.started_ms === null ? t('time.unknown') : format.dayTime(one.started_ms)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {person.links.length > 0 && <h3>{t('people.why')}</h3>}
      {person.links.length === 0
        ? <p className="quiet alone">{t('people.why_single')}</p>
        : <ul className="paper links">{person.links.map((link) => <LinkRow key={link.number} link={link} person={person} />)}</ul>}
      {person.links_more && <p className="quiet">{t('people.links_more')}</p>}
    </section>
  )
}

/** The list searches titles, ids, customers and agents: by the id that conversations carry. A number or a name never gets into an address. */
function listOfCustomer(person: Person): string | null {
  const id = person.identities.find(({ kind, value }) => kind === 'customer' && /^[\w-]*\d[\w-]*$/.test(value) && !/\d{7}/.test(value))
  return id ? `/?${new URLSearchParams({ q: id.value })}` : null
}

function listOfAgent(person: Person): string | null {
  const name = person.identities.find(({ kind }) => kind === 'agent_name')?.value ?? person.name
  return name ? `/?${new URLSearchParams({ agent: name })}` : null
}
