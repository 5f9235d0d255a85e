// SPDX-License-Identifier: GPL-2.0
/*
 * The file of a device, m6t.conf(5): the words of "ip link add ... type m6t",
 * and a few more.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "conf.h"

#define CONF_DIR	"/etc/m6t/"
#define CONF_SUFFIX	".conf"
#define CONF_SIZE	65536
#define CONF_SPACE	" \t\r\n"
#define CONF_LABEL_MAX	63	/* of a DNS name */
#define CONF_MTU_MIN	1280
#define CONF_MTU_MAX	65507

/* What a file may say that ip(8) does not know. */
enum conf_word {
	CONF_WORD_MTU = IFLA_M6T_MAX + 1,
	CONF_WORD_METRIC,
	CONF_WORD_PROBE,
	CONF_WORDS,
};

/**
 * struct conf_reader - a file that is being read
 * @path: its name
 * @line: the line that a sentence is about; 0: none
 * @given: in which lines words were given; 0: in none
 */
struct conf_reader {
	const char *path;
	unsigned int line;
	unsigned int given[CONF_WORDS];
};

/* Print the one sentence of a refusal. Return: an enum status. */
static int conf_vrefuse(void *arg, const char *word, const char *format,
			va_list args)
{
	const struct conf_reader *reader = arg;
	char sentence[1024];

	vsnprintf(sentence, sizeof(sentence), format, args);
	if (!reader->line)
		return fail(STATUS_USAGE, "%s: %s %s", reader->path, word,
			    sentence);

	return fail(STATUS_USAGE, "%s:%u: %s %s", reader->path, reader->line,
		    word, sentence);
}

static __printf(3, 4) int conf_refuse(struct conf_reader *reader,
				      const char *word, const char *format,
				      ...)
{
	va_list args;
	int status;

	va_start(args, format);
	status = conf_vrefuse(reader, word, format, args);
	va_end(args);
	return status;
}

static uint32_t conf_ifindex(const char *name)
{
	return names_find(name, NULL);
}

static int conf_parse(struct conf_reader *reader, const struct setting *set,
		      const char *arg, struct setting_value *value)
{
	const struct setting_tool tool = {
		.refuse = conf_vrefuse,
		.ifindex = conf_ifindex,
		.arg = reader,
	};

	return setting_parse(&tool, set, arg, value);
}

/**
 * conf_below - find the underlay device
 * @conf: the file
 *
 * Return: its index; 0: any, or it is not there.
 */
uint32_t conf_below(const struct conf *conf)
{
	return conf->link[0] ? conf_ifindex(conf->link) : 0;
}

/* @max: IFNAMSIZ, or NAMES_MAX where an alternative name does. */
static bool conf_is_ifname(const char *name, size_t len, size_t max)
{
	return len && len < max && !memchr(name, '/', len) &&
	       strcspn(name, CONF_SPACE ":%") >= len &&
	       !(len == 1 && name[0] == '.') &&
	       !(len == 2 && name[0] == '.' && name[1] == '.');
}

/**
 * conf_name - the device that is meant by a name or a file
 * @arg: name of a device; with a slash in it, of a file NAME.conf
 * @name: room for IFNAMSIZ bytes
 *
 * Return: an enum status, with a sentence printed.
 */
int conf_name(const char *arg, char *name)
{
	const char *slash = strrchr(arg, '/');
	const char *base = slash ? slash + 1 : arg;
	size_t len = strlen(base);
	size_t suffix = strlen(CONF_SUFFIX);

	if (slash) {
		if (len <= suffix || strcmp(base + len - suffix, CONF_SUFFIX))
			return fail(STATUS_USAGE,
				    "file \"%s\" is wrong: NAME.conf in some folder is allowed",
				    arg);
		len -= suffix;
	}
	/* Of a device that is there, by any of its names. */
	if (!slash && names_find(arg, name))
		return STATUS_DONE;
	if (!conf_is_ifname(base, len, IFNAMSIZ))
		return fail(STATUS_USAGE,
			    "name \"%.*s\" is wrong: the name of a device, 1 to %u characters other than /, :, %% and space, is allowed",
			    (int)len, base, IFNAMSIZ - 1);

	snprintf(name, IFNAMSIZ, "%.*s", (int)len, base);
	return STATUS_DONE;
}

