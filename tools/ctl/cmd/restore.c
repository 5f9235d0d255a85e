// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl binding restore: add the bindings that m6tctl binding save printed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <libmnl/libmnl.h>

#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "ctl/endpoint.h"
#include "ctl/words.h"
#include "lib/netlink/genl.h"
#include "lib/json.h"
#include "lib/macros.h"
#include "lib/names.h"
#include "lib/netlink/nl_batch.h"
#include "lib/say.h"
#include "lib/setting.h"
#include "lib/text.h"

#define SAVE_FORMAT	"IPV6 remote IPV4:PORT local IPV4:PORT state {active|static} [proven] idle MS rx PACKETS BYTES tx PACKETS BYTES"
#define SAVE_WORDS	15	/* without "proven" */
#define SAVE_PROVEN	7	/* index of "proven" */

/**
 * struct saved - a binding that was saved
 * @addr: its IPv6 address
 * @remote: IPv4 address and port of the mobile node
 * @local: own IPv4 address and port
 * @state: active or static
 * @proven: the mobile node has proven that it receives there
 * @idle: ms since the last packet
 * @counts: packets and bytes from the mobile node, and to it
 */
struct saved {
	struct in6_addr addr;
	struct endpoint remote;
	struct endpoint local;
	uint8_t state;
	bool proven;
	uint64_t idle;
	uint64_t counts[4];
};

static bool saved_remote(const char *text, struct endpoint *end)
{
	return text_endpoint(text, true, &end->addr, &end->port) &&
	       text_ipv4_is_host(end->addr);
}

/* A static binding may have any local address. */
static bool saved_local(const char *text, struct endpoint *end)
{
	const char *number;
	uint64_t port;

	if (!strncmp(text, "any:", 4))
		number = text + 4;
	else if (!strncmp(text, "0.0.0.0:", 8))
		number = text + 8;
	else
		return saved_remote(text, end);

	end->addr.s_addr = INADDR_ANY;
	if (!text_number(number, UINT16_MAX, &port))
		return false;
	end->port = port;
	return port;
}

static bool saved_state(const char *text, uint8_t *state)
{
	*state = !strcmp(text, "active") ? M6T_BINDING_ACTIVE :
		 !strcmp(text, "static") ? M6T_BINDING_STATIC : 0;
	return *state;
}

static bool saved_counts(char **words, struct saved *saved)
{
	static const uint8_t at[] = { 10, 11, 13, 14 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(at); i++)
		if (!text_number(words[at[i]], UINT64_MAX, &saved->counts[i]))
			return false;

	return true;
}

static bool saved_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* Like strtok_r(), which builds a table of separators at each call. */
static char *saved_word(char **rest)
{
	char *word = *rest;
	char *end;

	while (saved_is_space(*word))
		word++;
	for (end = word; *end && !saved_is_space(*end); end++)
		;
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return *word ? word : NULL;
}

/* Remove the optional word. Return: number of the others. */
static size_t saved_proven(char **words, size_t n, bool *proven)
{
	*proven = n > SAVE_PROVEN && !strcmp(words[SAVE_PROVEN], "proven");
	if (!*proven)
		return n;
	memmove(&words[SAVE_PROVEN], &words[SAVE_PROVEN + 1],
		(n - SAVE_PROVEN - 1) * sizeof(*words));
	return n - 1;
}

/* Split a line into words. Return: true if it is one that cmd_save() prints. */
static bool saved_parse(char *line, struct saved *saved)
{
	char *words[SAVE_WORDS + 2];
	char *rest = line;
	size_t n;

	for (n = 0; n < ARRAY_SIZE(words); n++) {
		words[n] = saved_word(&rest);
		if (!words[n])
			break;
	}

	return saved_proven(words, n, &saved->proven) == SAVE_WORDS &&
	       inet_pton(AF_INET6, words[0], &saved->addr) == 1 &&
	       !strcmp(words[1], "remote") &&
	       saved_remote(words[2], &saved->remote) &&
	       !strcmp(words[3], "local") &&
	       saved_local(words[4], &saved->local) &&
	       !strcmp(words[5], "state") &&
	       saved_state(words[6], &saved->state) &&
	       !strcmp(words[7], "idle") &&
	       text_number(words[8], UINT64_MAX, &saved->idle) &&
	       !strcmp(words[9], "rx") && !strcmp(words[12], "tx") &&
	       saved_counts(words, saved);
}

