import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { ConfigProvider } from 'antd'
import english from 'antd/locale/en_GB'
import chinese from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import 'dayjs/locale/en-gb'
import { useTranslation } from 'react-i18next'
import { createBrowserRouter, RouterProvider } from 'react-router-dom'
import { shouldRetry } from './api/queries'
import { ConversationPage } from './pages/conversation/ConversationPage'
import { Entrance } from './pages/access/Entrance'
import { ListPage } from './pages/list/ListPage'
import { BrokenPage, FirstPage, MissingPage, SignedIn } from './pages/OtherPages'
import { Shell } from './parts/Shell'
import { useComponentTheme } from './theme/components'

const queries = new QueryClient({ defaultOptions: { queries: { retry: shouldRetry, staleTime: 30_000 } } })

const router = createBrowserRouter([
  {
    element: <Shell />,
    errorElement: <BrokenPage />,
    children: [
      { path: '/', element: <FirstPage /> },
      { path: '/conversations', element: <ListPage /> },
      { path: '/conversations/:id', element: <ConversationPage /> },
      { path: '/overview', lazy: async () => ({ Component: (await import('./pages/overview/OverviewPage')).OverviewPage }) },
      { path: '/overview/heat', lazy: async () => ({ Component: (await import('./pages/overview/HeatPage')).HeatPage }) },
      { path: '/overview/trend', lazy: async () => ({ Component: (await import('./pages/overview/TrendPage')).TrendPage }) },
      { path: '/work', lazy: async () => ({ Component: (await import('./pages/work/WorkPage')).WorkPage }) },
      { path: '/import', lazy: async () => ({ Component: (await import('./pages/import/ImportsPage')).ImportsPage }) },
      { path: '/import/:number', lazy: async () => ({ Component: (await import('./pages/import/ImportPage')).ImportPage }) },
      { path: '/joins', lazy: async () => ({ Component: (await import('./pages/joins/JoinsPage')).JoinsPage }) },
      { path: '/people', lazy: async () => ({ Component: (await import('./pages/people/PeoplePage')).PeoplePage }) },
      { path: '/people/:number', lazy: async () => ({ Component: (await import('./pages/people/PeoplePage')).PeoplePage }) },
      { path: '/rules', lazy: async () => ({ Component: (await import('./pages/rules/RulesPage')).RulesPage }) },
      { path: '/rules/:name', lazy: async () => ({ Component: (await import('./pages/rules/RulePage')).RulePage }) },
      { path: '/rules/:name/:tab', lazy: async () => ({ Component: (await import('./pages/rules/RulePage')).RulePage }) },
      { path: '/orders', lazy: async () => ({ Component: (await import('./pages/orders/OrdersPage')).OrdersPage }) },
      { path: '/orders/:number', lazy: async () => ({ Component: (await import('./pages/orders/OrderPage')).OrderPage }) },
      { path: '/review', lazy: async () => ({ Component: (await import('./pages/review/ReviewPage')).ReviewPage }) },
      { path: '/account', lazy: async () => ({ Component: (await import('./pages/access/MyAccountPage')).MyAccountPage }) },
      { path: '/accounts', lazy: async () => ({ Component: (await import('./pages/access/AccountsPage')).AccountsPage }) },
      { path: '/audit', lazy: async () => ({ Component: (await import('./pages/access/AuditPage')).AuditPage }) },
      { path: '/sign-in', element: <SignedIn /> },
      { path: '*', element: <MissingPage /> },
    ],
  },
  { path: '/first/:token', errorElement: <BrokenPage />, lazy: async () => ({ Component: (await import('./pages/access/FirstAccountPage')).FirstAccountPage }) },
])

export function App() {
  const { i18n } = useTranslation()
  const isChinese = i18n.language === 'zh'
  const componentTheme = useComponentTheme()
  dayjs.locale(isChinese ? 'zh-cn' : 'en-gb')
  return (
    <ConfigProvider locale={isChinese ? chinese : english} theme={componentTheme} wave={{ disabled: true }}>
      <QueryClientProvider client={queries}>
        <Entrance><RouterProvider router={router} /></Entrance>
      </QueryClientProvider>
    </ConfigProvider>
  )
}