/* A whole path, as the process may go elsewhere. */
static int conf_find(const char *arg, char *path)
{
	char here[PATH_MAX] = "";
	int len;

	if (!strchr(arg, '/'))
		len = snprintf(path, PATH_MAX, CONF_DIR "%s" CONF_SUFFIX, arg);
	else if (arg[0] == '/')
		len = snprintf(path, PATH_MAX, "%s", arg);
	else if (getcwd(here, sizeof(here)))
		len = snprintf(path, PATH_MAX, "%s/%s", here, arg);
	else
		return fail(STATUS_REFUSED, "%s: %s", arg, strerror(errno));
	if (len >= PATH_MAX)
		return fail(STATUS_USAGE,
			    "the name of a file is too long: %u bytes are allowed",
			    PATH_MAX - 1);

	return STATUS_DONE;
}

/**
 * conf_exists - whether there is a file for a device
 * @name: name of the device
 *
 * Return: true when there is.
 */
bool conf_exists(const char *name)
{
	char path[PATH_MAX];

	return !conf_find(name, path) && !access(path, F_OK);
}

/* Who may write to the file is as good as root. */
static int conf_check_file(int fd, const char *path)
{
	struct stat file;

	if (fstat(fd, &file))
		return fail(STATUS_REFUSED, "%s: %s", path, strerror(errno));
	if (!S_ISREG(file.st_mode))
		return fail(STATUS_REFUSED, "%s is no file: one is allowed",
			    path);
	if (file.st_size > CONF_SIZE)
		return fail(STATUS_REFUSED,
			    "%s is too large: %u bytes are allowed", path,
			    CONF_SIZE);
	if (geteuid())
		return STATUS_DONE;
	if (file.st_uid)
		return fail(STATUS_REFUSED,
			    "%s belongs to another user: one of root's is allowed",
			    path);
	if (file.st_mode & 0022)
		return fail(STATUS_REFUSED,
			    "%s can be written by others: one that only root may write is allowed",
			    path);

	return STATUS_DONE;
}

static int conf_read(int fd, const char *path, char *text)
{
	size_t used = 0;
	ssize_t len;

	do {
		len = read(fd, text + used, CONF_SIZE - used);
		if (len < 0)
			return fail(STATUS_REFUSED, "%s: %s", path,
				    strerror(errno));
		used += len;
	} while (len);

	text[used] = '\0';
	if (strlen(text) != used)
		return fail(STATUS_USAGE, "%s is no text: words are allowed",
			    path);

	return STATUS_DONE;
}

static int conf_slurp(const char *path, char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int status;

	if (fd < 0 && errno == ENOENT)
		return fail(STATUS_ABSENT,
			    "%s does not exist: see m6t.conf(5) for what it may say",
			    path);
	if (fd < 0)
		return fail(STATUS_REFUSED, "%s: %s", path, strerror(errno));

	status = conf_check_file(fd, path);
	if (!status)
		status = conf_read(fd, path, text);
	close(fd);
	return status;
}

/* The next word, cut out of the text; NULL at its end. */
static char *conf_next(struct conf_reader *reader, char **text)
{
	char *at = *text;
	char *word;

	for (; *at && (strchr(CONF_SPACE, *at) || *at == '#'); at++) {
		if (*at == '#')
			at += strcspn(at, "\n");
		if (!*at)
			break;
		if (*at == '\n')
			reader->line++;
	}
	if (!*at)
		return NULL;

	word = at;
	at += strcspn(at, CONF_SPACE "#");
	/* The end of a line or a comment is still to be seen. */
	*text = at;
	if (!*at)
		return word;
	word = memmove(word - 1, word, at - word);
	at[-1] = '\0';
	return word;
}

