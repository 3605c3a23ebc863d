import type { TFunction } from 'i18next'
import type { Person } from '../../api/people'
import type { Format } from '../../i18n/format'

/** A person's name, else what is known first. */
export const personName = (person: Person) => person.name || person.identities[0]?.value || `#${person.number}`

/** How many conversations; of very many, that it is more than was counted. */
export const contactWords = (person: Person, t: TFunction, format: Format) =>
  t(person.contacts_more ? 'people.contacts_over' : 'people.contacts', { count: person.contacts, number: format.count(person.contacts) })
