/* likeness.h - how alike two short texts are.
 * Floor: text. Memory: none. Threads: any. Example: likeness_edits("exepct", "expect", 3) gives 2.
 */
#ifndef CS_TEXT_LIKENESS_H
#define CS_TEXT_LIKENESS_H

/* Insertions, removals and replacements of code points from a to b; most when that many or more, or when either is longer
 * than 64 code points. */
unsigned likeness_edits(const char *a, const char *b, unsigned most);

#endif