static bool conf_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Labels of letters, digits, - and _, with a letter among them. */
static bool conf_is_host(const char *host)
{
	bool letters = false;
	size_t label = 0;
	const char *at;

	for (at = host; *at; at++) {
		letters |= conf_is_letter(*at);
		if ((*at == '.' || *at == '-') && !label)
			return false;
		if (*at != '.' && *at != '-' && *at != '_' &&
		    !conf_is_letter(*at) && !(*at >= '0' && *at <= '9'))
			return false;
		label = *at == '.' ? 0 : label + 1;
		if (label > CONF_LABEL_MAX)
			return false;
	}

	return letters && at - host <= CONF_NAME_MAX;
}

static int conf_take_gateway(struct conf_reader *reader, struct conf *conf,
			     const char *arg)
{
	if (inet_pton(AF_INET, arg, &conf->gateway) == 1) {
		if (text_ipv4_is_host(conf->gateway))
			return STATUS_DONE;
		return conf_refuse(reader, "gateway",
				   "\"%s\" is wrong: expected the IPv4 address of a host, or a DNS name",
				   arg);
	}
	if (!conf_is_host(arg))
		return conf_refuse(reader, "gateway",
				   "\"%s\" is wrong: an IPv4 address or a DNS name is allowed",
				   arg);

	strcpy(conf->host, arg);
	return STATUS_DONE;
}

static int conf_take_link(struct conf_reader *reader, struct conf *conf,
			  const char *arg)
{
	conf->link[0] = '\0';
	if (!strcmp(arg, "any"))
		return STATUS_DONE;
	if (!conf_is_ifname(arg, strlen(arg), NAMES_MAX))
		return conf_refuse(reader, "dev",
				   "\"%s\" is wrong: the name of a device, or any, is allowed",
				   arg);

	strcpy(conf->link, arg);
	return STATUS_DONE;
}

static int conf_take_metric(struct conf_reader *reader, struct conf *conf,
			    const char *arg)
{
	uint64_t number;

	if (!text_number(arg, UINT32_MAX, &number) || !number)
		return conf_refuse(reader, "metric",
				   "\"%s\" is wrong: 1 to %u is allowed", arg,
				   UINT32_MAX);

	conf->metric = number;
	return STATUS_DONE;
}

static int conf_take_mtu(struct conf_reader *reader, struct conf *conf,
			 const char *arg)
{
	uint64_t number = 0;

	if (strcmp(arg, "auto") &&
	    (!text_number(arg, CONF_MTU_MAX, &number) || number < CONF_MTU_MIN))
		return conf_refuse(reader, "mtu",
				   "\"%s\" is wrong: %u to %u, or auto, is allowed",
				   arg, CONF_MTU_MIN, CONF_MTU_MAX);

	conf->mtu = number;
	return STATUS_DONE;
}

static int conf_take_probe(struct conf_reader *reader, struct conf *conf,
			   const char *arg)
{
	struct m6t_prefix6 prefix = { .len = 128 };

	if (inet_pton(AF_INET6, arg, &prefix.addr) != 1 ||
	    !text_prefix6_is_global(&prefix))
		return conf_refuse(reader, "probe",
				   "\"%s\" is wrong: a global unicast IPv6 address is allowed",
				   arg);

	conf->probe = prefix.addr;
	return STATUS_DONE;
}

/* Which word it is, by the attribute that it has or might have. */
static unsigned int conf_word(const char *word)
{
	const struct setting *set = setting_find(word);

	if (set)
		return set->attr;
	if (!strcmp(word, "mtu"))
		return CONF_WORD_MTU;
	if (!strcmp(word, "metric"))
		return CONF_WORD_METRIC;
	if (!strcmp(word, "probe"))
		return CONF_WORD_PROBE;

	return 0;
}

