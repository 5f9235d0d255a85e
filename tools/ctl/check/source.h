/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Read files and the output of programs of the host.
 */
#ifndef M6T_SOURCE_H
#define M6T_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "lib/macros.h"

/**
 * struct program - a program whose output is read
 * @out: its standard output
 * @pid: its process
 */
struct program {
	FILE *out;
	pid_t pid;
};

void source_prepare(void);
bool source_line(const char *path, char *buf, size_t size);
__printf(1, 2) long source_number(const char *format, ...);
bool source_program(struct program *program, const char *const *argv);
int source_finish(struct program *program);
int source_program_line(const char *const *argv, char *buf, size_t size);

#endif /* M6T_SOURCE_H */
