import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../../api/client'
import type { Published, RuleVersion } from '../../../api/rules'
import { useFormat } from '../../../i18n/format'
import { Difference } from './Difference'

const overtakenBy = (error: Error | null): RuleVersion | null =>
  error instanceof ApiError && error.status === 409 ? (error.body as Partial<Published> | null)?.published ?? null : null

/** The version that one has before him, until the store says that another stands: then that one, once it was shown. */
export function useSeenVersion(version: number) {
  const [other, setOther] = useState<RuleVersion | null>(null)
  return {
    version: other?.version ?? version, other,
    refused: (error: Error) => setOther((before) => overtakenBy(error) ?? before),
    forget: () => setOther(null),
    /** Of a dialog that shows the other version: what is told there is no error. */
    plain: (error: Error | null) => (overtakenBy(error) ? null : error),
  }
}

/** What somebody published in the meantime, beside what one was about to publish. */
export function Overtaken({ other, mine }: { other: RuleVersion; mine: string | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div data-testid="overtaken" role="status">
      <p className="stale-note">{t(other.state === 'retired' ? 'rules.overtaken_retired' : 'rules.overtaken', { version: other.version, by: other.by || t('rules.this_machine'), at: format.dayTime(other.at_ms) })} {other.reason}</p>
      {mine !== null && <p className="legend"><span className="gone">− v{other.version}</span> <span className="new">+ {t('rules.mine')}</span></p>}
      {mine !== null && <Difference before={other.text} after={mine} />}
    </div>
  )
}