static int conf_take(struct conf_reader *reader, struct conf *conf,
		     unsigned int which, const char *word, const char *arg)
{
	switch (which) {
	case CONF_WORD_MTU:
		return conf_take_mtu(reader, conf, arg);
	case CONF_WORD_METRIC:
		return conf_take_metric(reader, conf, arg);
	case CONF_WORD_PROBE:
		return conf_take_probe(reader, conf, arg);
	case IFLA_M6T_GATEWAY:
		return conf_take_gateway(reader, conf, arg);
	case IFLA_M6T_LINK:
		return conf_take_link(reader, conf, arg);
	default:
		return conf_parse(reader, setting_find(word), arg,
				  &conf->value[which]);
	}
}

static int conf_words(struct conf_reader *reader, struct conf *conf, char *text)
{
	unsigned int which;
	char *word, *arg;
	int status = STATUS_DONE;

	reader->line = 1;
	while (!status && (word = conf_next(reader, &text))) {
		which = conf_word(word);
		if (!which)
			return conf_refuse(reader, "unknown word",
					   "\"%s\": see m6t.conf(5) for the allowed ones",
					   word);
		if (reader->given[which])
			return conf_refuse(reader, word,
					   "is given twice: once is allowed");
		reader->given[which] = reader->line;
		arg = conf_next(reader, &text);
		if (!arg) {
			reader->line = reader->given[which];
			return conf_refuse(reader, word,
					   "has no value: see m6t.conf(5) for the allowed ones");
		}
		status = conf_take(reader, conf, which, word, arg);
	}

	return status;
}

/* Each is in the file, or has a value of its own, or belongs to others. */
static int conf_fill(struct conf_reader *reader, struct conf *conf)
{
	const struct setting *set;
	size_t i;

	for (i = 0; i < setting_count; i++) {
		set = &setting_table[i];
		reader->line = reader->given[set->attr];
		if (reader->line && !(set->modes & SETTING_MODE(conf->mode)))
			return conf_refuse(reader, set->word,
					   "is for the other mode only");
		if (reader->line || !set->fallback ||
		    !(set->modes & SETTING_MODE(conf->mode)) ||
		    set->kind == SETTING_LINK)
			continue;
		if (conf_parse(reader, set, set->fallback,
			       &conf->value[set->attr]))
			return STATUS_USAGE;
	}

	reader->line = 0;
	return STATUS_DONE;
}

/* The ports of a mobile node are its own matter, of which one at a time is the
 * device's.
 */
static void conf_ports(struct conf *conf)
{
	struct setting_value *value = &conf->value[IFLA_M6T_PORTS];
	const struct nlattr *attr = (const void *)value->data;
	uint16_t port;

	while ((const uint8_t *)attr < value->data + value->len) {
		memcpy(&port, (const uint8_t *)attr + NLA_HDRLEN, sizeof(port));
		conf->ports[conf->port_count++] = ntohs(port);
		attr = (const void *)((const uint8_t *)attr +
				      NLA_ALIGN(attr->nla_len));
	}

	value->len = 0;
}

/* What the kernel would say, but only once it is asked to make the device. */
static int conf_check_mobile(struct conf_reader *reader, struct conf *conf)
{
	const struct setting_value *value = &conf->value[IFLA_M6T_PREFIXES];
	struct m6t_prefix6 prefix;

	reader->line = 0;
	if (!reader->given[IFLA_M6T_GATEWAY])
		return conf_refuse(reader, "gateway",
				   "is missing: say gateway IPV4 or a DNS name");
	reader->line = reader->given[IFLA_M6T_PREFIXES];
	memcpy(&prefix, value->data + NLA_HDRLEN, sizeof(prefix));
	if (value->len != NLA_HDRLEN + sizeof(prefix) ||
	    prefix.len != M6T_MN_PREFIX_LEN)
		return conf_refuse(reader, "prefix",
				   "is wrong: a mobile node needs exactly one of length /80, as it fills the other 48 bits with random ones");
	conf_ports(conf);
	return STATUS_DONE;
}

