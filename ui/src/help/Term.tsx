import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Explained } from '../parts/Explained'

/** A word of the glossary that says what it means: <Term word="precision" />. The words stand under `terms` in both languages. */
export function Term({ word, children }: { word: string; children?: ReactNode }) {
  const { t } = useTranslation()
  return <Explained says={t(`terms.${word}.means`)}>{children ?? t(`terms.${word}.name`)}</Explained>
}
