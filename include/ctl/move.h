/* Moves as commands. Names and fields come from the table of moves alone. */
#pragma once

#include "ctl/command.h"

/* A command for a move of that name, with an option for every field; NULL: there is no such move.
 */
const struct command *move_command_of(const char *name, struct arena *arena);
/* Prints the list of moves for the help. */
void move_help(void);