/**
 * conf_prefix - read a list of IPv6 prefixes, one after the other
 * @value: the list
 * @at: where the next one begins, 0 at first; stepped over
 * @prefix: where the next one goes
 *
 * Return: false at the end of the list.
 */
bool conf_prefix(const struct setting_value *value, size_t *at,
		 struct m6t_prefix6 *prefix)
{
	if (*at >= value->len)
		return false;
	memcpy(prefix, value->data + *at + NLA_HDRLEN, sizeof(*prefix));
	*at += NLA_HDRLEN + NLA_ALIGN(sizeof(*prefix));
	return true;
}

static bool conf_overlaps(const struct setting_value *list,
			  const struct m6t_prefix6 *prefix)
{
	struct m6t_prefix6 other;
	size_t at = 0;

	while (conf_prefix(list, &at, &other))
		if (other.len < prefix->len ?
		    text_prefix6_has(&other, &prefix->addr) :
		    text_prefix6_has(prefix, &other.addr))
			return true;

	return false;
}

/* Likewise. */
static int conf_check_gateway(struct conf_reader *reader,
			      const struct conf *conf)
{
	const struct setting_value *agents;
	struct m6t_prefix6 agent;
	size_t at = 0;

	reader->line = reader->given[CONF_WORD_METRIC];
	if (reader->line)
		return conf_refuse(reader, "metric", "is for mode mn only");
	reader->line = reader->given[CONF_WORD_PROBE];
	if (reader->line)
		return conf_refuse(reader, "probe", "is for mode mn only");
	reader->line = reader->given[IFLA_M6T_HOME_AGENTS];
	agents = &conf->value[IFLA_M6T_HOME_AGENTS];
	while (conf_prefix(agents, &at, &agent))
		if (conf_overlaps(&conf->value[IFLA_M6T_PREFIXES], &agent))
			return conf_refuse(reader, "ha",
					   "is wrong: expected home agents outside the device's own prefixes");

	return STATUS_DONE;
}

static int conf_check(struct conf_reader *reader, struct conf *conf)
{
	reader->line = 0;
	if (!reader->given[IFLA_M6T_MODE])
		return conf_refuse(reader, "mode", "is missing: it must be gw or mn");
	conf->mode = conf->value[IFLA_M6T_MODE].data[0];
	if (!reader->given[IFLA_M6T_PREFIXES])
		return conf_refuse(reader, "prefix",
				   "is missing: say prefix IPV6/LEN, on a mobile node IPV6/80");
	if (conf_fill(reader, conf))
		return STATUS_USAGE;

	return conf->mode == M6T_MODE_MN ? conf_check_mobile(reader, conf) :
					   conf_check_gateway(reader, conf);
}

/**
 * conf_load - read the file of a device
 * @arg: name of the device; with a slash in it, of the file
 * @conf: to be filled
 *
 * Return: an enum status, with a sentence printed.
 */
int conf_load(const char *arg, struct conf *conf)
{
	struct conf_reader reader = { .path = conf->path };
	char *text;
	int status;

	memset(conf, 0, sizeof(*conf));
	status = conf_name(arg, conf->name);
	if (!status)
		status = conf_find(strchr(arg, '/') ? arg : conf->name,
				   conf->path);
	if (status)
		return status;

	conf->metric = RTNL_METRIC;
	/* One more in front, for conf_next() to move words to. */
	text = malloc(CONF_SIZE + 2);
	if (!text)
		return fail(STATUS_REFUSED, "out of memory");
	text[0] = ' ';

	status = conf_slurp(conf->path, text + 1);
	if (!status)
		status = conf_words(&reader, conf, text);
	if (!status)
		status = conf_check(&reader, conf);
	free(text);
	return status;
}
