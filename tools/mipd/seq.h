/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sequence numbers that outlive the process (D22).
 */
#ifndef M6T_MIPD_SEQ_H
#define M6T_MIPD_SEQ_H

#include <stdint.h>
#include <limits.h>
#include <stddef.h>
#include <netinet/in.h>

typedef void (*seq_cb)(const struct in6_addr *hoa, uint16_t seq, void *arg);

/**
 * struct seq_file - a file to which sequence numbers are appended
 * @path: its name
 * @fd: the file; -1: it cannot be written to
 * @lines: number of lines in it
 */
struct seq_file {
	char path[PATH_MAX];
	int fd;
	size_t lines;
};

void seq_open(struct seq_file *file, const char *dir, const char *name);
void seq_close(struct seq_file *file);
void seq_read(struct seq_file *file, seq_cb cb, void *arg);
void seq_put(struct seq_file *file, const struct in6_addr *hoa, uint16_t seq);
void seq_begin(struct seq_file *file);
void seq_end(struct seq_file *file);

#endif /* M6T_MIPD_SEQ_H */
