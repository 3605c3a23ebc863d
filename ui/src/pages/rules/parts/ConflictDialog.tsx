import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n/format'
import type { RuleText } from '../useRuleText'
import { Dialog } from './Dialog'
import { Difference } from './Difference'

/** Somebody else saved in the meantime: both stand here, and nothing is lost before one chose. */
export function ConflictDialog({ text, published }: { text: RuleText; published: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const theirs = text.conflict?.theirs
  return (
    <Dialog
      title={theirs ? t('rules.conflict') : t('rules.conflict_gone')} className="wide" testId="conflict" onClose={text.forgetConflict}
      acts={(
        <>
          <button type="button" className="button" onClick={text.forgetConflict}>{t('rules.decide_later')}</button>
          <button type="button" className="button" onClick={text.takeTheirs} data-testid="take-theirs">{theirs ? t('rules.take_theirs') : t('rules.take_published')}</button>
          <button type="button" className="button strong" disabled={text.isSaving} onClick={text.keepMine} data-testid="keep-mine">{t('rules.keep_mine')}</button>
        </>
      )}
    >
      <p>{theirs ? t('rules.conflict_says', { by: theirs.by || t('rules.this_machine'), at: format.dayTime(theirs.at_ms) }) : t('rules.conflict_gone_says')}</p>
      <p className="legend"><span className="gone">− {theirs ? t('rules.theirs') : t('rules.published_text')}</span> <span className="new">+ {t('rules.mine')}</span></p>
      <Difference before={theirs?.text ?? published} after={text.text} />
    </Dialog>
  )
}