/* Read all of standard input before the first binding is added. */
static int saved_read(struct saved **list, size_t *n)
{
	/* The maximum of a gateway. */
	uint32_t most = setting_of(IFLA_M6T_MAX_BINDINGS,
				   M6T_MODE_GW)->max;
	char line[512];
	size_t room = 0;
	void *more;

	for (*n = 0; fgets(line, sizeof(line), stdin); ++*n) {
		if (*n == room) {
			room = room ? room * 2 : 1024;
			more = room > 2 * most ? NULL :
			       realloc(*list, room * sizeof(**list));
			if (!more)
				return fail(STATUS_REFUSED,
					    "the input does not fit into memory: expected at most %u bindings",
					    most);
			*list = more;
		}
		if (!strchr(line, '\n') && !feof(stdin))
			line[0] = '\0';
		if (!saved_parse(line, &(*list)[*n]))
			return fail(STATUS_USAGE,
				    "line %zu is wrong: expected " SAVE_FORMAT,
				    *n + 1);
	}
	if (ferror(stdin))
		return fail(STATUS_REFUSED, "cannot read: %s",
			    strerror(errno));

	return STATUS_DONE;
}

/* Return: the request that adds it. */
static struct nlmsghdr *saved_request(struct genl *genl,
				      const struct device *dev,
				      const struct saved *saved)
{
	static const uint16_t counts[] = {
		M6T_A_RX_PACKETS, M6T_A_RX_BYTES,
		M6T_A_TX_PACKETS, M6T_A_TX_BYTES,
	};
	struct nlmsghdr *nlh = genl_request(genl, M6T_CMD_BINDING_ADD, false);
	size_t i;

	mnl_attr_put_u32(nlh, M6T_A_IFINDEX, dev->ifindex);
	mnl_attr_put(nlh, M6T_A_ADDRESS, sizeof(saved->addr), &saved->addr);
	mnl_attr_put_u32(nlh, M6T_A_REMOTE, saved->remote.addr.s_addr);
	mnl_attr_put_u16(nlh, M6T_A_PORT, htons(saved->remote.port));
	mnl_attr_put_u32(nlh, M6T_A_LOCAL, saved->local.addr.s_addr);
	mnl_attr_put_u16(nlh, M6T_A_LOCAL_PORT, htons(saved->local.port));
	mnl_attr_put_u8(nlh, M6T_A_STATE, saved->state);
	if (saved->proven)
		mnl_attr_put_u8(nlh, M6T_A_PROVEN, 1);
	mnl_attr_put_u64(nlh, M6T_A_IDLE, saved->idle);
	for (i = 0; i < ARRAY_SIZE(counts); i++)
		mnl_attr_put_u64(nlh, counts[i], saved->counts[i]);

	return nlh;
}

/**
 * struct restore - bindings being restored
 * @list: what was saved
 * @sent: number of them that the kernel has processed
 * @bound: number of these that are bound already
 * @elsewhere: number of those that are bound to another endpoint
 * @elsewhere_first: index of the first of these
 * @expired: number of those that would have expired by now
 * @refused: index of the one that the kernel refused for another reason, or of the
 *	first one without an answer
 */
struct restore {
	const struct saved *list;
	size_t sent;
	size_t bound;
	size_t elsewhere;
	size_t elsewhere_first;
	size_t expired;
	size_t refused;
};

/* Return: 0 if the others are restored nevertheless, else @err. */
static int restore_refused(unsigned int i, int err, void *arg)
{
	struct restore *restore = arg;

	switch (err) {
	case -EADDRINUSE:
		if (!restore->elsewhere++)
			restore->elsewhere_first = restore->sent + i;
		restore->bound++;
		return 0;
	case -EEXIST:
		restore->bound++;
		return 0;
	case -ETIME:
		restore->expired++;
		return 0;
	default:
		restore->refused = restore->sent + i;
		return err;
	}
}

