export interface DroppedFile { path: string; file: File }

export const MOST_FILES = 20_000
const DEEPEST = 20

/** What systems and programs leave behind beside the files that were meant. */
const isLitter = (path: string) => path.split('/').some((part) => part.startsWith('.') || part.startsWith('~$'))
  || /(^|\/)(thumbs\.db|desktop\.ini)$/i.test(path)

/** Files of a file or folder dialog, with their path inside the folder. */
export function chosenFiles(list: FileList): DroppedFile[] {
  return Array.from(list)
    .map((file) => ({ path: file.webkitRelativePath || file.name, file }))
    .filter(({ path }) => !isLitter(path)).slice(0, MOST_FILES)
}

/** Files and folders that were dropped; folders are walked through. Unreadable ones are passed over. */
export async function droppedFiles(data: DataTransfer): Promise<DroppedFile[]> {
  // Before the first wait: afterwards the browser has taken the list back.
  const plain = chosenFiles(data.files)
  const entries = Array.from(data.items).map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  if (entries.every((entry) => entry.isFile)) return plain
  const found: DroppedFile[] = []
  for (const entry of entries) await walk(entry, 0, found)
  return found
}

async function walk(entry: FileSystemEntry, depth: number, found: DroppedFile[]): Promise<void> {
  const path = entry.fullPath.replace(/^\//, '')
  if (found.length >= MOST_FILES || depth > DEEPEST || isLitter(path)) return
  if (entry.isFile) {
    const file = await new Promise<File | null>((resolve) => (entry as FileSystemFileEntry).file(resolve, () => resolve(null)))
    if (file) found.push({ path, file })
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  // A reader hands over a hundred or so at a time, and nothing at the end.
  for (let round = 0; round < MOST_FILES; round++) {
    const some = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])))
    if (some.length === 0) return
    for (const inner of some) await walk(inner, depth + 1, found)
  }
}

/** The folder's name, or the first file's: what the import is called. `more` names several files after the first. */
export function nameOf(files: DroppedFile[], more: (first: string, count: number) => string): string {
  const [first] = files
  if (!first) return ''
  const folder = first.path.includes('/') ? first.path.split('/')[0]! : null
  if (folder && files.every(({ path }) => path.startsWith(`${folder}/`))) return folder
  return files.length === 1 ? first.path : more(first.path, files.length)
}
