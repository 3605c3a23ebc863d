import { Popover } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FIXED, useColumns, type ColumnName } from './columns'
import { useColumnLabel } from './columnLabel'

/** Which columns, and in which order. */
export function ColumnMenu() {
  const { t } = useTranslation()
  const label = useColumnLabel()
  const { columns, show, move, reset } = useColumns()
  const [isOpen, setOpen] = useState(false)
  const step = (name: ColumnName, by: number, isEnd: boolean) => (
    <button type="button" className="quiet-button" disabled={isEnd} aria-label={t(by < 0 ? 'columns.earlier' : 'columns.later', { column: label(name) })} onClick={() => move(name, by)}>{by < 0 ? '↑' : '↓'}</button>
  )
  const menu = (
    <div className="column-menu" data-testid="column-menu">
      <ul>
        {columns.order.map((name, index) => (
          <li key={name}>
            <label><input type="checkbox" checked={columns.shown.includes(name)} disabled={name === FIXED} onChange={(event) => show(name, event.target.checked)} data-testid={`column-${name}`} /> {label(name)}</label>
            {step(name, -1, index === 0)}{step(name, 1, index === columns.order.length - 1)}
          </li>
        ))}
      </ul>
      <p className="quiet">{t('columns.widths')}</p>
      <button type="button" className="link" disabled={columns.isUsual} onClick={reset} data-testid="columns-reset">{t('columns.reset')}</button>
    </div>
  )
  return (
    <Popover open={isOpen} onOpenChange={setOpen} trigger="click" placement="bottomRight" content={menu} arrow={false}>
      <button type="button" className={columns.isUsual ? 'button' : 'button on'} aria-haspopup="dialog" aria-expanded={isOpen} data-testid="columns">{t('columns.button')}</button>
    </Popover>
  )
}
