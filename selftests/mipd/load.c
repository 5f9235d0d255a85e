// SPDX-License-Identifier: GPL-2.0
/*
 * load HA4 HA6 HOA COA4 N WINDOW [SEQ]: register the home addresses HOA + 1 to
 * HOA + N, all from one socket: binding updates in UDP, without IPsec, WINDOW of
 * them unanswered at a time; those that stay unanswered for two seconds are sent
 * again, with the next sequence number, the first one being SEQ. Prints how many
 * were accepted and rejected, how many were sent, and ns.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PORT		4191
#define MOBILITY	135
#define PATIENCE	2000000000LL

struct update {
	uint8_t ip6[40];
	uint8_t mh[32];
};

struct node {
	int64_t sent;		/* ns */
	uint16_t tries;
	uint8_t done;
};

static struct update form;
static struct node *nodes;
static uint32_t n, first, pending;
static unsigned int accepted, rejected, sends;
static uint16_t seq = 1;
static int fd;

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void put16(uint8_t *to, uint16_t value)
{
	to[0] = value >> 8;
	to[1] = value;
}

static uint32_t get32(const uint8_t *from)
{
	uint32_t value;

	memcpy(&value, from, sizeof(value));
	return ntohl(value);
}

static uint32_t sum(const uint8_t *data, size_t len, uint32_t total)
{
	for (size_t i = 0; i < len; i += 2)
		total += data[i] << 8 | data[i + 1];
	return total;
}

/* A, H, K unset; lifetime 600 s; option 32 with the care-of address, padded. */
static void make_form(const char *ha6, const char *hoa, const char *coa)
{
	uint8_t *ip6 = form.ip6, *mh = form.mh;

	ip6[0] = 0x60;
	put16(ip6 + 4, sizeof(form.mh));
	ip6[6] = MOBILITY;
	ip6[7] = 64;
	if (inet_pton(AF_INET6, hoa, ip6 + 8) != 1 ||
	    inet_pton(AF_INET6, ha6, ip6 + 24) != 1)
		errx(2, "wrong address");
	first = get32(ip6 + 20);
	mh[0] = 59;
	mh[1] = sizeof(form.mh) / 8 - 1;
	mh[2] = 5;
	put16(mh + 8, 0xc000);
	put16(mh + 10, 150);
	mh[12] = 32;
	mh[13] = 6;
	if (inet_pton(AF_INET, coa, mh + 16) != 1)
		errx(2, "wrong care-of address");
	mh[20] = 1;
	mh[21] = 10;
}

static void update(uint32_t i)
{
	uint32_t host = htonl(first + 1 + i), total;
	uint8_t *mh = form.mh;

	memcpy(form.ip6 + 20, &host, sizeof(host));
	put16(mh + 6, seq + nodes[i].tries++);
	put16(mh + 4, 0);
	total = sum(form.ip6 + 8, 32, MOBILITY + sizeof(form.mh));
	total = sum(mh, sizeof(form.mh), total);
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	put16(mh + 4, ~total);
	if (send(fd, &form, sizeof(form), 0) == sizeof(form))
		sends++;
	nodes[i].sent = now();
}

/* All that has come. */
static void take(void)
{
	uint8_t data[2048];
	ssize_t len;
	uint32_t i;

	while ((len = recv(fd, data, sizeof(data), MSG_DONTWAIT)) > 0) {
		if (len < 52 || data[6] != MOBILITY || data[42] != 6)
			continue;
		i = get32(data + 36) - first - 1;
		if (i >= n || nodes[i].done)
			continue;
		nodes[i].done = 1;
		pending--;
		accepted += data[46] < 128;
		rejected += data[46] >= 128;
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	uint32_t next = 0, oldest = 0, window;
	struct pollfd pollfd;
	int room = 8 << 20;
	int64_t begin;

	if (argc < 7)
		errx(2, "expected HA4 HA6 HOA COA4 N WINDOW [SEQ]");
	make_form(argv[2], argv[3], argv[4]);
	n = atoi(argv[5]);
	window = atoi(argv[6]);
	seq = argc > 7 ? atoi(argv[7]) : 1;
	nodes = calloc(n, sizeof(*nodes));
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (!nodes || fd < 0 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1 ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)))
		err(1, "cannot start");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	pollfd = (struct pollfd){ fd, POLLIN, 0 };

	begin = now();
	while (accepted + rejected < n) {
		for (; next < n && pending < window; next++, pending++)
			update(next);
		poll(&pollfd, 1, 100);
		take();
		while (oldest < next && nodes[oldest].done)
			oldest++;
		for (uint32_t i = oldest; i < next; i++)
			if (!nodes[i].done && now() - nodes[i].sent > PATIENCE)
				update(i);
	}
	printf("{\"accepted\":%u,\"rejected\":%u,\"sent\":%u,\"ns\":%lld}\n",
	       accepted, rejected, sends, (long long)(now() - begin));
	return 0;
}
