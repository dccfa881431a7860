/* Moves as commands. Names and fields come from the table of moves alone. */
#pragma once

#include "ctl/command.h"

/* A command for the move that the words name, with an option for every field; `ret_words` is how
 * many were used: one for moves on tickets and tasks ("sign"), two for those on what stands beside
 * tickets
 * ("whistle approve"). NULL: there is no such move. */
const struct command *move_command_of(const struct names *words, struct arena *arena,
                                      int *ret_words);
/* Prints the list of moves for the help. */
void move_help(void);
