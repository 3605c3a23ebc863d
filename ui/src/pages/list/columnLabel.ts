import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { SCORE_NAMES, type ScoreName } from '../../api/types'
import type { ColumnName } from './columns'

const VERDICTS = ['hit', 'missed', 'undecided', 'met'] as const

export function useColumnLabel() {
  const { t } = useTranslation()
  return useCallback((name: ColumnName): string => {
    if (SCORE_NAMES.includes(name as ScoreName)) return t(`score.${name}`)
    const verdict = VERDICTS.find((one) => one === name)
    return verdict ? t(`verdict.${verdict}`) : t(`columns.name.${name}`)
  }, [t])
}
