import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { RuleDetail } from '../../../api/rules'
import { useFormat } from '../../../i18n/format'

const LOOK_AGAIN_MS = 2_000

/** After a publication the figures grow with every conversation that is inspected again: until then they say of how many they are. */
export function Inspected({ rule, of, all }: { rule: RuleDetail['rule']; of: number; all: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const queries = useQueryClient()
  useEffect(() => {
    const timer = setInterval(() => void queries.invalidateQueries({ queryKey: ['rule', rule], exact: true }), LOOK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [queries, rule])
  return <p className="quiet inspected" role="status" data-testid="inspected">{t('rules.inspected', { of: format.count(of), all: format.count(all) })}</p>
}
