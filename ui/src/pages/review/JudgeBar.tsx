import { useTranslation } from 'react-i18next'
import type { Answer } from '../../api/review'

/** The three answers with their keys. `can` leaves out what cannot be said there. */
export function JudgeBar({ can, said, isBusy, onAnswer }: { can: Answer[]; said?: Answer; isBusy: boolean; onAnswer: (answer: Answer) => void }) {
  const { t } = useTranslation()
  return (
    <span className="judge-bar" role="group" aria-label={t('review.judge')}>
      {can.map((answer) => (
        <button
          key={answer} type="button" disabled={isBusy} aria-pressed={said === answer} onClick={() => onAnswer(answer)}
          data-testid={`say-${answer}`} title={t(`review.means.${answer}`)}
        >
          <kbd>{t(`review.key.${answer}`)}</kbd> {t(`review.answer.${answer}`)}
        </button>
      ))}
    </span>
  )
}
