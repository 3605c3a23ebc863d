/** Where each of the five steps leads, and what it points at there; the words stand under `tour.step`. */
export interface TourStep {
  name: string
  /** `:riskiest` stands for the conversation at the highest risk. */
  address: string
  /** Selectors, the best first. */
  anchors: readonly string[]
}

export const TOUR: readonly TourStep[] = [
  { name: 'overview', address: '/overview?span=all', anchors: ['[data-testid="measure"]', '[data-testid="headline"]', 'main'] },
  { name: 'list', address: '/conversations?sort=-risk', anchors: ['[data-testid="conversation-row"]', 'main'] },
  { name: 'finding', address: '/conversations/:riskiest?sort=-risk', anchors: ['[data-testid="finding-card"]', '#findings', 'main'] },
  { name: 'dialogue', address: '/conversations/:riskiest?sort=-risk', anchors: ['[data-testid="gap"]', '.talk mark', '.talk', 'main'] },
  { name: 'help', address: '/overview?span=all', anchors: ['[data-testid="help"]'] },
]