static void restore_print(const struct device *dev, size_t restored,
			  size_t bound, size_t expired)
{
	if (!options.json) {
		printf("restored %zu, bound already %zu, expired %zu\n",
		       restored, bound, expired);
		return;
	}
	json_begin();
	json_open(NULL, '{');
	json_string("dev", dev->name);
	json_number("restored", restored);
	json_number("bound", bound);
	json_number("expired", expired);
	json_close('}');
	json_end();
}

/* Like genl_fail(), with the number of the line. */
static int restore_fail(const struct restore *restore, const struct genl *genl,
			int err, const struct device *dev)
{
	const char *sentence = genl->nl.extack;
	char line[32];

	if (err == -ENOBUFS)
		return fail(STATUS_REFUSED,
			    "the kernel had no memory for its answers, so some may not be restored: try again");
	snprintf(line, sizeof(line), "line %zu", restore->refused + 1);
	if (err == -ENODEV || !sentence[0])
		return genl_fail(genl, err, dev, line);
	if (!strncmp(sentence, "m6t: ", 5))
		sentence += 5;

	return fail(STATUS_REFUSED, "%s: %s", line, sentence);
}

/* A binding to another endpoint is kept, which the user should know. */
static void restore_tell_elsewhere(const struct restore *restore)
{
	const struct saved *saved = &restore->list[restore->elsewhere_first];
	char text[INET6_ADDRSTRLEN];

	if (!restore->elsewhere)
		return;
	inet_ntop(AF_INET6, &saved->addr, text, sizeof(text));
	if (restore->elsewhere == 1)
		fail(STATUS_DONE,
		     "line %zu: %s is bound to another endpoint, which is kept: delete that binding first to restore this one",
		     restore->elsewhere_first + 1, text);
	else
		fail(STATUS_DONE,
		     "%zu addresses are bound to other endpoints, which are kept, the first is %s in line %zu: delete those bindings first to restore these",
		     restore->elsewhere, text, restore->elsewhere_first + 1);
}

static int restore_send(struct restore *restore, struct nl_batch *batch)
{
	unsigned int n = batch->n;
	int err;

	restore->refused = restore->sent;
	err = nl_batch_talk(batch, restore_refused, restore);
	restore->sent += n;
	return err;
}

/* Add all; after a refusal, only those that were sent together with it. */
static int restore_list(struct restore *restore, struct genl *genl,
			const struct device *dev, size_t n)
{
	static struct nl_batch batch;
	struct nlmsghdr *nlh;
	size_t i;
	int err;

	nl_batch_begin(&batch, &genl->nl);
	for (i = 0; i < n; i++) {
		nlh = saved_request(genl, dev, &restore->list[i]);
		if (nl_batch_put(&batch, nlh))
			continue;
		err = restore_send(restore, &batch);
		if (err)
			return err;
		nl_batch_put(&batch, nlh);
	}

	return restore_send(restore, &batch);
}

static int restore_all(const struct device *dev, const struct saved *list,
		       size_t n)
{
	struct restore restore = { .list = list };
	static struct genl genl;
	int status;
	int err;

	status = genl_open(&genl);
	if (status)
		return status;
	err = restore_list(&restore, &genl, dev, n);
	if (err) {
		status = restore_fail(&restore, &genl, err, dev);
	} else {
		restore_print(dev, n - restore.bound - restore.expired,
			      restore.bound, restore.expired);
		restore_tell_elsewhere(&restore);
	}
	genl_close(&genl);
	return status;
}

/**
 * cmd_restore - add the bindings that cmd_save() printed
 * @command: the command
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status. If any line is wrong, nothing changes.
 */
int cmd_restore(const struct command *command, int argc, char **argv)
{
	struct device dev;
	struct saved *list = NULL;
	int status;
	size_t n;

	status = words_device(command, &dev, true, argc, argv);
	if (status)
		return status;

	status = saved_read(&list, &n) ?: restore_all(&dev, list, n);
	free(list);
	return status;
}
